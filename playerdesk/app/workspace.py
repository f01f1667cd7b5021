"""Screens put together from several packages: an open ticket, a player's card, what is next, the numbers."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from playerdesk.app.agent_counters import Counters, counters_for
from playerdesk.insights import drill_page
from playerdesk.kernel import Database, NotFound, Text, now
from playerdesk.kernel.files import Files
from playerdesk.kernel.files_http import receive
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.players import card
from playerdesk.routing import pull_next
from playerdesk.sla import clocks
from playerdesk.surveys import satisfaction_of
from playerdesk.tickets import detail, of_player, row, rows, shown, timeline
from playerdesk.tickets.http import brands_of, visible

Caller = Request[Any, Any, Any]
NO_PLAYER = Text(zh="没有找到这位玩家。", en="There is no such player.")


@get("/agent/v1/tickets/{ticket_id:int}", guards=[may("tickets.read")])
async def open_ticket(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[bytes]:
    """A ticket with its timeline, clocks and who else looks at it."""
    await visible(database, request.user, ticket_id)
    cursor = request.app.state.live.cursor
    async with database.reading() as reader:
        ticket = await detail(reader, ticket_id)
        entries = await timeline(reader, ticket_id)
        running = await clocks(reader, [ticket_id])
    return answer({
        "ticket": ticket, "entries": [shown(entry) for entry in entries], "clocks": running,
        "viewers": request.app.state.agent_desk.viewers(ticket_id), "cursor": cursor,
    })


@get("/agent/v1/tickets/{ticket_id:int}/entries", guards=[may("tickets.read")])
async def entries_since(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], since: FromQuery[int] = 0
) -> Response[bytes]:
    """What the timeline has had since this seq, for a screen that has missed something."""
    await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        entries = await timeline(reader, ticket_id, since)
        ticket = await row(reader, ticket_id)
        running = await clocks(reader, [ticket_id])
    return answer({
        "ticket": ticket, "entries": [shown(entry) for entry in entries], "clocks": running,
    })


@get("/agent/v1/drill", guards=[may("board.see")])
async def drill(
    request: Caller, database: NamedDependency[Database], metric: FromQuery[str],
    brand: FromQuery[int | None] = None, day: FromQuery[str | None] = None, hour: FromQuery[str | None] = None,
    channel: FromQuery[str | None] = None, after: FromQuery[str | None] = None, limit: FromQuery[int] = 50,
) -> Response[bytes]:
    """The tickets behind a figure of the board."""
    brand_ids = [each for each in await brands_of(database, request.user) if brand in (None, each)]
    async with database.reading() as reader:
        ids, following = await drill_page(
            reader, metric, brand_ids=brand_ids, day=day, hour=hour, channel=channel, after=after,
            limit=max(1, min(limit, 200)),
        )
        found = {each.id: each for each in await rows(reader, ids)}
    return answer({
        "rows": [found[each] for each in ids if each in found], "next": following,
        "cursor": request.app.state.live.cursor,
    })


@get("/agent/v1/counters", guards=[may("tickets.read")])
async def counters(request: Caller, database: NamedDependency[Database]) -> Response[bytes]:
    """The numbers beside the views."""
    async with database.reading() as reader:
        return answer(counters_for(await Counters.read(reader), request.user))


@post("/agent/v1/tickets/next", guards=[may("tickets.reply")], status_code=200)
async def next_ticket(request: Caller, database: NamedDependency[Database]) -> Response[bytes]:
    """Pull the first in line over one's queues; 204 when nothing waits."""
    async with database.transaction() as tx:
        ticket_id = await pull_next(tx, request.user.id, now())
    if ticket_id is None:
        return nothing()
    async with database.reading() as reader:
        return answer(await row(reader, ticket_id))


@get("/agent/v1/players/{player_id:int}", guards=[may("players.read")])
async def player_card(
    request: Caller, database: NamedDependency[Database], player_id: FromPath[int]
) -> Response[bytes]:
    """Everything the desk knows about a player, in one answer."""
    allowed = set(await brands_of(database, request.user))
    async with database.reading() as reader:
        found = await card(reader, player_id)
        if found is None:
            raise NotFound("no_such_player", NO_PLAYER)
        past = [each for each in await of_player(reader, player_id, 20) if each.brand_id in allowed]
        satisfaction = await satisfaction_of(reader, player_id)
        past_rows = {each.id: each for each in await rows(reader, [ticket.id for ticket in past[:10]])}
    open_tickets = sum(each.status not in ("resolved", "closed") for each in past)
    return answer({
        **msgspec.to_builtins(found, builtin_types=(type(now()),)),
        "pastTickets": [past_rows[ticket.id] for ticket in past[:10]],
        "openTickets": open_tickets, "satisfaction": satisfaction,
    })


@post("/agent/v1/files", guards=[may("tickets.reply")])
async def upload(
    request: Caller, database: NamedDependency[Database], files: NamedDependency[Files]
) -> Response[bytes]:
    """A picture or document to attach to a reply or note."""
    return answer(await receive(request, database, files, f"staff:{request.user.id}"), 201)


ROUTES = [open_ticket, entries_since, drill, counters, next_ticket, player_card, upload]
