"""`/player/v1`: what a game's client, and our own widget, speak. Stable, versioned, one player each."""

from time import monotonic
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.brands import brand_by_id, demand_module
from playerdesk.channels.chat.places import Place, place_of
from playerdesk.channels.game import views
from playerdesk.channels.game.asking import Ask, check_key, files_of, question
from playerdesk.channels.game.nudges import nudge
from playerdesk.channels.game.shapes import (
    Conversation,
    PlayerMessage,
    PlayerMessages,
    PlayerTicket,
    PlayerTickets,
    Unread,
)
from playerdesk.channels.rules import Pace
from playerdesk.kernel import Conflict, Database, Text, clean_text, now
from playerdesk.kernel.http import answer, nothing, open_to_players
from playerdesk.tickets import Post, Writers, end_chats, goes_on_in, mark_read, player_unread, reopen

Caller = Request[Any, Any, Any]
pace = Pace()

TOO_LATE = Text(
    zh="已经过了可以重新打开的时间，请提交一个新问题。", en="It is too late to reopen this. Please send a new question."
)


class Say(msgspec.Struct, rename="camel"):
    """One message; `client_key` is the client's own id for it, so that it can be sent twice."""

    body: str = ""
    client_key: str = ""
    attachments: list[str] = []


class ReadUpTo(msgspec.Struct):
    number: int


class Reopen(msgspec.Struct):
    body: str = ""


@get("/player/v1/tickets", guards=[open_to_players], tags=["player"])
async def list_mine(request: Caller, database: NamedDependency[Database]) -> Response[PlayerTickets]:
    """The player's newest tickets."""
    return answer(PlayerTickets(await views.my_tickets(database, request.user.player_id)))


@post("/player/v1/tickets", guards=[open_to_players], tags=["player"], straight=True)
async def open_mine(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers], data: JSONBody[Ask]
) -> Response[PlayerTicket]:
    """Ask. Sent twice with the same key it is opened once, and answered twice."""
    caller = request.user
    pace.check(caller.player_id, monotonic())
    key = request.headers.get("idempotency-key") or data.client_key
    opening, rejected = await question(database, caller, data, key)
    opened, detail = await writers.open_and_show(opening)
    ticket = await views.show_ticket(database, detail)
    if rejected:
        ticket = msgspec.structs.replace(ticket, rejected=rejected)
    return answer(ticket, 200 if opened.again else 201)


@get("/player/v1/tickets/{ticket_id:int}", guards=[open_to_players], tags=["player"])
async def open_one(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[Conversation]:
    """One ticket with its conversation."""
    ticket = await views.my_ticket(database, request.user.player_id, ticket_id)
    messages = await views.messages_after(database, ticket_id, max(0, ticket.last_number - 200))
    return answer(Conversation(ticket, messages, await place_of(database, ticket.id, ticket.live)))


@get("/player/v1/tickets/{ticket_id:int}/messages", guards=[open_to_players], tags=["player"])
async def messages(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], after: FromQuery[int] = 0
) -> Response[PlayerMessages]:
    """What came after this number; numbers have no gaps, so nothing can be missed."""
    await views.check_own(database, request.user.player_id, ticket_id)
    return answer(PlayerMessages(await views.messages_after(database, ticket_id, max(0, after))))


@post("/player/v1/tickets/{ticket_id:int}/messages", guards=[open_to_players], tags=["player"], straight=True)
async def say(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers],
    ticket_id: FromPath[int], data: JSONBody[Say],
) -> Response[PlayerMessage]:
    """Say something more. The same key again gives the same message."""
    caller = request.user
    pace.check(caller.player_id, monotonic())
    message, again = await post_message(database, writers, caller, ticket_id, data)
    return answer(message, 200 if again else 201)


async def post_message(
    database: Database, writers: Writers, caller: Any, ticket_id: int, data: Say
) -> tuple[PlayerMessage, bool]:
    """Shared by the route and the socket: the message as the player sees it, and whether it was there."""
    async with database.reading() as reader:
        brand = await brand_by_id(reader, caller.brand_id)
    said = Post(
        ticket_id=ticket_id, author="player", author_id=caller.player_id, body=clean_text(data.body),
        client_key=check_key(data.client_key),
        attachments=await files_of(database, data.attachments, caller.player_id),
        reopen_days=brand.reopen_days if brand else 7,
    )
    try:
        posted, entry = await writers.post_and_show(said)
    except Conflict as refusal:
        # A ticket that was merged is closed; what she says in it belongs where it goes on.
        async with database.reading() as reader:
            further = await goes_on_in(reader, ticket_id) if refusal.code == "ticket_closed" else None
        if further is None:
            raise
        posted, entry = await writers.post_and_show(msgspec.structs.replace(said, ticket_id=further))
    return await views.show_message(database, entry), posted.again


@post("/player/v1/tickets/{ticket_id:int}/read", status_code=204, guards=[open_to_players], tags=["player"])
async def read(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[ReadUpTo]
) -> Response[None]:
    """The player has seen the conversation up to this number."""
    await views.check_own(database, request.user.player_id, ticket_id)
    async with database.transaction() as tx:
        await mark_read(tx, ticket_id, "player", data.number, now())
    return nothing()


@post("/player/v1/tickets/{ticket_id:int}/reopen", guards=[open_to_players], tags=["player"], status_code=200)
async def reopen_mine(
    request: Caller, database: NamedDependency[Database], writers: NamedDependency[Writers],
    ticket_id: FromPath[int], data: JSONBody[Reopen],
) -> Response[PlayerTicket]:
    """Not solved after all, within the window."""
    player_id = request.user.player_id
    async with database.reading() as reader:
        await demand_module(reader, request.user.brand_id, "reopening")
    ticket = await views.my_ticket(database, player_id, ticket_id)
    if ticket.status in ("resolved", "closed") and not ticket.can_reopen:
        raise Conflict("too_late", TOO_LATE)
    async with database.transaction() as tx:
        await reopen(tx, ticket_id, "player", None, now())
    if data.body.strip():
        key = f"reopen-{ticket.last_number}"
        await post_message(database, writers, request.user, ticket_id, Say(data.body, key))
    return answer(await views.my_ticket(database, player_id, ticket_id))


@post("/player/v1/tickets/{ticket_id:int}/leave", guards=[open_to_players], tags=["player"], status_code=200)
async def leave(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[PlayerTicket]:
    """Quit the chat or its queue; the question stays as a ticket."""
    await views.check_own(database, request.user.player_id, ticket_id)
    async with database.transaction() as tx:
        await end_chats(tx, [ticket_id], "left", now())
    return answer(await views.my_ticket(database, request.user.player_id, ticket_id))


@post("/player/v1/tickets/{ticket_id:int}/nudge", status_code=204, guards=[open_to_players], tags=["player"])
async def nudge_mine(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[None]:
    """催单: ask for attention, once an hour."""
    await views.check_own(database, request.user.player_id, ticket_id)
    async with database.transaction() as tx:
        await nudge(tx, ticket_id, now())
    return nothing()


@get("/player/v1/tickets/{ticket_id:int}/place", guards=[open_to_players], tags=["player"])
async def place(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[Place]:
    """Where the chat stands in line."""
    ticket = await views.check_own(database, request.user.player_id, ticket_id)
    return answer(await place_of(database, ticket_id, ticket.live) or Place("ended", None, None))


@get("/player/v1/unread", guards=[open_to_players], tags=["player"])
async def unread(request: Caller, database: NamedDependency[Database]) -> Response[Unread]:
    """How many answers are unseen, for a badge."""
    async with database.reading() as reader:
        return answer(Unread(await player_unread(reader, request.user.player_id)))


ROUTES = [
    list_mine, open_mine, open_one, messages, say, read, reopen_mine, leave, nudge_mine, place, unread,
]
