"""What a process remembers for a few seconds, so that hot paths need not ask the database.

Kept apart for every database, bounded in size, and never the only place where something is known.
"""

import time
from typing import Any, Generic, Protocol, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Holder(Protocol):
    """A database, or a reader or transaction of it: all three share one memory."""

    memory: dict[object, dict[Any, Any]]


class Remembered(Generic[K, V]):
    """One kind of thing worth remembering; a value is forgotten after `seconds`, the oldest beyond `most`."""

    def __init__(self, seconds: float, *, most: int = 10_000) -> None:
        self._seconds = seconds
        self._most = most

    def get(self, holder: Holder, key: K) -> V | None:
        entry = holder.memory.get(self, {}).get(key)
        if entry is None or entry[0] <= time.monotonic():
            return None
        return entry[1]

    def put(self, holder: Holder, key: K, value: V, *, seconds: float | None = None) -> V:
        """Remember; the value is returned, so that a reader can end with it."""
        entries = holder.memory.setdefault(self, {})
        entries.pop(key, None)
        if len(entries) >= self._most:
            del entries[next(iter(entries))]
        entries[key] = (time.monotonic() + (self._seconds if seconds is None else seconds), value)
        return value

    def forget(self, holder: Holder, key: K | None = None) -> None:
        """Forget one key, or everything."""
        if key is None:
            holder.memory.pop(self, None)
        else:
            holder.memory.get(self, {}).pop(key, None)
