"""What is asked every second, for everybody: along an index, whatever lies in the archive."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.app.agent_counters import Counters
from playerdesk.channels.chat.places import places
from playerdesk.kernel import Database, now
from playerdesk.routing import Hand, actions, queries
from tests.plans import Overheard, a_busy_desk, before_18, check, nodes, plans


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO staff.presence (person_id, state) SELECT id, 'online' FROM staff.person")
        await tx.execute("INSERT INTO staff.queue_member SELECT q.id, p.id FROM staff.queue q, staff.person p")
        await tx.execute("ANALYZE staff.presence, staff.queue_member")
    yield database
    await database.close()


async def test_giving_out_work_reads_the_head_of_each_line_only(database):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        hand = Hand(
            person_id=1, queue_ids=frozenset({1, 2, 3, 4, 5}), brand_ids=frozenset(), languages=frozenset(), chat_capacity=10,
            ticket_capacity=40,
        )
        assert len(await queries.waiting(overheard, [hand], 10)) == 50
    for sql, *args in overheard.statements:
        # A planner before 18 fetches and sorts so few as there are here.
        await check(database, sql, args, "ticket_waiting", 500 if await before_18(database) else 50)


async def test_pulling_reads_one_ticket_of_each_line(database):
    await check(database, actions._NEXT, [[1, 2, 3, 4, 5], [1, 2, 3]], "ticket_waiting", 10)


@pytest.mark.parametrize("read", [
    queries.hands, places, Counters.read, lambda reader: queries.deserted(reader, [5, 9]),
], ids=["hands", "places", "counters", "deserted"])
async def test_what_is_asked_every_second_never_reads_the_archive(database, read):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        await read(overheard)
    assert overheard.statements
    for sql, *args in overheard.statements:
        async for plan in plans(database, sql, args):
            scans = [n for n in nodes(plan) if n["Node Type"] == "Seq Scan"]
            assert not {n["Relation Name"] for n in scans} & {"ticket", "message"}, sql


async def test_a_round_with_nothing_to_give_out_costs_next_to_nothing(database):
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.presence SET state = 'busy'")
        started = now()
        assert await queries.hands(tx) == []
        assert (now() - started).total_seconds() < 0.2
