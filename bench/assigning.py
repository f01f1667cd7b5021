"""Row 8: ten thousand wait and three hundred come on duty at once; two workers give out."""

import asyncio
from time import perf_counter
from typing import Any

from bench.desk import Desk
from bench.figures import Row
from bench.machine import cpu_seconds
from bench.plan import Plan
from bench.seed import add_tickets
from bench.world import World

_CLEAR = """
    UPDATE tickets.ticket SET status = 'closed', live = false, waiting_since = NULL
    WHERE status IN ('new', 'open', 'pending', 'hold');
    UPDATE sla.clock SET state = 'void', ring_at = NULL, ended_at = now(), paused_at = NULL WHERE ended_at IS NULL;
    UPDATE staff.presence SET state = 'offline';
    TRUNCATE routing.assignment;
"""
_WAITING = "SELECT count(*) FROM tickets.ticket WHERE assignee_id IS NULL AND status IN ('new', 'open')"
_TIMES = """
    SELECT count(*), extract(epoch FROM max(at) - min(at))::float8 FROM kernel.event WHERE kind = 'TicketAssigned' AND at > $1
"""
_DOUBLED = "SELECT count(*) FROM (SELECT 1 FROM routing.assignment GROUP BY ticket_id HAVING count(*) > 1) AS d"
_OVER = """
    SELECT count(*) FROM (
        SELECT 1 FROM tickets.ticket t JOIN staff.person p ON p.id = t.assignee_id WHERE t.status IN ('new', 'open')
        GROUP BY p.id, p.ticket_capacity HAVING count(*) > p.ticket_capacity
    ) AS o
"""


async def _fill(connection: Any, world: World, count: int) -> None:
    await connection.execute(_CLEAR)
    await add_tickets(connection, world, count, "new")
    await connection.execute("VACUUM (ANALYZE) tickets.ticket, tickets.message, sla.clock", timeout=600)


async def _until_nobody_waits(connection: Any, seconds: float) -> int:
    """How many still wait when nobody does, or when time is up."""
    end = perf_counter() + seconds
    while True:
        left: int = await connection.fetchval(_WAITING)
        if not left or perf_counter() > end:
            return left
        await asyncio.sleep(0.2)


async def measure(desk: Desk, world: World, plan: Plan) -> list[Row]:
    connection = await desk.connect()
    try:
        await _fill(connection, world, plan.waiting)
        with desk.part("worker") as one, desk.part("worker") as two:
            await asyncio.sleep(4)
            waiting = await connection.fetchval(_WAITING)
            with desk.cost(one) as cost:
                began = await connection.fetchval("SELECT clock_timestamp()")
                other = cpu_seconds(two.pid)
                await connection.execute("UPDATE staff.presence SET state = 'online', seen_at = now() + interval '1 hour'")
                left = await _until_nobody_waits(connection, 120)
            cost.server += cpu_seconds(two.pid) - other
        given, seconds = await connection.fetchrow(_TIMES, began)
        doubled, over = await connection.fetchval(_DOUBLED), await connection.fetchval(_OVER)
    finally:
        await connection.close()
    per_second = given / seconds if seconds else float(given)
    return [Row(
        number=8, what=f"assignment, {waiting:,} waiting, {len(world.person_ids)} agents", aim="≥ 500/s, none doubled",
        met=per_second >= 500 and not doubled and not over and not left,
        cpu_us=cost.total / max(1, given) * 1e6, server_us=cost.server / max(1, given) * 1e6,
        database_us=cost.database / max(1, given) * 1e6, per_second=per_second,
        more={"given": given, "seconds": seconds, "left waiting": left, "doubled": doubled, "over capacity": over},
    )]


