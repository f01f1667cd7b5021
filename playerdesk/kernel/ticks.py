"""What listeners have heard is told tick by tick, so that one read serves all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import structlog

from playerdesk.kernel.listeners import LiveEvent
from playerdesk.kernel.live import Live

log = structlog.get_logger("ticks")


class Collecting(Protocol):
    """A listener that keeps what it hears until the tick."""

    pending: list[LiveEvent]

    def push(self, frame: Any) -> None: ...


L = TypeVar("L", bound=Collecting)
Batches = Sequence[tuple[L, list[LiveEvent]]]


class Ticks(Generic[L]):
    """Collects who has heard something and hands all of them to `tell(batches, cursor)` at once.

    While one tick is being told the next one collects, so a flood makes ticks larger, not more.
    When telling fails, the listeners are sent a reset: they fetch afresh and miss nothing.
    """

    def __init__(self, live: Live, tell: Callable[[Batches[L], str], Awaitable[None]]) -> None:
        self._live = live
        self._tell = tell
        self._marked: set[L] = set()
        self._wake = asyncio.Event()

    def mark(self, listener: L) -> None:
        """Somebody has something pending."""
        self._marked.add(listener)
        self._wake.set()

    def forget(self, listener: L) -> None:
        """Somebody has gone."""
        self._marked.discard(listener)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            marked, self._marked = self._marked, set()
            cursor = self._live.cursor  # of what is taken here; later events come with a later one
            batches = [(listener, listener.pending) for listener in marked]
            for listener in marked:
                listener.pending = []
            try:
                await self._tell(batches, cursor)
            except Exception:
                log.exception("telling failed; the listeners start afresh")
                for listener, _ in batches:
                    listener.push({"op": "reset"})
                await asyncio.sleep(0.2)
