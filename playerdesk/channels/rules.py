"""Limits on what one player can send, kept in memory: they protect the desk, not the truth."""

from collections import OrderedDict, deque

from playerdesk.kernel import Text, TooMany

WRITES_A_MINUTE = 40
REMEMBERED = 50_000

SLOW_DOWN = Text(
    zh="发送得太快了，请稍等片刻再试。", en="You are sending too fast. Please wait a moment and try again."
)


class Pace:
    """At most so many writes a minute and player; the oldest players are forgotten first."""

    def __init__(self, limit: int = WRITES_A_MINUTE) -> None:
        self._limit = limit
        self._writes: OrderedDict[int, deque[float]] = OrderedDict()

    def forget(self) -> None:
        """Count afresh; a server that starts may stand over another database, with other players under these ids."""
        self._writes.clear()

    def check(self, player_id: int, at: float) -> None:
        """Count one write at `at` (seconds); raises `TooMany` with the seconds to wait."""
        writes = self._writes.setdefault(player_id, deque())
        self._writes.move_to_end(player_id)
        while writes and writes[0] <= at - 60:
            writes.popleft()
        if len(writes) >= self._limit:
            wait = max(1, round(60 - (at - writes[0])))
            raise TooMany("too_fast", SLOW_DOWN, extra={"retryAfterSeconds": wait})
        writes.append(at)
        if len(self._writes) > REMEMBERED:
            self._writes.popitem(last=False)
