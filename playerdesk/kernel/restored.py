"""A dump put into another PostgreSQL server: cursors speak of transaction ids, and a new server counts anew.

Left alone, everything written since would be older than what the readers believe to have read: live
screens and figures would stand still. What had been read is put into the past, what had not is made new.
"""

from typing import Any

import structlog

log = structlog.get_logger("migrations")

_FROM_ELSEWHERE = """
    SELECT EXISTS (SELECT FROM (SELECT xid FROM kernel.event ORDER BY xid DESC LIMIT 1) AS newest
                   WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))
        OR EXISTS (SELECT FROM kernel.cursor
                   WHERE pg_snapshot_xmax(nullif(snapshot, '0:0:')::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()))
"""

_RENUMBER = """
    UPDATE kernel.event SET xid = CASE
        WHEN EXISTS (
            SELECT FROM kernel.cursor c
            WHERE coalesce(NOT pg_visible_in_snapshot(event.xid, nullif(c.snapshot, '0:0:')::pg_snapshot), true)
              AND NOT (c.upto IS NOT NULL AND event.position <= c.position
                       AND pg_visible_in_snapshot(event.xid, c.upto::pg_snapshot))
        ) THEN pg_current_xact_id() ELSE '3'::xid8
    END
"""

_MOVE = """
    UPDATE kernel.cursor SET snapshot = $1, upto = NULL, position = 0 WHERE snapshot <> '0:0:' OR upto IS NOT NULL
"""


async def mend_after_restore(connection: Any) -> bool:
    """Called with every start, under the migrations' lock; whether there was anything to mend."""
    if await connection.fetchval("SELECT to_regclass('kernel.cursor') IS NULL"):
        return False
    if not await connection.fetchval(_FROM_ELSEWHERE):
        return False
    async with connection.transaction():
        # Taken before this transaction has a number of its own: what it renumbers is new to every reader.
        here = await connection.fetchval("SELECT pg_current_snapshot()::text")
        await connection.execute(_RENUMBER)
        await connection.execute(_MOVE, here)
    log.warning("this database comes from another server; the event log was renumbered")
    return True
