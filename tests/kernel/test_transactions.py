"""One transaction: the change, what it meant, and what follows from it; all of it or nothing."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, Event, Reactions, Wiring, connect


class Planted(Event, frozen=True):
    tree: int

    def topics(self) -> list[str]:
        return [f"tree:{self.tree}"]


class Watered(Event, frozen=True):
    tree: int


class Garden:
    """Reactions that write down what they were told."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.reactions = Reactions("garden")
        self.reactions.within(Planted)(self.water)
        self.reactions.within(Watered)(self.count)

    async def water(self, tx, events):
        self.batches.append([event.tree for event in events])
        for event in events:
            await tx.execute("INSERT INTO scratch VALUES ($1, 'watered')", event.tree)
        await tx.emit(*(Watered(tree=event.tree) for event in events))

    async def count(self, tx, events):
        if any(event.tree < 0 for event in events):
            raise ValueError("a tree cannot be negative")


@pytest.fixture
def garden() -> Garden:
    return Garden()


@pytest.fixture
async def database(fresh_dsn: str, garden: Garden) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, wiring=Wiring(garden.reactions), size=6)
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE scratch (tree int, what text)")
    yield database
    await database.close()


async def rows(database, sql):
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.fetch(sql)]


async def plant(database, *trees):
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO scratch VALUES (0, 'planted')")
        await tx.emit(*(Planted(tree=tree) for tree in trees))


async def test_reactions_within_see_the_whole_batch_and_are_part_of_the_change(database, garden):
    await plant(database, 1, 2, 3)
    assert garden.batches == [[1, 2, 3]]
    assert await rows(database, "SELECT count(*) FROM scratch WHERE what = 'watered'") == [(3,)]
    assert await rows(database, "SELECT kind, count(*) FROM kernel.event GROUP BY 1 ORDER BY 1") == [("Planted", 3), ("Watered", 3)]
    assert await rows(database, "SELECT topics FROM kernel.event WHERE kind = 'Planted' ORDER BY position LIMIT 1") == [(["tree:1"],)]


async def test_what_is_rolled_back_leaves_no_event_and_wakes_nobody(database, garden):
    woken = []
    database.on_commit = woken.append

    async def regret(tree):
        async with database.transaction() as tx:
            await tx.emit(Planted(tree=tree))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await regret(1)
    with pytest.raises(ValueError, match="negative"):
        await plant(database, -1)
    for table in ("scratch", "kernel.event"):
        assert await rows(database, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert woken == []
    await plant(database, 1)
    assert [[type(event) for event in events] for events in woken] == [[Planted, Watered]]


async def test_a_caller_who_is_cancelled_in_the_middle_leaves_nothing_and_harms_nobody(database):
    async def slow():
        async with database.transaction() as tx:
            await tx.emit(Planted(tree=1))
            await tx.fetch("SELECT pg_sleep(5)")

    tasks = [asyncio.create_task(slow()) for _ in range(4)]
    await asyncio.sleep(0.2)
    for task in tasks:
        task.cancel()
    assert all(isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*tasks, return_exceptions=True))
    await asyncio.gather(*(plant(database, n) for n in range(12)))
    assert await rows(database, "SELECT count(*) FROM kernel.event WHERE kind = 'Planted'") == [(12,)]


async def test_nobody_finds_the_settings_or_the_open_transaction_of_another(database):
    async def spoil():
        async with database.transaction() as tx:
            await tx.execute("SET LOCAL statement_timeout = '1ms'")
            await tx.execute("INSERT INTO scratch VALUES (9, 'lost')")
            raise ZeroDivisionError

    await asyncio.gather(*(spoil() for _ in range(12)), return_exceptions=True)
    for _ in range(8):
        async with database.reading() as reader:
            assert await reader.value("SHOW statement_timeout") == "10s"
            assert await reader.value("SELECT count(*) FROM scratch") == 0
