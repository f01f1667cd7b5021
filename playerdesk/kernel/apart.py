"""Loops that come round on time whatever else their process is busy with: a thread with an event loop of its own.

Within one event loop a reader that digests a flood holds everybody up for as long as each of its pieces takes to
reckon. Between threads the interpreter changes hands every few milliseconds.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import uvloop


async def run_apart(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work` in a thread until it ends; being cancelled cancels it there, and its failure is ours.

    Nothing of the calling loop may be used inside: connections, locks and events belong to the loop they were made in.
    """
    loop = uvloop.new_event_loop()
    task = loop.create_task(work())

    def turn() -> None:
        asyncio.set_event_loop(loop)
        try:
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(task)
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()

    thread = asyncio.ensure_future(asyncio.to_thread(turn))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        with suppress(RuntimeError):  # it has just ended by itself
            loop.call_soon_threadsafe(task.cancel)
        await thread
        raise
