"""What the desk does to tickets by itself: fold the counters, close what is over."""

from datetime import timedelta

from playerdesk.kernel import Database, Loop, Tx, drain, now
from playerdesk.tickets.bulk import BULK
from playerdesk.tickets.chats import end_idle_chats
from playerdesk.tickets.craft.snoozing import wake_due
from playerdesk.tickets.handling import close
from playerdesk.tickets.search import indexing
from playerdesk.tickets.writing.held import forget_undone, release

_FOLD = """
    WITH taken AS (
        DELETE FROM tickets.tally WHERE NOT folded RETURNING brand_id, queue_id, status, tier, assigned, n
    ), summed AS (
        SELECT brand_id, queue_id, status, tier, assigned, sum(n)::bigint AS n FROM taken GROUP BY 1, 2, 3, 4, 5
    )
    INSERT INTO tickets.tally AS t (brand_id, queue_id, status, tier, assigned, n, folded)
    SELECT brand_id, queue_id, status, tier, assigned, n, true FROM summed
    ON CONFLICT (brand_id, queue_id, status, tier, assigned) WHERE folded DO UPDATE SET n = t.n + excluded.n
"""

_OLD = """
    SELECT t.id FROM tickets.ticket t JOIN brands.brand b ON b.id = t.brand_id
    WHERE t.status = 'resolved' AND t.resolved_at < $1::timestamptz - make_interval(days => b.reopen_days)
    ORDER BY t.id LIMIT $2 FOR UPDATE OF t SKIP LOCKED
"""

CLOSE_BATCH = 500


async def fold_counters(database: Database) -> None:
    """Fold the deltas; the lock keeps two folders from deadlocking over the same rows."""
    async with database.transaction() as tx:
        if await tx.value("SELECT pg_try_advisory_xact_lock(hashtext('tickets.tally'))"):
            await tx.execute(_FOLD)


async def close_old(database: Database) -> int:
    """Close what has been resolved for longer than its brand lets it be reopened."""
    return await drain(database, _close_some, CLOSE_BATCH)


async def _close_some(tx: Tx) -> int:
    at = now()
    old = [row[0] for row in await tx.fetch(_OLD, at, CLOSE_BATCH)]
    await close(tx, old, at)
    return len(old)


LOOPS = (
    Loop("fold counters", 2, fold_counters),
    Loop("send held replies", 0.4, release),
    Loop("forget undone replies", 3600, forget_undone),
    Loop("wake the snoozed", 1, wake_due),
    Loop("end idle chats", 15, end_idle_chats),
    Loop("close resolved tickets", timedelta(minutes=10).total_seconds(), close_old),
    BULK,
    *indexing.LOOPS,
)
