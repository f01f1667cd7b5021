"""How far an export is, and the trace it leaves. Writes are short; the rows themselves are read elsewhere."""

from datetime import timedelta
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Conflict, Database, NotFound, Text, Tx

State = Literal["ready", "running", "done", "cancelled", "failed"]
SILENT = timedelta(minutes=2)

NO_SUCH = Text(zh="没有这个导出，请重新导出。", en="There is no such export. Please export again.")
USED = Text(zh="这个导出已经下载过或已取消，请重新导出。", en="This export was already taken or cancelled. Please export again.")


class Export(msgspec.Struct, frozen=True):
    """What was asked for. `written`: rows so far."""

    id: int
    format: Literal["csv", "xlsx"]
    columns: list[str]
    question: dict[str, Any]
    language: str
    state: State
    written: int


_COLUMNS: LiteralString = "id, format, columns, question, language, state, written"


async def ask(
    tx: Tx, person_id: int, format: str, columns: list[str], question: dict[str, Any], language: str
) -> Export:
    """Remember what was asked for; the trace says so even if nobody fetches the file."""
    export = await tx.row(
        Export, f"INSERT INTO tickets.export (person_id, format, columns, question, language)"
        f" VALUES ($1, $2, $3, $4, $5) RETURNING {_COLUMNS}", person_id, format, columns, question, language,
    )
    assert export is not None
    await record(tx, Trace(
        actor_id=person_id, action="export.asked", kind="export", object_id=str(export.id),
        after={"format": format, "columns": columns, "question": question},
    ))
    return export


async def begin(tx: Tx, export_id: int, person_id: int) -> Export:
    """Take it for writing: once, and by who asked for it."""
    await find(tx, export_id, person_id)
    export = await tx.row(
        Export, "UPDATE tickets.export SET state = 'running', beat_at = now()"
        f" WHERE id = $1 AND person_id = $2 AND state = 'ready' RETURNING {_COLUMNS}", export_id, person_id,
    )
    if export is None:
        raise Conflict("export_used", USED)
    return export


async def find(tx: Tx, export_id: int, person_id: int) -> Export:
    """One of her own; one whose writer has died has failed."""
    export = await tx.row(
        Export, "SELECT id, format, columns, question, language,"
        " CASE WHEN state = 'running' AND beat_at < now() - $3::interval THEN 'failed' ELSE state END, written"
        " FROM tickets.export WHERE id = $1 AND person_id = $2", export_id, person_id, SILENT,
    )
    if export is None:
        raise NotFound("no_such_export", NO_SUCH)
    return export


async def cancel(tx: Tx, export_id: int, person_id: int) -> Export:
    """Stop it where it is; it notices at its next word."""
    await tx.execute(
        "UPDATE tickets.export SET state = 'cancelled' WHERE id = $1 AND person_id = $2 AND state IN ('ready', 'running')",
        export_id, person_id,
    )
    return await find(tx, export_id, person_id)


async def written(database: Database, export_id: int, rows: int) -> bool:
    """So many rows so far; False when it is to stop."""
    async with database.transaction() as tx:
        return bool(await tx.execute(
            "UPDATE tickets.export SET written = $2, beat_at = now() WHERE id = $1 AND state = 'running'", export_id, rows
        ))


async def end(database: Database, export_id: int, person_id: int, rows: int, state: State) -> None:
    """It is over; the trace says how many rows left the house."""
    async with database.transaction() as tx:
        final = await tx.value(
            "UPDATE tickets.export SET written = $2, state = CASE WHEN state = 'running' THEN $3 ELSE state END"
            " WHERE id = $1 RETURNING state", export_id, rows, state,
        )
        await record(tx, Trace(
            actor_id=person_id, action="export.ended", kind="export", object_id=str(export_id),
            after={"rows": rows, "state": final},
        ))


async def running(tx: Tx) -> int:
    """How many are being written now, in all processes."""
    return await tx.value(
        "SELECT count(*) FROM tickets.export WHERE state = 'running' AND beat_at > now() - $1::interval", SILENT
    )
