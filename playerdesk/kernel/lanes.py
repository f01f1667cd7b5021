"""A coalescing writer for the hot commands.

While one statement is in flight the next callers collect; then all of them go in one. Under a
flood that is 2-3 times cheaper and makes a slow disk harmless; alone it costs nothing.

A lane with patience waits a moment for those who were here a moment ago: they come back one after the other when
they have been answered, and without it the first of them would go alone while the rest wait for her. Whoever comes
alone never waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from playerdesk.kernel.database import CONNECTION_LOST, Database, Tx
from playerdesk.kernel.errors import Refused

I = TypeVar("I")  # noqa: E741 -- input
O = TypeVar("O")  # noqa: E741 -- output


RECENTLY = 0.05
"""Seconds for which those who were answered are expected back."""


class Lane(Generic[I, O]):
    """Runs `write(tx, items)` over whatever has collected; each caller gets her own result.

    `write` returns one result per item, in order; a `Refused` instance as a result is raised to
    that caller only. If the whole batch fails, the items are tried one by one, so that one bad
    item never takes the others with it.
    """

    def __init__(
        self,
        database: Database,
        write: Callable[[Tx, Sequence[I]], Awaitable[Sequence[O | Refused]]],
        *,
        widest: int = 256,
        patience: float = 0.0,
    ) -> None:
        self._database = database
        self._write = write
        self._widest = widest
        self._patience = patience
        self._expected = 1
        self._ended = 0.0
        self._enough: asyncio.Future[None] | None = None
        self._waiting: list[tuple[I, asyncio.Future[O]]] = []
        self._runner: asyncio.Task[None] | None = None

    async def put(self, item: I) -> O:
        """Hand in one item and wait until it is committed."""
        future: asyncio.Future[O] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._enough is not None and len(self._waiting) >= self._expected:
            _stop_waiting(self._enough)
        if self._runner is None:
            self._runner = asyncio.create_task(self._run())
        # A caller who hangs up cancels what she waits for, never the others' statement.
        return await future

    async def _run(self) -> None:
        # No await between the last look at the list and freeing the lane: nobody is left behind.
        clock = asyncio.get_running_loop().time
        while self._waiting:
            if len(self._waiting) < self._expected and clock() < self._ended + RECENTLY:
                await self._wait_for_the_others()
            batch, self._waiting = self._waiting[: self._widest], self._waiting[self._widest :]
            await self._together(batch)
            self._expected, self._ended = min(self._widest, len(batch) + len(self._waiting)), clock()
        self._runner = None

    async def _wait_for_the_others(self) -> None:
        if self._patience:
            loop = asyncio.get_running_loop()
            self._enough = loop.create_future()
            end = loop.call_later(self._patience, _stop_waiting, self._enough)
            await self._enough
            end.cancel()
            self._enough = None

    async def _together(self, batch: list[tuple[I, "asyncio.Future[O]"]]) -> None:
        try:
            async with self._database.transaction(batch=True) as tx:
                results = await self._write(tx, [item for item, _ in batch])
        except Exception as failure:  # noqa: BLE001 -- handed to the callers
            if len(batch) == 1 or isinstance(failure, CONNECTION_LOST):
                for _, future in batch:
                    _settle(future, failure)
                return
            for one in batch:
                await self._together([one])
            return
        for (_, future), result in zip(batch, results, strict=True):
            _settle(future, result)


def _stop_waiting(enough: "asyncio.Future[None]") -> None:
    if not enough.done():
        enough.set_result(None)


def _settle(future: "asyncio.Future[Any]", result: object) -> None:
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
        future.exception()  # the caller may have hung up; then nobody else asks for it
    else:
        future.set_result(result)
