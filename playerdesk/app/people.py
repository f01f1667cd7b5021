"""Suspending somebody: her sessions end, and all her work goes to a colleague or back in line, in one transaction."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, NotFound, Reader, Rejected, Text, Tx, now
from playerdesk.kernel.http import answer, may
from playerdesk.players import hand_over_portfolio, release_portfolio
from playerdesk.staff import Member, agent_of, member, people_by_id, suspend
from playerdesk.staff.authority import NO_PERSON
from playerdesk.tickets import Assignment, assign_many, put_in_queue

Caller = Request[Any, Any, Any]


class Work(msgspec.Struct, frozen=True):
    """What somebody has in hand."""

    tickets: int
    players: int


class HandOver(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """To whom it goes. Without anybody tickets wait in their queues again, and players get a new manager by themselves."""

    tickets_to: int | None = None
    players_to: int | None = None


NOT_HERE = Text(zh="接手的同事不在职或看不到这些工单，请另选一位。",
                en="This colleague is suspended or cannot see these tickets. Choose another one.")


async def _tickets(reader: Reader, person_id: int) -> list[tuple[int, int, int | None]]:
    """Her open tickets: number, brand, queue."""
    return [tuple(each) for each in await reader.fetch(
        "SELECT id, brand_id, queue_id FROM tickets.ticket WHERE assignee_id = $1"
        " AND status IN ('new', 'open', 'pending', 'hold') ORDER BY id", person_id,
    )]


@get("/agent/v1/people/{person_id:int}/work", guards=[may("people.manage")])
async def show_work(request: Caller, database: NamedDependency[Database], person_id: FromPath[int]) -> Response[Work]:
    """How much would be handed over."""
    async with database.reading() as reader:
        within = request.user.person_ids
        if (within is not None and person_id not in within) or not await people_by_id(reader, [person_id]):
            raise NotFound("no_such_person", NO_PERSON)
        players = await reader.value("SELECT count(*)::int FROM players.player WHERE vip_manager_id = $1", person_id)
        return answer(Work(len(await _tickets(reader, person_id)), players))


@post("/agent/v1/people/{person_id:int}/suspend", guards=[may("people.manage")], status_code=200)
async def suspend_person(
    request: Caller, database: NamedDependency[Database], person_id: FromPath[int], data: JSONBody[HandOver]
) -> Response[Member]:
    """She comes in no more; what she had in hand goes on."""
    agent = request.user
    if person_id in (data.tickets_to, data.players_to):
        raise Rejected("not_here", NOT_HERE)
    async with database.transaction() as tx:
        # Her players first, so that their tickets find the new manager; then her tickets, before routing takes them back.
        if data.players_to is None:
            players = await release_portfolio(tx, person_id)
        else:
            players = await hand_over_portfolio(tx, person_id, data.players_to)
        tickets = await _hand_over(tx, person_id, data.tickets_to, agent.id)
        await suspend(tx, agent, person_id)
        await record(tx, Trace(
            actor_id=agent.id, action="person.work_handed_over", kind="person", object_id=str(person_id),
            after={"tickets": tickets, "ticketsTo": data.tickets_to, "players": players, "playersTo": data.players_to},
        ))
        return answer(await member(tx, person_id))


async def _hand_over(tx: Tx, person_id: int, to: int | None, by: int) -> int:
    tickets = await _tickets(tx, person_id)
    if not tickets:
        return 0
    ids = [each[0] for each in tickets]
    if to is None:
        await put_in_queue(tx, ids, None, "owner_away", now(), by)
        return len(ids)
    taker = await agent_of(tx, to)
    if taker is None or not all(taker.reaches(brand, to, queue) for _, brand, queue in tickets):
        raise Rejected("not_here", NOT_HERE, fields={"ticketsTo": NOT_HERE})
    await assign_many(tx, [Assignment(each, to, "handed_over", by, if_unassigned=False) for each in ids], now())
    return len(ids)


ROUTES: list[Any] = [show_work, suspend_person]
