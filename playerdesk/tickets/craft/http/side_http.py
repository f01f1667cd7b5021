"""Asking aside."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database, NotFound, now
from playerdesk.kernel.http import answer, may, nothing
from playerdesk.tickets.craft import side
from playerdesk.tickets.craft.side import NO_SIDE, SideRow, SideThread
from playerdesk.tickets.http import Key, visible

Caller = Request[Any, Any, Any]


class Aside(msgspec.Struct, rename="camel"):
    """Whom to ask, and what."""

    body: str
    client_key: Key
    subject: str = ""
    people: list[int] = []
    queue_id: int | None = None


class Word(msgspec.Struct, rename="camel"):
    body: str
    client_key: Key


class ReadAside(msgspec.Struct):
    seq: int


class MorePeople(msgspec.Struct):
    people: list[int]


async def reachable(database: Database, agent: Any, side_id: int) -> SideRow:
    """The side conversation, for those who take part and for those who may see its ticket."""
    async with database.reading() as reader:
        row = await side.side_row(reader, side_id, agent.id)
        if row is None:
            raise NotFound("no_such_side", NO_SIDE)
        inside = await side.takes_part(reader, side_id, agent.id)
    if not inside:
        await visible(database, agent, row.ticket_id)
    return row


async def _thread(database: Database, agent: Any, side_id: int) -> Response[SideThread]:
    async with database.reading() as reader:
        row = await side.side_row(reader, side_id, agent.id)
        assert row is not None
        return answer(SideThread(row, await side.side_messages(reader, side_id)))


@get("/agent/v1/sides", guards=[may("tickets.read")])
async def my_sides(request: Caller, database: NamedDependency[Database]) -> Response[list[SideRow]]:
    """The side conversations one takes part in."""
    async with database.reading() as reader:
        return answer(await side.my_sides(reader, request.user.id))


@post("/agent/v1/tickets/{ticket_id:int}/sides", guards=[may("tickets.reply")])
async def open_side(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[Aside]
) -> Response[SideThread]:
    """Ask colleagues or a department about this ticket."""
    await visible(database, request.user, ticket_id)
    opening = side.Opening(
        ticket_id=ticket_id, subject=data.subject, body=data.body, client_key=data.client_key, people=data.people,
        queue_id=data.queue_id,
    )
    async with database.transaction() as tx:
        side_id = await side.open_side(tx, opening, request.user.id, now())
    return await _thread(database, request.user, side_id)


@get("/agent/v1/sides/{side_id:int}", guards=[may("tickets.read")])
async def one_side(request: Caller, database: NamedDependency[Database], side_id: FromPath[int]) -> Response[SideThread]:
    """One with what was said in it."""
    await reachable(database, request.user, side_id)
    return await _thread(database, request.user, side_id)


@post("/agent/v1/sides/{side_id:int}/messages", guards=[may("tickets.read")], status_code=200)
async def say(
    request: Caller, database: NamedDependency[Database], side_id: FromPath[int], data: JSONBody[Word]
) -> Response[SideThread]:
    """Say something in it."""
    await reachable(database, request.user, side_id)
    async with database.transaction() as tx:
        await side.say_aside(tx, side_id, request.user.id, data.body, data.client_key, now())
    return await _thread(database, request.user, side_id)


@post("/agent/v1/sides/{side_id:int}/people", guards=[may("tickets.read")], status_code=200)
async def ask_more(
    request: Caller, database: NamedDependency[Database], side_id: FromPath[int], data: JSONBody[MorePeople]
) -> Response[SideThread]:
    """Ask more colleagues in."""
    await reachable(database, request.user, side_id)
    async with database.transaction() as tx:
        await side.ask_more(tx, side_id, request.user.id, data.people)
    return await _thread(database, request.user, side_id)


@post("/agent/v1/sides/{side_id:int}/read", guards=[may("tickets.read")], status_code=204)
async def read(
    request: Caller, database: NamedDependency[Database], side_id: FromPath[int], data: JSONBody[ReadAside]
) -> Response[None]:
    """Read up to here; of those who take part only."""
    await reachable(database, request.user, side_id)
    async with database.transaction() as tx:
        if await side.takes_part(tx, side_id, request.user.id):
            await side.read_aside(tx, side_id, request.user.id, data.seq)
    return nothing()


@post("/agent/v1/sides/{side_id:int}/close", guards=[may("tickets.read")], status_code=200)
async def close(request: Caller, database: NamedDependency[Database], side_id: FromPath[int]) -> Response[SideThread]:
    """The matter is settled."""
    await reachable(database, request.user, side_id)
    async with database.transaction() as tx:
        await side.close_side(tx, side_id, request.user.id, now(), closed=True)
    return await _thread(database, request.user, side_id)


@post("/agent/v1/sides/{side_id:int}/reopen", guards=[may("tickets.read")], status_code=200)
async def reopen(request: Caller, database: NamedDependency[Database], side_id: FromPath[int]) -> Response[SideThread]:
    """Not settled after all."""
    await reachable(database, request.user, side_id)
    async with database.transaction() as tx:
        await side.close_side(tx, side_id, request.user.id, now(), closed=False)
    return await _thread(database, request.user, side_id)


ROUTES = [my_sides, open_side, one_side, say, ask_more, read, close, reopen]
