"""Row 9: another policy for very many open tickets, while agents go on replying."""

import asyncio
from time import perf_counter
from typing import Any

import msgspec

from bench.desk import Desk, Part
from bench.figures import Row, percentile
from bench.machine import cpu_seconds
from bench.plan import Plan
from bench.seed import add_tickets
from bench.wire import Http, request
from bench.world import World
from playerdesk.blueprints import Kinds, Place, publish_body
from playerdesk.kernel import connect
from playerdesk.sla.blueprints import CalendarKind, ServiceLevelKind

LINES = 8
"""Connections that reply."""

_CLOCKS = """
    INSERT INTO sla.clock (ticket_id, kind, target_seconds, warn_fraction, calendar_id, started_at, due_at, warn_at, ring_at)
    SELECT id, k.kind, k.seconds, 0.5, 1, created_at, created_at + make_interval(secs => k.seconds),
           created_at + make_interval(secs => k.seconds / 2), created_at + make_interval(secs => k.seconds / 2)
    FROM tickets.ticket CROSS JOIN (VALUES ('first', 28800), ('resolution', 259200)) AS k (kind, seconds)
    WHERE id = ANY($1::bigint[]) ON CONFLICT DO NOTHING
"""
_LEFT = """
    SELECT count(*) FROM sla.clock c JOIN tickets.ticket t ON t.id = c.ticket_id
    WHERE c.kind = 'first' AND c.state = 'running' AND t.id = ANY($1::bigint[]) AND c.target_seconds <> 14400
"""
_TWICE = """
    SELECT count(*) FROM (
        SELECT 1 FROM kernel.event WHERE kind = 'DueChanged' GROUP BY data ->> 'ticketId' HAVING count(*) > 1
    ) AS t
"""
_DONE = "SELECT seen, swept_at IS NOT NULL FROM sla.replan ORDER BY id DESC LIMIT 1"


def _asks(world: World, ids: list[int], word: str) -> list[bytes]:
    """A reply to each, by somebody of the desk."""
    return [
        request(
            "POST", f"/agent/v1/tickets/{ticket}/replies", [world.cookie(place), "X-CSRF-Token: csrf"],
            msgspec.json.encode({
                "body": "您好，已经为您查询到了。", "clientKey": f"{word}-{ticket}", "baseSeq": 0, "force": True,
            }).decode(),
        ).encode()
        for place, ticket in enumerate(ids)
    ]


async def _reply(desk: Desk, asks: list[bytes], rate: float) -> tuple[list[float], int]:
    """All of them at an even pace; how many milliseconds each took, and how many were refused."""
    lines = [await Http.connect(desk.port) for _ in range(LINES)]
    took: list[float] = []
    refused = 0
    began = perf_counter()

    async def line(place: int) -> None:
        nonlocal refused
        for n in range(place, len(asks), LINES):
            due = began + n / rate
            await asyncio.sleep(max(0.0, due - perf_counter()))
            status, _ = await lines[place].ask(asks[n])
            took.append((perf_counter() - due) * 1000)
            refused += status >= 300

    await asyncio.gather(*(line(place) for place in range(LINES)))
    return took, refused


async def _publish(desk: Desk) -> None:
    database = await connect(desk.dsn, size=1)
    body: dict[str, Any] = {
        "name": {"zh": "更快", "en": "Faster"},
        "targets": [{"channel": "game", "first": 14_400, "next": 14_400, "resolution": 172_800}],
    }
    kinds = Kinds((CalendarKind(), ServiceLevelKind()))
    try:
        async with database.transaction() as tx:
            await publish_body(tx, kinds, Place("service_level", "", "standard"), body, None)
    finally:
        await database.close()


async def measure(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    connection = await desk.connect()
    warm = min(200, plan.replies)
    try:
        ids = list(await add_tickets(connection, world, plan.replans, "new"))
        await connection.execute("UPDATE tickets.ticket SET channel = 'game', live = false WHERE id = ANY($1::bigint[])", ids)
        answered = list(await add_tickets(connection, world, plan.replies * 2 + warm, "new"))
        await connection.execute(_CLOCKS, ids + answered)
        await connection.execute("VACUUM ANALYZE tickets.ticket, sla.clock", timeout=600)
        await connection.execute("UPDATE staff.presence SET state = 'offline'")
        await _reply(desk, _asks(world, answered[:warm], "warm"), plan.replies_a_second)
        with desk.part("worker") as worker:
            await asyncio.sleep(plan.settle_seconds)
            rate = float(plan.replies_a_second)
            before = cpu_seconds(server.pid)
            alone, refused = await _reply(desk, _asks(world, answered[warm : warm + plan.replies], "alone"), rate)
            alone_cpu = (cpu_seconds(server.pid) - before) / plan.replies * 1e6
            with desk.cost(worker) as cost:
                await _publish(desk)
                began = perf_counter()
                before = cpu_seconds(server.pid)
                beside, also = await _reply(desk, _asks(world, answered[warm + plan.replies :], "beside"), rate)
                beside_cpu = (cpu_seconds(server.pid) - before) / plan.replies * 1e6
                meanwhile: int = (await connection.fetchrow(_DONE))[0]
                for _ in range(2400):
                    if (await connection.fetchrow(_DONE))[1]:
                        break
                    await asyncio.sleep(0.5)
                seconds = perf_counter() - began
        seen: int = (await connection.fetchrow(_DONE))[0]
        left, twice = await connection.fetchval(_LEFT, ids), await connection.fetchval(_TWICE)
    finally:
        await connection.close()
    p99 = percentile(beside, 99)
    return [Row(
        number=9, what=f"re-plan {seen:,} open tickets beside {plan.replies_a_second} replies a second",
        aim="replies: p99 ≤ twice that alone, ≤ 15 % more CPU",
        met=p99 <= 2 * percentile(alone, 99) and beside_cpu <= alone_cpu * 1.15 and not left and not twice,
        cpu_us=(cost.server + cost.database) / max(1, seen) * 1e6, server_us=cost.server / max(1, seen) * 1e6,
        database_us=cost.database / max(1, seen) * 1e6, per_second=seen / seconds,
        more={
            "reply ms p50 alone": percentile(alone, 50), "p99 alone": percentile(alone, 99),
            "p50 beside": percentile(beside, 50), "p99 beside": p99, "server µs a reply alone": alone_cpu, "beside": beside_cpu,
            "re-planned meanwhile": meanwhile, "seconds in all": seconds, "left": left, "twice": twice,
            "refused": refused + also,
        },
    )]
