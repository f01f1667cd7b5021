"""Row 7: clocks that ring while very many others are pending, and what looking at them costs when none does."""

import asyncio
from time import perf_counter
from typing import Any

from bench import floor
from bench.desk import Desk
from bench.figures import Row, percentile
from bench.plan import Plan
from playerdesk.app.wiring import WIRING
from playerdesk.kernel import connect
from playerdesk.sla.jobs import ring

POLLS = 400

_PENDING = """
    INSERT INTO sla.clock (ticket_id, kind, target_seconds, warn_fraction, calendar_id, started_at, due_at, warn_at, ring_at)
    SELECT id, 'next', 7200, 0.5, 1, now(), now() + interval '4 hours', now() + interval '3 hours',
           now() + interval '3 hours' + random() * interval '1 hour'
    FROM tickets.ticket ORDER BY id LIMIT $1 ON CONFLICT DO NOTHING
"""

# Half are warned of, half are missed; spread over the seconds that are watched.
_SOON = """
    UPDATE sla.clock SET ring_at = soon.at, warn_at = soon.at,
        due_at = CASE WHEN ticket_id % 2 = 0 THEN soon.at ELSE due_at END
    FROM (
        SELECT id, now() + interval '4 seconds' + random() * make_interval(secs => $2) AS at
        FROM (
            SELECT ticket_id AS id FROM sla.clock WHERE kind = 'next' AND ring_at > now() + interval '1 hour'
            ORDER BY md5(ticket_id::text) LIMIT $1
        ) AS chosen
    ) AS soon
    WHERE ticket_id = soon.id AND kind = 'next'
    RETURNING ticket_id, ring_at
"""

_RANG = """
    SELECT (data->>'ticketId')::bigint, min(at) FROM kernel.event
    WHERE kind IN ('ClockWarned', 'ClockBreached') AND data->>'clock' = 'next' GROUP BY 1
"""


async def _empty_polls(desk: Desk) -> tuple[float, float]:
    """Milliseconds and database µs of one look at which nothing is due."""
    database = await connect(desk.dsn, wiring=WIRING, size=1)
    took: list[float] = []
    try:
        for _ in range(20):
            await ring(database)
        with desk.cost() as cost:
            for _ in range(POLLS):
                began = perf_counter()
                await ring(database)
                took.append((perf_counter() - began) * 1000)
    finally:
        await database.close()
    return percentile(took, 50), cost.database / POLLS * 1e6


async def measure(desk: Desk, plan: Plan) -> list[Row]:
    connection = await desk.connect()
    try:
        await connection.execute(_PENDING, plan.pending)
        pending = await connection.fetchval("SELECT count(*) FROM sla.clock WHERE ring_at IS NOT NULL")
        await connection.execute("VACUUM ANALYZE sla.clock")
        poll_ms, poll_us = await _empty_polls(desk)
        bare = await floor.bare(
            desk, "SELECT ring_at FROM sla.clock WHERE ring_at IS NOT NULL ORDER BY ring_at LIMIT 1;", clients=1, seconds=1
        )
        with desk.part("worker") as worker:
            await asyncio.sleep(3)
            with desk.cost(worker) as cost:
                due: dict[int, Any] = dict(await connection.fetch(_SOON, plan.rings, float(plan.ring_seconds)))
                await asyncio.sleep(plan.ring_seconds + 6)
            rang: dict[int, Any] = dict(await connection.fetch(_RANG))
    finally:
        await connection.close()
    late = [(rang[ticket] - at).total_seconds() for ticket, at in due.items() if ticket in rang]
    missing = len(due) - len(late)
    p99 = percentile(late, 99)
    return [Row(
        number=7, what=f"deadlines, {pending:,} pending", aim="p99 ≤ 1 s late, empty poll ≤ 1 ms",
        met=p99 <= 1 and poll_ms <= 1 and not missing,
        cpu_us=cost.total / max(1, len(late)) * 1e6, server_us=cost.server / max(1, len(late)) * 1e6,
        database_us=cost.database / max(1, len(late)) * 1e6,
        more={
            "late s p50": percentile(late, 50), "p99": p99, "max": max(late, default=0.0), "rang": len(late),
            "missing": missing, "empty poll ms": poll_ms, "its database µs": poll_us, "floor ms": bare.latency_ms,
            "floor µs": bare.cpu_us,
        },
    )]
