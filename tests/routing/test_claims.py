"""Many who give out and pull at once: nothing doubled, nobody overfilled, nothing left."""

import asyncio
import random

import pytest

from playerdesk.kernel import now
from playerdesk.routing import give_out, pull_next
from playerdesk.tickets import open_tickets
from tests.given import a_brand, a_category, a_player, a_question, a_queue, an_agent

_LOADS = """
    SELECT p.id, p.chat_capacity, p.ticket_capacity,
        count(t.id) FILTER (WHERE t.live), count(t.id) FILTER (WHERE NOT t.live)
    FROM staff.person p LEFT JOIN tickets.ticket t ON t.assignee_id = p.id GROUP BY p.id
"""


async def pull_until_empty(database, person):
    pulled = []
    while True:
        async with database.transaction() as tx:
            ticket = await pull_next(tx, person, now())
        if ticket is None:
            return pulled
        pulled.append(ticket)
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(3))
async def test_many_claimers_at_once_double_nothing_overfill_nobody_and_leave_nothing(database, seed):
    dice = random.Random(seed)
    async with database.transaction() as tx:
        brands = [await a_brand(tx), await a_brand(tx)]
        queues = [await a_queue(tx), await a_queue(tx), await a_queue(tx, vip=True)]
        categories = [await a_category(tx, queue) for queue in queues]
        pushed = [
            await an_agent(tx, *dice.sample(queues, 2), chats=dice.randrange(1, 5), tickets=dice.randrange(1, 9))
            for _ in range(8)
        ]
        # Whoever pulls decides for herself how much she takes; pushing fills nobody who has no capacity.
        pullers = [await an_agent(tx, *queues, chats=0, tickets=0) for _ in range(6)]
        players = [await a_player(tx, tier=tier) for tier in ("high", "mid", "low", "none") for _ in range(5)]
        asked = await open_tickets(tx, [
            a_question(dice.choice(brands), dice.choice(players), category_id=dice.choice(categories), live=dice.random() < 0.3)
            for _ in range(200)
        ], now())
    results = await asyncio.gather(
        *(give_out(database) for _ in range(4)), *(pull_until_empty(database, each) for each in pullers),
        *(give_out(database) for _ in range(4)),
    )
    pulled = [ticket for each in results if isinstance(each, list) for ticket in each]
    assert len(pulled) == len(set(pulled))
    async with database.reading() as reader:
        left = await reader.value("SELECT count(*) FROM tickets.ticket WHERE assignee_id IS NULL")
        log = await reader.fetch("SELECT ticket_id, count(*) FROM routing.assignment GROUP BY 1")
        held = await reader.fetch(_LOADS)
    assert left == 0
    assert sorted(row[0] for row in log) == sorted(each.ticket_id for each in asked)
    assert {row[1] for row in log} == {1}
    for person, chats, tickets, has_chats, has_tickets in held:
        if person in pushed:
            assert has_chats <= chats
            assert has_tickets <= tickets


async def test_giving_out_alone_empties_the_line_when_there_is_room_and_fills_everybody_when_there_is_not(database):
    async with database.transaction() as tx:
        brand, queue, player = await a_brand(tx), await a_queue(tx), await a_player(tx)
        category = await a_category(tx, queue)
        for _ in range(30):
            await an_agent(tx, queue, tickets=10)
        await open_tickets(tx, [a_question(brand, player, category_id=category) for _ in range(450)], now())
    assert sum(await asyncio.gather(*(give_out(database) for _ in range(5)))) == 300
    assert await give_out(database) == 0
    async with database.reading() as reader:
        held = await reader.fetch(_LOADS)
        first_left = await reader.value("SELECT min(rank_at) FROM tickets.ticket WHERE assignee_id IS NULL")
        last_given = await reader.value("SELECT max(rank_at) FROM tickets.ticket WHERE assignee_id IS NOT NULL")
    assert {row[4] for row in held} == {10}
    assert last_given <= first_left


async def test_pullers_at_once_get_the_first_in_line_each_her_own(database):
    async with database.transaction() as tx:
        brand, queue, player = await a_brand(tx), await a_queue(tx), await a_player(tx)
        category = await a_category(tx, queue)
        agents = [await an_agent(tx, queue) for _ in range(10)]
        asked = await open_tickets(tx, [a_question(brand, player, category_id=category) for _ in range(25)], now())

    async def pull(person):
        async with database.transaction() as tx:
            return await pull_next(tx, person, now())

    pulled = await asyncio.gather(*(pull(agent) for agent in agents))
    assert sorted(pulled) == sorted(each.ticket_id for each in asked)[:10]
