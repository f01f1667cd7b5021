"""Who looked at what: each once in ten minutes, many in one statement, and never in the way of what is looked at."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress

import structlog

from playerdesk.audit.actions import Trace, record
from playerdesk.kernel import Database, Lane, Refused, Tx

log = structlog.get_logger("audit")

AGAIN_SECONDS = 600.0
"""A look at the same thing by the same person within this time is the same look."""

SOON_SECONDS = 0.2
_REMEMBERED = 50_000

_Look = tuple[int | None, str, str, str]


class Sightings:
    """The views of one server process on their way into the log."""

    def __init__(self, database: Database) -> None:
        self._lane: Lane[Trace, None] = Lane(database, _write)
        self._seen: OrderedDict[_Look, float] = OrderedDict()
        self._soon: list[Trace] = []
        self._flushing: asyncio.Task[None] | None = None

    async def saw(self, trace: Trace) -> None:
        """Returns when it is written: what is shown after this was not shown without a trace."""
        look = self._new(trace)
        if look is None:
            return
        try:
            await self._lane.put(trace)
        except BaseException:
            self._seen.pop(look, None)
            raise

    def will_see(self, trace: Trace) -> None:
        """Written within a fifth of a second, with all that come meanwhile. Costs the caller nothing."""
        if self._new(trace) is None:
            return
        self._soon.append(trace)
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush())

    async def close(self) -> None:
        """Write what is still on its way."""
        if self._flushing is not None:
            self._flushing.cancel()
            with suppress(asyncio.CancelledError):
                await self._flushing
        await self._write_soon()

    def _new(self, trace: Trace) -> _Look | None:
        look = (trace.actor_id, trace.action, trace.kind, trace.object_id)
        at = time.monotonic()
        if self._seen.get(look, -AGAIN_SECONDS) > at - AGAIN_SECONDS:
            return None
        self._seen[look] = at
        self._seen.move_to_end(look)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return look

    async def _flush(self) -> None:
        while self._soon:
            await asyncio.sleep(SOON_SECONDS)
            await self._write_soon()
        self._flushing = None

    async def _write_soon(self) -> None:
        traces, self._soon = self._soon, []
        if not traces:
            return
        try:
            await asyncio.shield(asyncio.gather(*map(self._lane.put, traces)))
        except Exception as failure:  # noqa: BLE001 -- the database is away: they are tried again with the next
            log.warning("views could not be written yet", count=len(traces), error=repr(failure))
            self._soon = (traces + self._soon)[-_REMEMBERED:]
            await asyncio.sleep(1)


async def _write(tx: Tx, traces: Sequence[Trace]) -> list[Refused | None]:
    await record(tx, *traces)
    return [None] * len(traces)
