"""Nobody is taken for gone because we could not hear."""

from datetime import timedelta

import pytest

from playerdesk.kernel import connect
from playerdesk.staff import jobs
from tests.given import an_agent


@pytest.fixture
async def database(fresh_dsn):
    database = await connect(fresh_dsn, size=2)
    yield database
    await database.close()


async def test_after_an_outage_everybody_gets_the_whole_grace_anew(database, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(jobs, "monotonic", lambda: clock[0])
    vanish = jobs.loops(timedelta(seconds=60))[0].run
    async with database.transaction() as tx:
        person = await an_agent(tx)
        await tx.execute("UPDATE staff.presence SET seen_at = now() - interval '61 seconds'")

    async def state() -> str:
        async with database.reading() as reader:
            return await reader.value("SELECT state FROM staff.presence WHERE person_id = $1", person)

    async def rounds(seconds: int) -> None:
        for _ in range(seconds // 2):
            clock[0] += 2
            await vanish(database)

    await rounds(58)
    assert await state() == "online"  # the worker has just started: it has heard nobody for long enough to judge
    clock[0] += 20  # the database was away
    await rounds(58)
    assert await state() == "online"
    await rounds(4)
    assert await state() == "offline"
