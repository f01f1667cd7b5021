"""Tickets as a file: asked for, fetched once, watched and cancelled. What was found, or what a view shows."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Any, Literal

import msgspec
import structlog
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from playerdesk.app.searching import Question, Understood, asked_by
from playerdesk.kernel import Database, Rejected, Text, TooMany, now
from playerdesk.kernel.finding import LONGEST_QUERY
from playerdesk.kernel.http import answer, language_of, may
from playerdesk.tickets.exports.columns import COLUMNS, Cell, Sheet, sheet_of
from playerdesk.tickets.exports.files import as_csv, as_xlsx
from playerdesk.tickets.exports.progress import Export, ask, begin, cancel, end, find, running, written
from playerdesk.tickets.exports.rows import rows_of
from playerdesk.tickets.fields import ticket_fields

Caller = Request[Any, Any, Any]
log = structlog.get_logger("exports")

MOST_AT_ONCE = 4
WORD_EVERY_ROWS = 5000
WORD_EVERY_SECONDS = 5.0

TOO_MANY = Text(
    zh="正在进行的导出太多，请等其中一个完成。", en="Too many exports are running. Please wait for one of them to finish."
)
TOO_LONG = Text(zh="搜索内容太长。", en="The search is too long.")
KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class Wanted(msgspec.Struct, kw_only=True):
    """What to write into the file; `columns` in their order, `field.<key>` for a field of a form."""

    question: Question
    columns: list[str]
    format: Literal["csv", "xlsx"] = "csv"


class ExportColumn(msgspec.Struct, frozen=True):
    """A column one may ask for."""

    key: str
    title: Text


class ExportColumns(msgspec.Struct, frozen=True):
    """All of them."""

    columns: list[ExportColumn]


class Cancelled(Exception):
    """Somebody does not want it any more; the connection breaks off, so that nobody takes a half file for a whole one."""


@get("/agent/v1/exports/columns", guards=[may("tickets.export")])
async def columns(database: NamedDependency[Database]) -> Response[ExportColumns]:
    """What can be exported, forms included."""
    async with database.reading() as reader:
        forms = (await ticket_fields(reader)).fixed
    found = [ExportColumn(key, column.title) for key, column in COLUMNS.items()]
    found += [
        ExportColumn(name, field.label or Text(name, name)) for name, field in forms.items() if name.startswith("field.")
    ]
    return answer(ExportColumns(found))


@post("/agent/v1/exports", guards=[may("tickets.export")])
async def ask_for_export(
    request: Caller, database: NamedDependency[Database], data: JSONBody[Wanted]
) -> Response[Export]:
    """Ask for a file; everything that could be wrong with it is said now."""
    if len(data.question.text) > LONGEST_QUERY:
        raise Rejected("query_too_long", TOO_LONG, fields={"text": TOO_LONG})
    language = language_of(request.scope)
    async with database.transaction() as tx:
        await asked_by(tx, request.user, data.question)
        await sheet_of(tx, data.columns, language, "UTC", request.user.permissions)
        question = msgspec.to_builtins(data.question)
        return answer(await ask(tx, request.user.id, data.format, data.columns, question, language), 201)


@get("/agent/v1/exports/{export_id:int}", guards=[may("tickets.export")])
async def export_progress(
    request: Caller, database: NamedDependency[Database], export_id: FromPath[int]
) -> Response[Export]:
    """How far it is."""
    async with database.transaction() as tx:
        return answer(await find(tx, export_id, request.user.id))


@post("/agent/v1/exports/{export_id:int}/cancel", guards=[may("tickets.export")], status_code=200)
async def cancel_export(
    request: Caller, database: NamedDependency[Database], export_id: FromPath[int]
) -> Response[Export]:
    """Stop it."""
    async with database.transaction() as tx:
        return answer(await cancel(tx, export_id, request.user.id))


@get("/agent/v1/exports/{export_id:int}/file", guards=[may("tickets.export")], include_in_schema=False)
async def fetch_export(request: Caller, database: NamedDependency[Database], export_id: FromPath[int]) -> Stream:
    """The file itself, as it is being written. Fetched once: what leaves the house is counted."""
    async with database.transaction() as tx:
        if await running(tx) >= MOST_AT_ONCE:
            raise TooMany("too_many_exports", TOO_MANY, extra={"retryAfterSeconds": 30})
        export = await begin(tx, export_id, request.user.id)
        question = msgspec.convert(export.question, Question)
        asked = await asked_by(tx, request.user, question)
        sheet = await sheet_of(tx, export.columns, export.language, question.zone, request.user.permissions)
    name = f"playerdesk-tickets-{now():%Y%m%d-%H%M%S}.{export.format}"
    return Stream(
        _file(request.app.state.export_database, database, export, request.user.id, sheet, asked),
        media_type=KINDS[export.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


async def _file(
    source: Database, database: Database, export: Export, person_id: int, sheet: Sheet, asked: Understood
) -> AsyncGenerator[bytes, None]:
    count, state = 0, "failed"

    async def counted(batches: AsyncIterable[list[list[Cell]]]) -> AsyncGenerator[list[list[Cell]], None]:
        nonlocal count
        told, ends = 0, 0.0
        async for batch in batches:
            count += len(batch)
            if count - told >= WORD_EVERY_ROWS or time.monotonic() >= ends:
                told, ends = count, time.monotonic() + WORD_EVERY_SECONDS
                if not await written(database, export.id, count):
                    raise Cancelled
            yield batch

    write = as_csv if export.format == "csv" else as_xlsx
    try:
        async with (
            aclosing(rows_of(source, sheet, asked.words, asked.scope, asked.narrow, asked.walk)) as batches,
            aclosing(counted(batches)) as rows, aclosing(write(sheet.titles, rows)) as chunks,
        ):
            async for chunk in chunks:
                yield chunk
        state = "done"
    except (GeneratorExit, asyncio.CancelledError):
        state = "cancelled"
        raise
    finally:
        # Whoever cancels takes this task along; the last word is said all the same.
        await asyncio.shield(end(database, export.id, person_id, count, state))
        log.info("export ended", export=export.id, rows=count, state=state)


ROUTES = [columns, ask_for_export, export_progress, cancel_export, fetch_export]
