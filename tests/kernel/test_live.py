"""The event log, told to those who listen and read by those who count: nothing missed, nothing twice."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, Live, connect
from tests.kernel.given import Said, say


class Listens:
    def __init__(self) -> None:
        self.heard: list[int] = []
        self.remarks: list[tuple[str, str, object]] = []
        self.cursors: list[str] = []

    def hear(self, events, cursor):
        self.heard += words(events)
        self.cursors.append(cursor)

    def push(self, frame):
        self.remarks.append(("pushed", "", frame))

    def overhear(self, topic, kind, data):
        self.remarks.append((topic, kind, data))


def words(events):
    return [int(event.data.split(":")[1].split(",")[0].rstrip("}")) for event in events]


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, size=16)
    yield database
    await database.close()


@pytest.fixture
async def live(database: Database, fresh_dsn: str) -> AsyncIterator[Live]:
    async for each in running(database, fresh_dsn):
        yield each


async def running(database, dsn):
    live = Live(database, dsn)
    await live.start()
    async with asyncio.timeout(5):
        while not live.cursor:
            await asyncio.sleep(0.01)
    yield live
    await live.stop()


async def eventually(condition, timeout=3.0):
    async with asyncio.timeout(timeout):
        while not condition():
            await asyncio.sleep(0.01)


async def test_whoever_listens_hears_her_topics_and_no_others(database, live):
    hall, yard = Listens(), Listens()
    live.subscribe(hall, ["hall"])
    live.subscribe(yard, ["yard", "elsewhere"])
    await say(database, 1, 2)
    await say(database, 3, topic="yard")
    await eventually(lambda: hall.heard == [1, 2] and yard.heard == [3])
    live.unsubscribe(hall, ["hall"])
    await say(database, 4)
    await say(database, 5, topic="yard")
    await eventually(lambda: yard.heard == [3, 5])
    assert hall.heard == [1, 2]
    assert live.listened("") == ["yard", "elsewhere"]


async def test_who_commits_late_is_heard_too(database, live):
    """Its number is smaller than what has been read already: a reader by number would never see it."""
    ear = Listens()
    live.subscribe(ear, ["hall"])
    late = asyncio.create_task(say(database, 1, slowly=0.5))
    await asyncio.sleep(0.1)
    await say(database, 2)
    await eventually(lambda: ear.heard == [2])
    await late
    await eventually(lambda: ear.heard == [2, 1])


async def test_everything_committed_is_heard_once_however_the_transactions_overlap(database, live):
    ear = Listens()
    live.subscribe(ear, ["hall"])
    dice = random.Random(3)

    async def talk(first):
        for word in range(first, first + 30):
            await say(database, word, slowly=dice.choice([0, 0, 0.002, 0.05]))

    await asyncio.gather(*(talk(n * 1000) for n in range(8)))
    await eventually(lambda: len(ear.heard) >= 240)
    await asyncio.sleep(0.2)
    assert sorted(ear.heard) == sorted(n * 1000 + i for n in range(8) for i in range(30))


async def test_a_lost_notification_costs_a_second_at_most(database, live):
    ear = Listens()
    live.subscribe(ear, ["hall"])
    database.on_commit = lambda _: None
    async with database.transaction() as tx:
        await tx.emit(Said(word=1))
    await eventually(lambda: ear.heard == [1], 2.5)


async def test_after_the_database_was_away_everybody_is_told_to_fetch_afresh_and_hears_what_comes(database, live):
    ear = Listens()
    live.subscribe(ear, ["hall"])
    await say(database, 1)
    await eventually(lambda: ear.heard == [1])
    old = live.cursor
    async with database.transaction() as tx:
        await tx.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = $1", live._tailer.get_server_pid()
        )
    await eventually(lambda: ("pushed", "", {"op": "reset", "cursor": live.cursor}) in ear.remarks)
    await say(database, 2)
    await eventually(lambda: ear.heard[-1] == 2)
    assert await live.since(old, ["hall"]) is not None


@pytest.fixture
async def elsewhere(fresh_dsn: str) -> AsyncIterator[Live]:
    """Another process: its own pool, its own line to the database."""
    database = await connect(fresh_dsn, size=2)
    async for there in running(database, fresh_dsn):
        await asyncio.sleep(0.3)  # until it listens
        yield there
    await database.close()


async def test_another_process_hears_it_at_once_and_passing_remarks_too(database, live, elsewhere):
    here, there = Listens(), Listens()
    live.subscribe(here, ["hall"])
    elsewhere.subscribe(there, ["hall"])
    started = asyncio.get_running_loop().time()
    await say(database, 1)
    await eventually(lambda: there.heard == [1])
    assert asyncio.get_running_loop().time() - started < 0.6
    live.whisper("hall", "typing", {"who": 7})
    await eventually(lambda: there.remarks == [("hall", "typing", {"who": 7})])
    await asyncio.sleep(0.1)
    assert here.remarks == [("hall", "typing", {"who": 7})], "and here once, not again by its own echo"
    live.whisper("hall", "long", "x" * 20_000)
    live.tell_here("hall", {"op": "x"})
    await asyncio.sleep(0.1)
    assert here.remarks[1:] == [("hall", "long", "x" * 20_000), ("pushed", "", {"op": "x"})]
    assert len(there.remarks) == 1


async def test_what_since_is_answered_alike_from_memory_and_from_the_database(database, live, fresh_dsn):
    """Cursors taken at any moment, also while somebody is still writing."""
    cursors: list[tuple[str, set[int]]] = []
    ear = Listens()
    live.subscribe(ear, ["hall"])

    def mark():
        cursors.append((live.cursor, set(ear.heard)))

    mark()
    for word in range(5):
        await say(database, word)
        await eventually(lambda word=word: word in ear.heard)
        mark()
    late = asyncio.create_task(say(database, 100, slowly=0.4))
    await asyncio.sleep(0.1)
    for word in range(5, 10):
        await say(database, word)
        await say(database, word + 1000, topic="yard")
        await eventually(lambda word=word: word in ear.heard)
        mark()
    await late
    await eventually(lambda: 100 in ear.heard)
    mark()
    everything = set(ear.heard)
    other = await connect(fresh_dsn, size=2)
    async for fresh in running(other, fresh_dsn):  # has nothing in memory, so it asks the database
        for cursor, heard in cursors:
            remembered = words(await live.since(cursor, ["hall"]))
            read = words(await fresh.since(cursor, ["hall"]))
            assert sorted(read) == sorted(everything - heard), "exactly what was not yet seen"
            assert sorted(remembered) == sorted(read), "alike"
    await other.close()


@pytest.mark.parametrize("cursor", ["", "x", "1:1", "1:1:x", "9999999999:9999999999:", "-1:5:", "1:2:" + "3," * 4000])
async def test_a_cursor_nobody_gave_out_asks_for_a_fresh_start(database, live, cursor):
    assert await live.since(cursor, ["hall"]) is None


async def test_whoever_has_missed_too_much_starts_afresh(database, live, fresh_dsn):
    async with database.transaction() as tx:
        start = await tx.value("SELECT pg_current_snapshot()::text")
        await tx.execute(
            "INSERT INTO kernel.event (kind, topics, data) SELECT 'Said', '{hall}', '{\"word\":1}' FROM generate_series(1, 2001)"
        )
    other = await connect(fresh_dsn, size=2)
    async for fresh in running(other, fresh_dsn):
        assert await fresh.since(start, ["hall"]) is None
        assert await fresh.since(start, ["yard"]) == []
    await other.close()
