"""What is handed to those who are connected, and what they must be able to take."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec


class LiveEvent(msgspec.Struct, frozen=True):
    """One row of the event log; `data` is the event's JSON as written."""

    position: int
    at: datetime
    kind: str
    topics: list[str]
    data: str
    xid: int


class Listener(Protocol):
    """Somebody connected to this process."""

    def hear(self, events: Sequence[LiveEvent], cursor: str) -> None:
        """Called once per tick with the events of her topics, in order; must not block."""
        ...

    def push(self, frame: Any) -> None:
        """Send a ready frame; must not block."""
        ...

    def overhear(self, topic: str, kind: str, data: Any) -> None:
        """A passing remark (typing, viewing): not kept, not numbered."""
        ...
