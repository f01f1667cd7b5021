"""Screens put together from several packages: an open ticket, a player's card, what is next, the numbers."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from playerdesk.app.agent_counters import Counters, ScreenCounters, counters_for
from playerdesk.app.official_mark import official_code
from playerdesk.kernel import Database, NotFound, Text, now
from playerdesk.kernel.files import FileInfo, Files
from playerdesk.kernel.files_http import receive
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.players import PlayerCard, card, mask_card
from playerdesk.routing import pull_next
from playerdesk.sla import ClockView, clocks
from playerdesk.surveys import Satisfaction, satisfaction_of
from playerdesk.tickets import Detail, Entry, TicketRow, detail, of_player, row, rows, shown, timeline
from playerdesk.tickets.http import brands_of, sees, visible
from playerdesk.tickets.messages import NO_SUCH

Caller = Request[Any, Any, Any]
NO_PLAYER = Text(zh="没有找到这位玩家。", en="There is no such player.")


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


class OfficialCode(msgspec.Struct, frozen=True):
    """What the player with this game account reads on her own screen, for an agent to read back."""

    issuer: str
    account: str
    code: str


class FullCard(PlayerCard, frozen=True, rename="camel", kw_only=True):
    """The card with the player's history at this desk."""

    official_codes: list[OfficialCode]
    past_tickets: list[TicketRow]
    open_tickets: int
    satisfaction: Satisfaction


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
async def counters(request: Caller, database: NamedDependency[Database]) -> Response[ScreenCounters]:
    """The numbers beside the views."""
    async with database.reading() as reader:
        return answer(counters_for(await Counters.read(reader), request.user))


@post("/agent/v1/tickets/next", guards=[may("tickets.reply")], status_code=200)
async def next_ticket(request: Caller, database: NamedDependency[Database]) -> Response[TicketRow] | Response[None]:
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
) -> Response[FullCard]:
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
    return answer(FullCard(
        **msgspec.structs.asdict(mask_card(found, request.user.permissions)),
        official_codes=_codes(request.app.state.mark_key, found),
        past_tickets=[past_rows[ticket.id] for ticket in past[:10]], open_tickets=open_tickets, satisfaction=satisfaction,
    ))


def _codes(key: bytes, found: PlayerCard) -> list[OfficialCode]:
    accounts = [(each.issuer, each.value) for each in found.identities if each.kind == "game_account"]
    return [OfficialCode(issuer, account, official_code(key, issuer, account)) for issuer, account in accounts]


@post("/agent/v1/files", guards=[may("tickets.reply")])
async def upload(
    request: Caller, database: NamedDependency[Database], files: NamedDependency[Files]
) -> Response[FileInfo]:
    """A picture or document to attach to a reply or note."""
    return answer(await receive(request, database, files, f"staff:{request.user.id}"), 201)


ROUTES = [open_ticket, entries_since, counters, next_ticket, player_card, upload]
