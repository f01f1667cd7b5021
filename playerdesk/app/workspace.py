"""Screens put together from several packages: an open ticket, a player's card, what is next, the numbers."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from playerdesk.app.agent_counters import ScreenCounters
from playerdesk.audit import Trace
from playerdesk.kernel import Database, NotFound, now
from playerdesk.kernel.files import FileInfo, Files
from playerdesk.kernel.files_http import receive
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.routing import pull_next
from playerdesk.sla import ClockView, clocks
from playerdesk.tickets import Detail, Entry, TicketRow, detail, row, shown, timeline
from playerdesk.tickets.http import sees, visible
from playerdesk.tickets.messages import NO_SUCH

Caller = Request[Any, Any, Any]


class OpenedTicket(msgspec.Struct, frozen=True):
    """A ticket with all that its screen shows; `cursor`: how old it is on the live streams."""

    ticket: Detail | None
    entries: list[Entry]
    clocks: list[ClockView]
    viewers: list[int]
    cursor: str


class Since(msgspec.Struct, frozen=True):
    """What a ticket has had since a seq."""

    ticket: TicketRow | None
    entries: list[Entry]
    clocks: list[ClockView]


@get("/agent/v1/tickets/{ticket_id:int}", guards=[may("tickets.read")], straight=True)
async def open_ticket(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[OpenedTicket]:
    """A ticket with its timeline, clocks and who else looks at it."""
    cursor = request.app.state.live.cursor
    async with database.reading(batch=True) as reader:
        ticket = await detail(reader, ticket_id)
        if ticket is None or not sees(request.user, ticket):
            raise NotFound("no_such_ticket", NO_SUCH)
        entries = await timeline(reader, ticket_id)
        running = await clocks(reader, [ticket_id])
    request.app.state.sightings.will_see(Trace(
        actor_id=request.user.id, action="ticket.viewed", kind="ticket", object_id=str(ticket_id), brand_id=ticket.brand_id,
        after={"playerId": ticket.player_id}, by_text=False,
    ))
    viewers = request.app.state.agent_desk.viewers(ticket_id)
    return answer(OpenedTicket(ticket, [shown(entry) for entry in entries], running, viewers, cursor))


@get("/agent/v1/tickets/{ticket_id:int}/entries", guards=[may("tickets.read")])
async def entries_since(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], since: FromQuery[int] = 0
) -> Response[Since]:
    """What the timeline has had since this seq, for a screen that has missed something."""
    await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        entries = await timeline(reader, ticket_id, since)
        ticket = await row(reader, ticket_id)
        running = await clocks(reader, [ticket_id])
    return answer(Since(ticket, [shown(entry) for entry in entries], running))


@get("/agent/v1/counters", guards=[may("tickets.read")])
async def counters(request: Caller) -> Response[ScreenCounters]:
    """The numbers beside the views."""
    return answer(await request.app.state.agent_desk.counters(request.user))


@post("/agent/v1/tickets/next", guards=[may("tickets.reply")], status_code=200)
async def next_ticket(request: Caller, database: NamedDependency[Database]) -> Response[TicketRow] | Response[None]:
    """Pull the first in line over one's queues; 204 when nothing waits."""
    async with database.transaction() as tx:
        ticket_id = await pull_next(tx, request.user.id, now())
    if ticket_id is None:
        return nothing()
    async with database.reading() as reader:
        return answer(await row(reader, ticket_id))


@post("/agent/v1/files", guards=[may("tickets.reply")])
async def upload(
    request: Caller, database: NamedDependency[Database], files: NamedDependency[Files]
) -> Response[FileInfo]:
    """A picture or document to attach to a reply or note."""
    return answer(await receive(request, database, files, f"staff:{request.user.id}"), 201)


ROUTES = [open_ticket, entries_since, counters, next_ticket, upload]
