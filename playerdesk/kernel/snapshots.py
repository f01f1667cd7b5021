"""What a PostgreSQL snapshot has seen, and the durable readers that use it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, LiteralString

import msgspec

if TYPE_CHECKING:
    from playerdesk.kernel.database import Database, Tx


@dataclass(frozen=True)
class Snapshot:
    """``xmin:xmax:xip,…`` as pg_current_snapshot() prints it."""

    text: str
    xmin: int
    xmax: int
    in_progress: list[str]

    def saw(self, xid: int) -> bool:
        """Whether what this transaction wrote was visible."""
        return xid < self.xmax and str(xid) not in self.in_progress

    @classmethod
    def parse(cls, text: str) -> "Snapshot | None":
        """None for anything a client could have made up."""
        parts = text.split(":")
        if len(text) > 4000 or len(parts) != 3:
            return None
        running = [part for part in parts[2].split(",") if part]
        if not (parts[0].isdigit() and parts[1].isdigit() and all(part.isdigit() for part in running)):
            return None
        return cls(text, int(parts[0]), int(parts[1]), running)


class PastEvent(msgspec.Struct, frozen=True):
    """An event as a durable reader gets it; `data` is the decoded JSON."""

    position: int
    at: datetime
    kind: str
    data: dict[str, Any]


MOST_AT_ONCE = 2_000
"""Events of one digest: they are decoded in one go, and other loops of the worker wait that long."""

_BEGIN = """
    SELECT snapshot, upto, position FROM kernel.cursor WHERE reader = $1 FOR UPDATE
"""

# What is new is found by its transaction's number; those are few unless the reader has been away.
_NEW: LiteralString = """
    SELECT pg_current_snapshot()::text, e.position, e.at, e.kind, e.data::text
    FROM (SELECT 1) AS always
    LEFT JOIN LATERAL (
        SELECT position, at, kind, data FROM kernel.event
        WHERE (xid >= $1::text::xid8 OR xid = ANY($2::text[]::xid8[])) AND kind = ANY($3::text[])
        ORDER BY position LIMIT $4
    ) AS e ON true
"""

# Then a fixed set is walked by its positions: what was new between two snapshots.
_REST: LiteralString = """
    SELECT $5::text, position, at, kind, data::text FROM kernel.event
    WHERE (xid >= $1::text::xid8 OR xid = ANY($2::text[]::xid8[])) AND kind = ANY($3::text[])
      AND pg_visible_in_snapshot(xid, $5::text::pg_snapshot) AND position > $6
    ORDER BY position LIMIT $4
"""

_MOVE: LiteralString = """
    INSERT INTO kernel.cursor (reader, snapshot, upto, position) VALUES ($1, $2, $3, $4)
    ON CONFLICT (reader) DO UPDATE SET
        snapshot = excluded.snapshot, upto = excluded.upto, position = excluded.position, moved_at = now()
"""


async def read_on(
    database: "Database",
    reader: str,
    kinds: Sequence[str],
    digest: Callable[["Tx", list[PastEvent]], Awaitable[None]],
    *,
    most: int = MOST_AT_ONCE,
) -> int:
    """Hand every event of these kinds since the last call to `digest`, each exactly once, `most` at a time.

    The cursor moves in the transaction of each digest's writes, and the row lock lets one process
    at a time read. A reader that has never read starts at the beginning. Returns how many.
    """
    total = 0
    while True:
        digested = await _piece(database, reader, kinds, digest, most)
        total += digested
        if digested < most:
            return total


async def _piece(
    database: "Database", reader: str, kinds: Sequence[str],
    digest: Callable[["Tx", list[PastEvent]], Awaitable[None]], most: int,
) -> int:
    async with database.transaction() as tx:
        place = await tx.fetch(_BEGIN, reader)
        if not place:
            # The row must exist before it can be locked; the next call reads from the beginning.
            await tx.execute("INSERT INTO kernel.cursor VALUES ($1, '0:0:') ON CONFLICT DO NOTHING", reader)
            return 0
        stored, upto, position = place[0]
        known = Snapshot.parse(stored)
        assert known is not None
        since = (str(known.xmax), known.in_progress, list(kinds), most)
        records = await (tx.fetch(_NEW, *since) if upto is None else tx.fetch(_REST, *since, upto, position))
        events = [
            PastEvent(record[1], record[2], record[3], msgspec.json.decode(record[4]))
            for record in records
            if record[1] is not None
        ]
        if events:
            await digest(tx, events)
        seen = upto or records[0][0]
        if len(events) >= most:
            await tx.execute(_MOVE, reader, stored, seen, events[-1].position)
        elif events or seen != stored:
            await tx.execute(_MOVE, reader, seen, None, 0)
        return len(events)
