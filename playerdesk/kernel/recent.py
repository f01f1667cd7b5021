"""What has lately been handed out, for those who ask "what since?" a moment later."""

from collections import deque

from playerdesk.kernel.listeners import LiveEvent
from playerdesk.kernel.snapshots import Snapshot

_REMEMBERED = 20_000


class Recent:
    """The newest events of one process's tail: complete from some snapshot on."""

    def __init__(self) -> None:
        self._batches: deque[tuple[Snapshot, list[LiveEvent]]] = deque()
        self._size = 0
        self._from: Snapshot | None = None

    def begin(self, snapshot: Snapshot | None) -> None:
        """Nothing is remembered from before this one."""
        self._batches.clear()
        self._size = 0
        self._from = snapshot

    def add(self, after: Snapshot, events: list[LiveEvent]) -> None:
        """What had become visible by this snapshot."""
        self._batches.append((after, events))
        self._size += len(events)
        while self._size > _REMEMBERED:
            self._from, forgotten = self._batches.popleft()
            self._size -= len(forgotten)

    def covers(self, known: Snapshot) -> bool:
        """Whether everything since then is still remembered."""
        return self._from is not None and self._from.xmax <= known.xmin

    def since(self, known: Snapshot, wanted: set[str]) -> list[LiveEvent]:
        """In order; looked for from the newest back, as most who ask were here a moment ago."""
        found: list[list[LiveEvent]] = []
        for after, batch in reversed(self._batches):
            if after.xmax <= known.xmin:
                break
            # Exactly: beside a long transaction a poller would be told the same things for ever.
            found.append([e for e in batch if not known.saw(e.xid) and not wanted.isdisjoint(e.topics)])
        return [event for batch in reversed(found) for event in batch]
