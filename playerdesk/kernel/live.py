"""Numbered streams: the event log, tailed and handed to whoever listens in this process.

Nothing is pushed from memory. After a commit the process is kicked (and the others are, by a
coalesced NOTIFY from a connection of its own); each then reads what has become visible since the
snapshot it read last. That finds late committers, misses nothing and doubles nothing, and a lost
notification costs a second at most. The snapshot, as text, is the cursor that clients hand back
to ask "what since?".
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import structlog

from playerdesk.kernel.database import CONNECTION_LOST, Database, connect_one
from playerdesk.kernel.encoding import encode_text
from playerdesk.kernel.listeners import Listener, LiveEvent
from playerdesk.kernel.recent import Recent
from playerdesk.kernel.snapshots import Snapshot

log = structlog.get_logger("live")

_CHANNEL = "playerdesk_live"
_WHISPERS = "playerdesk_whispers"
_SAFETY_SECONDS = 1.0
_MOST_REPLAYED = 2_000

# Asked after every commit, on a connection of its own that plans it once and for the index: the newest
# transactions are always beyond what the statistics know. Two ranges without an order are nothing but two
# walks of the index.
_NEWS = """
    SELECT pg_current_snapshot()::text, e.position, e.at, e.kind, e.topics, e.data::text, e.xid::text::bigint
    FROM (SELECT 1) AS always
    LEFT JOIN LATERAL (
        SELECT position, at, kind, topics, data, xid FROM kernel.event WHERE xid >= $1::text::xid8
        UNION ALL
        SELECT position, at, kind, topics, data, xid FROM kernel.event WHERE xid = ANY($2::text[]::xid8[])
    ) AS e ON true
"""
_BY_INDEX = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}

_OLDEST_KEPT = """
    SELECT coalesce((SELECT CASE WHEN position > 1 THEN xid::text::bigint END
                     FROM kernel.event ORDER BY position LIMIT 1), 0)
"""

_SINCE = """
    SELECT position, at, kind, topics, data::text, xid::text::bigint FROM kernel.event
    WHERE (xid >= $1::text::xid8 OR xid = ANY($2::text[]::xid8[])) AND topics && $3::text[]
    ORDER BY position LIMIT $4
"""


class Live:
    """The registry of one process and its tail of the event log."""

    def __init__(self, database: Database, dsn: str) -> None:
        self._database = database
        self._dsn = dsn
        self._topics: dict[str, set[Listener]] = {}
        self._kick = asyncio.Event()
        self._snapshot: Snapshot | None = None
        self._recent = Recent()
        self._tasks: list[asyncio.Task[None]] = []
        self._notifier: Any = None
        self._tailer: Any = None
        self._to_notify = asyncio.Event()
        self._whispers: list[str] = []
        self._own_pids: set[int] = set()
        self.observers: list[Callable[[Sequence[LiveEvent], str], None]] = []

    # -- life

    async def start(self, *, tail: bool = True) -> None:
        """Begin. A process without listeners (the worker) only notifies: ``tail=False``."""
        self._tasks = [asyncio.create_task(self._notify_forever())]
        if tail:
            self._tasks.append(asyncio.create_task(self._tail_forever()))
            self._tasks.append(asyncio.create_task(self._listen_forever()))
        self._database.on_commit = lambda _: self.wake()

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in (self._tailer, self._notifier):
            if connection is not None:
                connection.terminate()

    def wake(self) -> None:
        """Something has committed here: look now, and tell the other processes."""
        self._kick.set()
        self._to_notify.set()

    # -- listeners

    def subscribe(self, listener: Listener, topics: Iterable[str]) -> None:
        for topic in topics:
            self._topics.setdefault(topic, set()).add(listener)

    def unsubscribe(self, listener: Listener, topics: Iterable[str]) -> None:
        for topic in topics:
            listeners = self._topics.get(topic)
            if listeners:
                listeners.discard(listener)
                if not listeners:
                    del self._topics[topic]

    def is_heard(self, topic: str) -> bool:
        """Whether anybody here listens to this very topic."""
        return topic in self._topics

    def listened(self, prefix: str) -> list[str]:
        """The topics with this prefix that somebody here listens to."""
        return [topic for topic in self._topics if topic.startswith(prefix)]

    @property
    def cursor(self) -> str:
        """Everything up to here has been handed out; clients return it to ask what came since."""
        return "" if self._snapshot is None else self._snapshot.text

    async def since(self, cursor: str, topics: Sequence[str]) -> list[LiveEvent] | None:
        """What these topics have had since the cursor, or None when only a fresh fetch helps."""
        known = Snapshot.parse(cursor)
        if known is None or self._snapshot is None or known.xmax > self._snapshot.xmax:
            return None
        if self._recent.covers(known):
            return self._recent.since(known, set(topics))
        async with self._database.reading() as reader:
            # Events are forgotten after a while; a cursor from before the oldest cannot be answered.
            if known.xmin < await reader.value(_OLDEST_KEPT):
                return None
            rows = await reader.rows(
                LiveEvent, _SINCE, str(known.xmax), known.in_progress, list(topics), _MOST_REPLAYED + 1
            )
        return rows if len(rows) <= _MOST_REPLAYED else None

    def is_behind(self, cursor: str) -> bool:
        """Whether somebody else has been told more than has been looked at here."""
        known = Snapshot.parse(cursor)
        return known is not None and self._snapshot is not None and known.xmax > self._snapshot.xmax

    # -- passing remarks

    def whisper(self, topic: str, kind: str, data: Any) -> None:
        """Tell everybody who listens now, here and in other processes; kept nowhere."""
        self._overhear(topic, kind, data)
        payload = encode_text([topic, kind, data])
        if len(payload.encode()) < 7900:  # NOTIFY carries 8000 bytes at most
            self._whispers.append(payload)
            self._to_notify.set()

    def tell_here(self, topic: str, frame: Any) -> None:
        """Push a frame to those who listen in this process; every process tells its own."""
        for listener in tuple(self._topics.get(topic, ())):
            listener.push(frame)

    def _overhear(self, topic: str, kind: str, data: Any) -> None:
        for listener in tuple(self._topics.get(topic, ())):
            listener.overhear(topic, kind, data)

    # -- loops

    async def _tail_forever(self) -> None:
        while True:
            try:
                async with asyncio.timeout(_SAFETY_SECONDS):
                    await self._kick.wait()
            except TimeoutError:
                pass
            self._kick.clear()
            try:
                await self._tail()
            except CONNECTION_LOST:
                await asyncio.sleep(0.2)
            except Exception:
                log.exception("tail failed")
                await asyncio.sleep(0.5)

    async def _tail(self) -> None:
        before = self._snapshot
        if self._tailer is None or before is None:
            await self._begin()
            return
        try:
            records = await self._tailer.fetch(_NEWS, str(before.xmax), before.in_progress, timeout=10)
        except BaseException:
            # Whatever went wrong, this connection is not asked again: a broken one may never say that it is closed.
            self._tailer.terminate()
            self._tailer = None
            raise
        self._snapshot = after = Snapshot.parse(records[0][0])
        events = [LiveEvent(*tuple(record)[1:]) for record in records if record[1] is not None]
        if after is not None and events:
            events.sort(key=lambda event: event.position)
            self._recent.add(after, events)
            self._hand_out(events)

    async def _begin(self) -> None:
        """Start to look, or start again.

        Again means that nobody can say what came since, for a database that has crashed may give the same
        transaction numbers a second time: everybody fetches afresh.
        """
        self._tailer = await connect_one(self._dsn, **_BY_INDEX)
        again = self._snapshot is not None
        self._snapshot = Snapshot.parse(await self._tailer.fetchval("SELECT pg_current_snapshot()::text"))
        self._recent.begin(self._snapshot)
        if again:
            log.warning("the database was away; listeners start afresh")
            for listener in {each for listeners in self._topics.values() for each in listeners}:
                listener.push({"op": "reset", "cursor": self.cursor})
            for observer in self.observers:
                observer((), self.cursor)

    def _hand_out(self, events: list[LiveEvent]) -> None:
        heard: dict[Listener, list[LiveEvent]] = {}
        for event in events:
            for listener in {each for topic in event.topics for each in self._topics.get(topic, ())}:
                heard.setdefault(listener, []).append(event)
        cursor = self.cursor
        for observer in self.observers:
            observer(events, cursor)
        for listener, batch in heard.items():
            listener.hear(batch, cursor)

    async def _notify_forever(self) -> None:
        while True:
            await self._to_notify.wait()
            self._to_notify.clear()
            try:
                if self._notifier is None or self._notifier.is_closed():
                    # A lost notification costs a second: none is worth waiting for the disk, as each would by itself.
                    self._notifier = await connect_one(self._dsn, synchronous_commit="off")
                    self._own_pids.add(self._notifier.get_server_pid())
                whispers, self._whispers = self._whispers, []
                await self._notifier.execute(
                    "SELECT pg_notify($1, ''), (SELECT count(pg_notify($2, w)) FROM unnest($3::text[]) AS w)",
                    _CHANNEL, _WHISPERS, whispers,
                )
            except Exception as failure:
                if not isinstance(failure, CONNECTION_LOST):
                    log.exception("notify failed")
                if self._notifier is not None:
                    self._notifier.terminate()
                    self._notifier = None
                self._to_notify.set()
                await asyncio.sleep(0.5)

    async def _listen_forever(self) -> None:
        while True:
            connection = None
            try:
                connection = await connect_one(self._dsn)
                lost = asyncio.Event()
                connection.add_termination_listener(partial(_set, lost))
                await connection.add_listener(_CHANNEL, self._on_news)
                await connection.add_listener(_WHISPERS, self._on_whisper)
                self._kick.set()  # what was said while nobody listened
                await lost.wait()
            except CONNECTION_LOST:
                pass
            except Exception:
                log.exception("listen failed")
            finally:
                if connection is not None and not connection.is_closed():
                    with suppress(Exception):
                        await connection.close(timeout=1)
            await asyncio.sleep(0.5)

    def _on_news(self, _connection: Any, pid: int, _channel: str, _payload: str) -> None:
        if pid not in self._own_pids:
            self._kick.set()

    def _on_whisper(self, _connection: Any, pid: int, _channel: str, payload: str) -> None:
        if pid not in self._own_pids:
            topic, kind, data = msgspec.json.decode(payload)
            self._overhear(topic, kind, data)


def _set(event: asyncio.Event, _: Any) -> None:
    event.set()
