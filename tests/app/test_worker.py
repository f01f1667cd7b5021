"""The worker's loops: those for which somebody counts the seconds come round whatever the others are busy with."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress

import pytest

from playerdesk.app import worker
from playerdesk.kernel import Event, Loop, Wiring, connect, now, read_on
from playerdesk.kernel.apart import run_apart
from playerdesk.kernel.settings import Settings
from playerdesk.sla import jobs, set_default_targets
from playerdesk.sla.reactions import reactions
from tests.given import a_brand, a_player
from tests.sla.given import a_ticket

MISSED = """
    SELECT extract(epoch FROM noticed_at - due_at)::float8 FROM sla.breach ORDER BY 1
"""


class Said(Event, frozen=True):
    """What the slow reader reads."""


@pytest.fixture
async def database(fresh_dsn):
    database = await connect(fresh_dsn, wiring=Wiring(reactions), size=4)
    async with database.transaction() as tx:
        await set_default_targets(tx)
        await a_player(tx)
        await a_brand(tx)
    yield database
    await database.close()


@asynccontextmanager
async def running(dsn, folder, monkeypatch, *loops):
    """A worker with these loops only."""
    monkeypatch.setattr(worker, "loops", lambda *_: loops)
    task = asyncio.create_task(worker.run_worker(Settings(data_dir=folder, demo=False), dsn))
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_a_reader_that_is_far_behind_keeps_no_deadline_waiting(database, fresh_dsn, tmp_path, monkeypatch):
    tickets = [await a_ticket(database) for _ in range(40)]
    async with database.transaction() as tx:
        await tx.emit(*(Said() for _ in range(30)))
        await tx.execute("INSERT INTO kernel.cursor (reader, snapshot) VALUES ('slow', '0:0:')")
    began: list[float] = []

    async def digest(_tx, _events):
        """Half a second of reckoning for each piece, without a pause."""
        began.append(time.monotonic())
        while time.monotonic() < began[-1] + 0.5:
            sum(range(1000))

    async def catch_up(database):
        return await read_on(database, "slow", ["Said"], digest, most=3)

    async with database.transaction() as tx:
        # One after the other, from the middle of the reader's work on.
        await tx.execute(
            "UPDATE sla.clock SET due_at = $1::timestamptz + (1 + ticket_id * 0.05) * interval '1 second', warn_at = $1,"
            " ring_at = $1::timestamptz + (1 + ticket_id * 0.05) * interval '1 second' WHERE kind = 'first'",
            now(),
        )
        await tx.execute("UPDATE sla.clock SET ring_at = NULL WHERE kind <> 'first'")
    late: list[float] = []
    async with running(fresh_dsn, tmp_path, monkeypatch, Loop("slow", 0.1, catch_up), *jobs.LOOPS), asyncio.timeout(30):
        while len(late) < len(tickets):
            await asyncio.sleep(0.05)
            async with database.reading() as reader:
                late = [row[0] for row in await reader.fetch(MISSED)]
    assert len(began) >= 5  # the reader was at it all the time
    assert late[-1] <= 1.0


async def test_what_runs_apart_ends_with_whoever_started_it():
    said: list[str] = []

    async def work():
        try:
            said.append("began")
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0)
            said.append("cleared up")

    task = asyncio.create_task(run_apart(work))
    while not said:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(task, 5)
    assert said == ["began", "cleared up"]


async def test_what_fails_apart_fails_for_whoever_started_it():
    async def work():
        await asyncio.sleep(0)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await asyncio.wait_for(run_apart(work), 5)
