"""What the desk does by itself: loops that look every so often, in every worker."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import LiteralString

import msgspec
import structlog

from playerdesk.kernel.clock import now
from playerdesk.kernel.database import CONNECTION_LOST, Database, Tx, is_out_of_room

log = structlog.get_logger("loops")


class Loop(msgspec.Struct, frozen=True):
    """Something looked at every `seconds`; must be safe to run in several processes at once.

    `punctual`: somebody counts the seconds. It comes round on time whatever the other loops are busy with.
    """

    name: str
    seconds: float
    run: Callable[[Database], Awaitable[object]]
    punctual: bool = False


async def run_loop(loop: Loop, database: Database, beat: Callable[[str, float], None]) -> None:
    """Run one loop until cancelled; a failure is logged and the next round comes anyway.

    `beat(name, seconds)` is told how long each round took.
    """
    clock = asyncio.get_running_loop().time
    # Spread the first rounds, or every loop of every process hits the database at once.
    await asyncio.sleep(random.random() * min(loop.seconds, 1.0))  # noqa: S311 -- jitter
    while True:
        started = clock()
        try:
            await loop.run(database)
        except CONNECTION_LOST as failure:
            log.warning("loop lost the database", loop=loop.name, error=repr(failure))
        except Exception as failure:
            if is_out_of_room(failure):
                log.warning("the disk is full: make room, and delete nothing inside the folder postgres", loop=loop.name)
            else:
                log.exception("loop failed", loop=loop.name)
        took = clock() - started
        beat(loop.name, took)
        await asyncio.sleep(max(0.02, loop.seconds - took))


async def drain(database: Database, batch: Callable[[Tx], Awaitable[int]], size: int) -> int:
    """Batch after batch, each in a transaction of its own, until one is smaller than `size`; how many in all."""
    total = 0
    while True:
        async with database.transaction() as tx:
            done = await batch(tx)
        total += done
        if done < size:
            return total


async def drain_due(
    database: Database, anything: LiteralString, batch: Callable[[Tx, datetime], Awaitable[int]], size: int
) -> int:
    """As `drain`, with what is due by now; `anything` ($1: now) tells cheaply whether there is something to do at all."""
    at = now()
    async with database.reading() as reader:
        if not await reader.value(anything, at):
            return 0
    return await drain(database, lambda tx: batch(tx, at), size)
