"""The worker: loops each second, and the claim loop woken by what happens.

Loops for which somebody counts the seconds run apart from the others, in a thread with its own connections: the
readers of the event log may have a flood to catch up on, and a deadline is rung to the second all the same.
"""

import asyncio
import sys
from collections.abc import Sequence
from functools import partial

import structlog

from playerdesk.app.wiring import WIRING, loops
from playerdesk.kernel import Database, Live, LiveEvent, Loop, connect
from playerdesk.kernel.apart import run_apart
from playerdesk.kernel.files import open_files
from playerdesk.kernel.loops import run_loop
from playerdesk.kernel.metrics import loop_rounds
from playerdesk.kernel.settings import Settings
from playerdesk.routing import give_out
from playerdesk.routing.jobs import WAKING

log = structlog.get_logger("worker")

HANDOVER_SECONDS = 0.001
"""How long one thread may reckon on while another wants to: a ringing round has a dozen answers to wait for."""


async def run_worker(settings: Settings, dsn: str) -> None:
    """Run until cancelled. Several workers may run at once: every loop is safe to share."""
    sys.setswitchinterval(HANDOVER_SECONDS)
    database = await connect(dsn, wiring=WIRING, size=max(4, settings.pool_main // 2), statement_timeout_ms=60_000)
    live = Live(database, dsn)
    free_hands = asyncio.Event()

    def notice(events: Sequence[LiveEvent], _: str) -> None:
        if any(event.kind in WAKING for event in events):
            free_hands.set()

    live.observers.append(notice)
    await live.start()
    every = loops(settings, await open_files(database, settings))
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_give_out_when_woken(database, free_hands))
            for loop in every:
                if not loop.punctual:
                    group.create_task(run_loop(loop, database, loop_rounds))
            group.create_task(run_apart(partial(run_punctual, dsn, [loop for loop in every if loop.punctual])))
            log.info("worker started", loops=len(every))
    finally:
        await live.stop()
        await database.close()


async def run_punctual(dsn: str, punctual: Sequence[Loop]) -> None:
    """These loops only, each with a connection to itself; what they change is told to the other processes at once."""
    database = await connect(dsn, wiring=WIRING, size=max(1, len(punctual)), statement_timeout_ms=60_000)
    live = Live(database, dsn)
    await live.start(tail=False)
    try:
        async with asyncio.TaskGroup() as group:
            for loop in punctual:
                group.create_task(run_loop(loop, database, loop_rounds))
    finally:
        await live.stop()
        await database.close()


async def _give_out_when_woken(database: Database, free_hands: asyncio.Event) -> None:
    """Freed capacity takes the first in line at once, not at the next second."""
    while True:
        await free_hands.wait()
        free_hands.clear()
        try:
            await give_out(database)
        except Exception as failure:  # noqa: BLE001 -- the loop of every second tries again
            log.warning("giving out failed", error=repr(failure))
            await asyncio.sleep(0.2)
