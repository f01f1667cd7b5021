"""Durable readers of the event log: everything once, whatever commits late and whoever fails."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, connect, read_on
from tests.kernel.given import say


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, size=16)
    yield database
    await database.close()


async def read_all(database, reader="counter", kinds=("Said",)):
    """Read on; what was read is kept in the same transaction."""
    async def keep(tx, events):
        for event in events:
            await tx.execute("INSERT INTO kept VALUES ($1)", event.data["word"])

    return await read_on(database, reader, kinds, keep)


@pytest.fixture
async def kept(database):
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE kept (word int)")

    async def read():
        async with database.reading() as reader:
            return sorted(row[0] for row in await reader.fetch("SELECT word FROM kept"))

    return read


async def test_a_reader_starts_at_the_beginning_and_reads_everything_once(database, kept):
    await say(database, 1, 2)
    assert await read_all(database) == 0  # its place is made
    assert await read_all(database) == 2
    assert await read_all(database) == 0
    await say(database, 3)
    assert await read_all(database) == 1
    assert await kept() == [1, 2, 3]
    assert await read_all(database, "another", ("Nothing",)) == 0


async def test_what_commits_late_is_read_once_although_others_were_read_before(database, kept):
    await read_all(database)
    late = asyncio.create_task(say(database, 1, slowly=0.4))
    await asyncio.sleep(0.1)
    await say(database, 2)
    assert await read_all(database) == 1
    assert await kept() == [2]
    for _ in range(3):
        assert await read_all(database) == 0
    await late
    assert await read_all(database) == 1
    assert await read_all(database) == 0
    assert await kept() == [1, 2]


async def test_when_the_digest_fails_it_is_read_again(database, kept):
    await say(database, 1)
    await read_all(database)

    async def fail(tx, events):
        await tx.execute("INSERT INTO kept VALUES (99)")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await read_on(database, "counter", ["Said"], fail)
    assert await kept() == []
    assert await read_all(database) == 1


async def test_many_readers_and_writers_at_once_count_everything_exactly_once(database, kept):
    await read_all(database)
    done = asyncio.Event()
    dice = random.Random(5)

    async def write(first):
        for word in range(first, first + 25):
            await say(database, word, slowly=dice.choice([0, 0.001, 0.03]))

    async def read():
        while not done.is_set():
            await read_all(database)
            await asyncio.sleep(0.001)

    readers = [asyncio.create_task(read()) for _ in range(3)]
    await asyncio.gather(*(write(n * 100) for n in range(8)))
    done.set()
    await asyncio.gather(*readers)
    await read_all(database)
    assert await kept() == sorted(n * 100 + i for n in range(8) for i in range(25))


async def test_a_reader_with_much_to_catch_up_on_goes_in_pieces_and_skips_nothing_that_commits_meanwhile(database, kept):
    await read_all(database)
    late = asyncio.create_task(say(database, 0, slowly=0.3))
    await asyncio.sleep(0.1)
    for first in range(1, 24, 4):
        await say(database, *range(first, first + 4))

    sizes = []

    async def keep(tx, events):
        sizes.append(len(events))
        for event in events:
            await tx.execute("INSERT INTO kept VALUES ($1)", event.data["word"])
        if len(sizes) == 2:  # while it is catching up, something new comes, and it dies
            await say(database, 100)
            await late
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await read_on(database, "counter", ["Said"], keep, most=5)
    assert await kept() == [1, 2, 3, 4, 5]
    while await read_on(database, "counter", ["Said"], keep, most=5):
        pass
    assert max(sizes) == 5
    assert await kept() == [*range(25), 100]
    assert await read_all(database) == 0
