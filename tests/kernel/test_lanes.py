"""A lane carries many at once, and each as if she were alone."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Conflict, Database, Lane, Text, connect


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, size=4)
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE scratch (id int GENERATED ALWAYS AS IDENTITY, n int CHECK (n >= 0))")
    yield database
    await database.close()


class Carriage:
    """Writes numbers; a negative one fails in the database, 13 is refused, 99 ends the connection."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    async def write(self, tx, items):
        self.batches.append(len(items))
        if 99 in items:
            await tx.fetch("SELECT pg_terminate_backend(pg_backend_pid())")
        await tx.execute("INSERT INTO scratch (n) SELECT * FROM unnest($1::int[])", [n for n in items if n != 13])
        return [Conflict("unlucky", Text("不行", "no")) if n == 13 else n * 10 for n in items]


async def kept(database):
    async with database.reading() as reader:
        return [row[0] for row in await reader.fetch("SELECT n FROM scratch ORDER BY id")]


async def test_each_gets_her_own_result_and_many_share_a_statement(database):
    carriage = Carriage()
    lane = Lane(database, carriage.write)
    assert await asyncio.gather(*(lane.put(n) for n in range(20, 90))) == [n * 10 for n in range(20, 90)]
    assert await kept(database) == list(range(20, 90)), "in the order they came"
    assert len(carriage.batches) <= 3


async def test_a_lane_is_no_wider_than_it_may_be_and_loses_nobody(database):
    carriage = Carriage()
    lane = Lane(database, carriage.write, widest=8)
    assert len(await asyncio.gather(*(lane.put(n) for n in range(20, 70)))) == 50
    assert max(carriage.batches) == 8


async def test_a_refusal_is_for_whom_it_concerns(database):
    lane = Lane(database, Carriage().write)
    results = await asyncio.gather(*(lane.put(n) for n in (1, 13, 2)), return_exceptions=True)
    assert results[::2] == [10, 20]
    assert isinstance(results[1], Conflict)
    assert await kept(database) == [1, 2]


@pytest.mark.parametrize("bad", [-1, 2**40, "x"], ids=["refused by the database", "too large", "no number"])
async def test_one_bad_item_never_harms_the_others(database, bad):
    lane = Lane(database, Carriage().write)
    results = await asyncio.gather(*(lane.put(n) for n in (1, 2, bad, 3, 4)), return_exceptions=True)
    assert [each for each in results if isinstance(each, int)] == [10, 20, 30, 40]
    assert isinstance(results[2], Exception)
    assert await kept(database) == [1, 2, 3, 4]


async def test_whoever_hangs_up_does_not_take_the_others_with_her(database):
    lane = Lane(database, Carriage().write)
    tasks = [asyncio.create_task(lane.put(n)) for n in range(20, 30)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    tasks[5].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [each for each in results if isinstance(each, int)] == [n * 10 for n in range(20, 30) if n not in (20, 25)]
    assert await lane.put(50) == 500


async def test_a_lost_connection_is_said_to_all_and_the_lane_goes_on(database):
    lane = Lane(database, Carriage().write)
    results = await asyncio.gather(*(lane.put(n) for n in (1, 99, 2)), return_exceptions=True)
    assert any(isinstance(each, Exception) for each in results)
    for n, result in zip((1, 99, 2), results, strict=True):
        assert (n in await kept(database)) == (result == n * 10), "told the truth"
    assert await lane.put(7) == 70


async def test_nobody_is_left_behind_however_they_come(database):
    lane = Lane(database, Carriage().write)

    async def come(n):
        await asyncio.sleep((n % 7) * 0.001)
        return await lane.put(n)

    async with asyncio.timeout(20):
        assert await asyncio.gather(*(come(n) for n in range(100, 400))) == [n * 10 for n in range(100, 400)]
    assert sorted(await kept(database)) == list(range(100, 400))


async def turns(lane, people, rounds):
    """Everybody comes, is answered, and comes back a little after the other."""
    async def one(n):
        for _ in range(rounds):
            await asyncio.sleep(n * 0.0005)
            assert await lane.put(n) == n * 10

    await asyncio.gather(*map(one, range(people)))


async def test_a_patient_lane_waits_for_those_who_were_just_answered(database):
    impatient, patient = Carriage(), Carriage()
    await turns(Lane(database, impatient.write), 8, 10)
    await turns(Lane(database, patient.write, patience=1), 8, 10)
    assert sum(patient.batches) == sum(impatient.batches) == 80
    assert len(patient.batches) < len(impatient.batches)
    assert sorted(patient.batches)[len(patient.batches) // 2] > 4  # not two halves that take turns


async def test_whoever_comes_alone_or_late_never_waits_for_others(database):
    lane = Lane(database, Carriage().write, patience=5)
    async with asyncio.timeout(4):
        assert await lane.put(1) == 10
        assert await lane.put(2) == 20
        await asyncio.gather(*(lane.put(n) for n in (3, 4, 5)))
        await asyncio.sleep(0.1)  # the three are not expected any more
        assert await lane.put(6) == 60


async def test_patience_ends(database):
    lane = Lane(database, Carriage().write, patience=0.01)
    await asyncio.gather(*(lane.put(n) for n in range(20, 40)))
    async with asyncio.timeout(4):
        assert await lane.put(1) == 10
