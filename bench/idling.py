"""Row 6: how many players can stay connected to one process, and what each costs while nothing happens."""

import asyncio
import resource

from bench.desk import Desk, Part
from bench.figures import Row
from bench.load import Load
from bench.machine import resident_bytes
from bench.plan import Plan
from bench.world import World

A_GENERATOR = 5000
"""Sockets of one generator, each with a source address of its own: ports never run out."""


def _possible(wanted: int) -> int:
    """The server inherits our limit of open files and needs some for itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return min(wanted, hard - 500)


async def measure(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    wanted = min(_possible(plan.idle), world.players)
    before = resident_bytes(server.pid)
    groups = [range(first, min(first + A_GENERATOR, wanted + 1)) for first in range(1, wanted + 1, A_GENERATOR)]
    loads = [
        await Load.start(
            "idle", port=desk.port, source=f"127.0.0.{place + 2}", tokens=[world.token(player) for player in group]
        )
        for place, group in enumerate(groups)
    ]
    with desk.cost(server) as ramp:
        results = await asyncio.gather(*(load.go() for load in loads))
    connected = sum(result["connected"] for result in results)
    failed = [result["why"] for result in results if result["failed"]]
    await asyncio.sleep(2)
    memory = resident_bytes(server.pid) - before
    with desk.cost(server) as cost:
        await asyncio.sleep(plan.hold_seconds)
    closed = sum([(await load.go())["closed"] for load in loads])
    for load in loads:
        await load.stop()
    each = memory / max(1, connected)
    return [Row(
        number=6, what=f"{connected:,} idle players, one process", aim="19,000 at ≤ 35 kB each",
        met=each <= 35_000 and not closed and connected >= wanted if wanted >= 2000 else None,
        more={
            "kB a socket": each / 1000, "greeting µs": ramp.total / max(1, connected) * 1e6,
            "idle µs a socket and second": cost.total / plan.hold_seconds / max(1, connected) * 1e6, "closed": closed,
            **({"failed": failed[0]} if failed else {}),
        },
    )]
