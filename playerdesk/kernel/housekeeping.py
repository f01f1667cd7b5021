"""What the kernel forgets by itself: old events, and files nobody attached to anything."""

from collections.abc import Awaitable, Callable

from playerdesk.kernel.database import Database, Reader
from playerdesk.kernel.files import Files
from playerdesk.kernel.loops import Loop

EVENT_DAYS = 14
"""Longer than any reader is ever behind; what must be known longer is kept by its own package."""

_FORGET = """
    DELETE FROM kernel.event WHERE position IN (
        SELECT position FROM (SELECT position, at FROM kernel.event ORDER BY position LIMIT 5000) AS oldest
        WHERE at < now() - make_interval(days => $1)
    )
"""


async def forget_events(database: Database) -> None:
    """Delete the oldest in chunks, so that no statement holds many locks."""
    while True:
        async with database.transaction() as tx:
            if await tx.execute(_FORGET, EVENT_DAYS) < 5000:
                return


FORGET_EVENTS = Loop("forget events", 300, forget_events)


def files_loop(files: Files, still_used: Callable[[Reader, list[str]], Awaitable[set[str]]]) -> Loop:
    """Sweep uploads that were never sent, and bytes without a row."""

    async def sweep(database: Database) -> None:
        await files.sweep(database, still_used)
        await files.sweep_strays(database)

    return Loop("sweep files", 3600, sweep)
