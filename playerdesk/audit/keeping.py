"""Letting go of old views: whole stretches between two checkpoints, from the oldest on, with a signed note."""

from datetime import timedelta
from typing import LiteralString

from msgspec.structs import replace

from playerdesk.audit.actions import Trace, record
from playerdesk.audit.rules import Head, Tombstone, sign
from playerdesk.audit.sealing import signing_key
from playerdesk.kernel import Database, drain

# A checkpoint is younger than every trace before it, so none of them is younger than that.
_OLD: LiteralString = """
    SELECT number, hash FROM audit.anchor
    WHERE book = 'views' AND at < now() - $1::interval AND number > $2 ORDER BY serial DESC LIMIT 1
"""

_LOCK: LiteralString = """
    SELECT name, number, hash, anchors, base_number, base_hash, signature FROM audit.book WHERE name = 'views' FOR UPDATE
"""

_MOVE: LiteralString = """
    UPDATE audit.book SET base_number = $1, base_hash = $2, signature = $3 WHERE name = 'views'
"""

_DELETE: LiteralString = """
    DELETE FROM audit.sealed WHERE book = 'views' AND number IN (
        SELECT number FROM audit.sealed
        WHERE book = 'views' AND number <= (SELECT base_number FROM audit.book WHERE name = 'views')
        ORDER BY number LIMIT 5000
    )
"""


async def let_go(database: Database, days: int) -> int:
    """Let go of views older than this; how many traces were deleted now. May be killed at any moment."""
    async with database.transaction() as tx:
        head = await tx.row(Head, _LOCK)
        assert head is not None
        old = next(iter(await tx.fetch(_OLD, timedelta(days=days), head.base_number)), None)
        if old is not None:
            key = await signing_key(tx)
            through, digest = old
            stone = Tombstone("views", through, head.base_number + 1, digest, await tx.value("SELECT now()"))
            await tx.execute(
                "INSERT INTO audit.tombstone (book, through, first, hash, at, signature) VALUES ($1, $2, $3, $4, $5, $6)",
                stone.book, stone.through, stone.first, stone.hash, stone.at, sign(key, stone),
            )
            shorter = replace(head, base_number=through, base_hash=digest)
            await tx.execute(_MOVE, through, digest, sign(key, shorter))
            await record(tx, Trace(
                actor_kind="system", actor_id=None, action="audit.let_go", kind="audit", object_id="views",
                after={"first": stone.first, "through": through, "days": days},
            ))
    return await drain(database, lambda tx: tx.execute(_DELETE), 5000)
