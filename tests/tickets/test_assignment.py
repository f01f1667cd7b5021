"""Whose ticket it is: one winner, whoever else is as fast."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, NotFound
from playerdesk.tickets import Assignment, assign, assign_many, put_in_queue, resolve, row, timeline
from tests.given import NOON, a_queue, a_ticket, an_agent, said

LATER = NOON + timedelta(minutes=3)


@pytest.fixture
async def ticket(database, desk):
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)


async def take(database, ticket, person, expected=None):
    async with database.transaction() as tx:
        await assign(tx, ticket, person, person, expected, LATER)
    return person


async def found(database, ticket):
    async with database.reading() as reader:
        return await row(reader, ticket)


async def test_a_taken_ticket_is_open_and_says_whose_it_is(database, desk, ticket):
    await take(database, ticket, desk.agent_id)
    after = await found(database, ticket)
    assert (after.status, after.assignee_id, after.assigned_at) == ("open", desk.agent_id, LATER)
    assert after.waiting_since == NOON, "the player still waits"
    async with database.reading() as reader:
        line = (await timeline(reader, ticket))[-1]
    assert line.change == {"what": "assigned", "from": None, "to": desk.agent_id, "reason": "by_hand"}
    assert line.number is None


async def test_of_ten_agents_who_claim_a_ticket_one_wins_and_the_others_hear_who(database, desk, ticket):
    async with database.transaction() as tx:
        agents = [await an_agent(tx, desk.queue_id) for _ in range(10)]
    results = await asyncio.gather(*(take(database, ticket, agent) for agent in agents), return_exceptions=True)
    (winner,) = [each for each in results if isinstance(each, int)]
    losers = [each for each in results if isinstance(each, Conflict)]
    assert [(each.code, each.extra) for each in losers] == [("already_assigned", {"assigneeId": winner})] * 9
    assert (await found(database, ticket)).assignee_id == winner
    async with database.reading() as reader:
        taken = [e for e in await timeline(reader, ticket) if e.kind == "change"]
    assert len(taken) == 1


async def test_taking_what_one_has_already_is_fine(database, desk, ticket):
    await take(database, ticket, desk.agent_id)
    before = await found(database, ticket)
    await take(database, ticket, desk.agent_id)
    assert await found(database, ticket) == before


async def test_by_hand_it_goes_from_whom_the_screen_showed_only(database, desk, ticket):
    await take(database, ticket, desk.agent_id)
    with pytest.raises(Conflict):
        await take(database, ticket, desk.other_agent_id, expected=None)
    await take(database, ticket, desk.other_agent_id, expected=desk.agent_id)
    assert (await found(database, ticket)).assignee_id == desk.other_agent_id


async def test_what_is_over_or_missing_cannot_be_taken(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "好了", LATER)
    with pytest.raises(Conflict, match="ticket_over"):
        await take(database, ticket, desk.agent_id)
    with pytest.raises(NotFound):
        await take(database, -5, desk.agent_id)


async def test_the_desk_never_overrides_a_person(database, desk, ticket):
    await take(database, ticket, desk.agent_id)
    async with database.transaction() as tx:
        assert await assign_many(tx, [Assignment(ticket, desk.other_agent_id, "queue")], LATER) == []
    assert (await found(database, ticket)).assignee_id == desk.agent_id


async def test_two_rounds_that_give_out_the_same_tickets_give_each_once(database, desk):
    async with database.transaction() as tx:
        tickets = [await a_ticket(tx, desk.brand_id, desk.player_id) for _ in range(20)]

    async def round_for(person: int) -> list[Assignment]:
        async with database.transaction() as tx:
            return await assign_many(tx, [Assignment(t, person, "queue") for t in tickets], LATER)

    done = await asyncio.gather(*(round_for(person) for person in (desk.agent_id, desk.other_agent_id) for _ in range(3)))
    assert sorted(each.ticket_id for part in done for each in part) == sorted(tickets)


async def test_back_in_a_queue_it_keeps_the_waiting_it_has_done(database, desk, ticket):
    before = await found(database, ticket)
    await take(database, ticket, desk.agent_id)
    async with database.transaction() as tx:
        other = await a_queue(tx)
        await put_in_queue(tx, [ticket], other, "handed_off", LATER, desk.agent_id)
    after = await found(database, ticket)
    assert (after.queue_id, after.assignee_id, after.assigned_at) == (other, None, None)
    assert (after.rank_at, after.waiting_since) == (before.rank_at, before.waiting_since)
    async with database.transaction() as tx:
        await take(database, ticket, desk.agent_id)
        await put_in_queue(tx, [ticket], None, "vanished", LATER)
    again = await found(database, ticket)
    assert (again.queue_id, again.rank_at) == (other, before.rank_at)
    async with database.reading() as reader:
        assert (await timeline(reader, ticket))[-1].change["what"] == "taken_back"


async def test_who_answers_a_ticket_nobody_has_has_it_and_who_answers_another_s_does_not(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent_id, "您好")
        await said(tx, ticket, "staff", desk.other_agent_id, "补充一下")
    assert (await found(database, ticket)).assignee_id == desk.agent_id
