"""The audit log on the screen and as a file, within what the reader may see; reading it is traced as well."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any, Literal, LiteralString, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream

from playerdesk.app.trace_files import HEADS, MEDIA_TYPES, lines
from playerdesk.audit import (
    ChainState,
    Sightings,
    Trace,
    TraceFilter,
    TracePage,
    TraceRow,
    chain_state,
    record,
    traces,
)
from playerdesk.audit.jobs import ask
from playerdesk.brands import brands
from playerdesk.kernel import Database, Reader
from playerdesk.kernel.http import answer, may
from playerdesk.players.masking import RULES, mask_value
from playerdesk.staff import scope_of
from playerdesk.tickets import row

Caller = Request[Any, Any, Any]

_CHUNK = 500


class Asked(msgspec.Struct, rename="camel", kw_only=True):
    """What may be asked for in the address."""

    actor: int | None = None
    actor_kind: Literal["staff", "player", "game", "system"] | None = None
    kind: str | None = None
    object_id: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    brand: int | None = None
    text: str = ""
    in_request: str | None = None


def _narrow(request: Caller) -> TraceFilter:
    asked = msgspec.convert({key: value for key, value in request.query_params.items() if value}, Asked, strict=False)
    return TraceFilter(
        actor_id=asked.actor, actor_kind=asked.actor_kind, kind=asked.kind, object_id=asked.object_id, action=asked.action,
        since=asked.since, until=asked.until, brand_id=asked.brand, text=asked.text, request_id=asked.in_request,
    )


async def _within(reader: Reader, agent: Any, narrow: TraceFilter) -> TraceFilter:
    """The filter, and what of it this reader may see.

    Traces of no brand are for those who see every brand; somebody of some brands sees those that people of her brands
    alone have left. Whose scope is certain people sees what these did, and everything about a ticket that is hers to see.
    """
    scope = await scope_of(reader, agent)
    if narrow.kind == "ticket" and (narrow.object_id or "").isdecimal():
        ticket = await row(reader, int(narrow.object_id or 0) % (1 << 63))
        if ticket and scope.reaches(ticket.brand_id, ticket.assignee_id, ticket.queue_id):
            return msgspec.structs.replace(narrow, brand_ids=[ticket.brand_id])
    every = {brand.id for brand in await brands(reader)} <= set(scope.brand_ids)
    if narrow.brand_id is not None:
        every = False
    brand_ids = [each for each in scope.brand_ids if narrow.brand_id in (None, each)]
    people: list[int] = []
    if not every and narrow.brand_id is None:
        people = [row[0] for row in await reader.fetch(_THEIRS, scope.brand_ids, scope.person_ids)]
    return msgspec.structs.replace(
        narrow, brand_id=None, brand_ids=None if every else brand_ids, actor_ids=scope.person_ids, people=people
    )


# The same people that she may manage: who works for other brands too is not hers alone.
_THEIRS: LiteralString = """
    SELECT id FROM staff.person
    WHERE brand_ids <> '{}' AND brand_ids <@ $1::bigint[] AND ($2::bigint[] IS NULL OR id = ANY($2))
"""


def _asked(narrow: TraceFilter) -> dict[str, Any]:
    """What was looked for, for the trace of looking."""
    return {name: value for name, value in msgspec.structs.asdict(narrow).items() if value not in (None, "", ())}


@get("/agent/v1/audit/traces", guards=[may("audit.read")])
async def search_traces(
    request: Caller, database: NamedDependency[Database], after: FromQuery[str | None] = None, limit: FromQuery[int] = 50
) -> Response[TracePage]:
    """Traces, newest first, with the mark of the next page; narrowed by the other parameters (`Asked`)."""
    agent, narrow = request.user, _narrow(request)
    async with database.reading() as reader:
        page = await traces(reader, await _within(reader, agent, narrow), after, limit)
    sightings: Sightings = request.app.state.sightings
    asked = _asked(narrow)
    sightings.will_see(Trace(
        actor_id=agent.id, action="audit.viewed", kind="audit", object_id=msgspec.json.encode(asked, order="sorted").decode()[:200],
        after=asked or None, by_text=False,
    ))
    return answer(TracePage([masked(each, agent.permissions) for each in page.rows], page.next))


@get("/agent/v1/audit/chain", guards=[may("audit.read")])
async def show_chain(database: NamedDependency[Database]) -> Response[ChainState]:
    """Sealed up to where, and when it was verified."""
    async with database.reading() as reader:
        return answer(await chain_state(reader))


@post("/agent/v1/audit/verify", guards=[may("audit.read")], status_code=202)
async def verify_chain(request: Caller, database: NamedDependency[Database]) -> Response[ChainState]:
    """Have the worker walk the chains; when one is under way already, this is it."""
    async with database.transaction() as tx:
        await ask(tx, request.user.id)
        return answer(await chain_state(tx), 202)


@get("/agent/v1/audit/export", guards=[may("audit.read")], include_in_schema=False)
async def export_traces(
    request: Caller, database: NamedDependency[Database], shape: FromQuery[Literal["csv", "jsonl"]] = "csv"
) -> Stream:
    """The same as a file, however long, with the hashes; the export is traced before its first byte."""
    agent, narrow = request.user, _narrow(request)
    async with database.transaction() as tx:
        within = await _within(tx, agent, narrow)
        page = await traces(tx, within, None, _CHUNK)  # refused here, if at all, and not in the middle of a file
        await record(tx, Trace(
            actor_id=agent.id, action="audit.exported", kind="audit", object_id="export",
            after={"shape": shape, **_asked(narrow)}, by_text=False,
        ))

    async def content() -> AsyncGenerator[bytes, None]:
        now = page
        yield HEADS[shape]
        while True:
            yield lines(shape, [masked(each, agent.permissions) for each in now.rows])
            if now.next is None:
                return
            async with database.reading() as reader:
                now = await traces(reader, within, now.next, _CHUNK)

    return Stream(content(), media_type=MEDIA_TYPES[shape], headers={
        "Content-Disposition": f'attachment; filename="audit.{shape}"', "Cache-Control": "no-store",
    })


def masked(trace: TraceRow, permissions: frozenset[str]) -> TraceRow:
    """The trace as this reader may see it: personal data of players masked as everywhere."""
    before, after = _mask(trace.before, permissions), _mask(trace.after, permissions)
    if before is trace.before and after is trace.after:
        return trace
    return msgspec.structs.replace(trace, before=before, after=after)


def _mask(value: Any, permissions: frozenset[str]) -> Any:
    if isinstance(value, dict):
        facts = cast("dict[str, Any]", value)
        kind = facts.get("kind")
        changed = {
            key: mask_value(kind if key == "value" and isinstance(kind, str) else key, each, permissions)
            if isinstance(each, str) and (key in RULES or key == "value") else _mask(each, permissions)
            for key, each in facts.items()
        }
        return changed if changed != facts else value
    if isinstance(value, list):
        items = cast("list[Any]", value)
        changed_items = [_mask(each, permissions) for each in items]
        return changed_items if changed_items != items else items
    return value


ROUTES: list[Any] = [search_traces, show_chain, verify_chain, export_traces]
