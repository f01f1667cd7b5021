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
    """One kind of thing worth remembering; a value is forgotten after `seconds`, the oldest beyond `most`.

    For `grace` seconds more only the first who asks is told to look again; the others have the old value meanwhile,
    so that a flood does not put the same question a hundred times over.
    """

    def __init__(self, seconds: float, *, most: int = 10_000, grace: float = 0.0) -> None:
        self._seconds = seconds
        self._most = most
        self._grace = grace

    def get(self, holder: Holder, key: K) -> V | None:
        entries = holder.memory.get(self, {})
        entry = entries.get(key)
        if entry is None:
            return None
        until, value, last = entry
        at = time.monotonic()
        if until > at:
            return value
        if last > at:
            entries[key] = (last, value, last)
        return None

    def put(self, holder: Holder, key: K, value: V, *, seconds: float | None = None) -> V:
        """Remember; the value is returned, so that a reader can end with it."""
        entries = holder.memory.setdefault(self, {})
        entries.pop(key, None)
        if len(entries) >= self._most:
            del entries[next(iter(entries))]
        until = time.monotonic() + (self._seconds if seconds is None else seconds)
        entries[key] = (until, value, until + self._grace)
        return value

    def forget(self, holder: Holder, key: K | None = None) -> None:
        """Forget one key, or everything."""
        if key is None:
            holder.memory.pop(self, None)
        else:
            holder.memory.get(self, {}).pop(key, None)
