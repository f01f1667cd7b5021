"""One kind of request measured beside its floor: floor and desk in turn, the lowest cost of the rounds counts."""

from typing import Any

import msgspec

from bench import floor
from bench.desk import Cost, Desk, Part
from bench.figures import Row
from bench.load import Load
from bench.plan import Plan


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked over HTTP, what pgbench sends for it, and what it may cost: µs of CPU, ratio of throughput to the floor."""

    number: int
    what: str
    requests: list[str]
    total: int
    wide: int
    answered: str
    script: str
    floor_clients: int
    floor_seconds: int
    planned_once: bool = False
    most_us: int
    least_ratio: float


async def beside_floor(desk: Desk, server: Part, plan: Plan, asked: Asked, **variables: int) -> Row:
    """The row; `variables` are those of the script. Fails when anything is answered with another status."""
    load = await Load.start("http", port=desk.port, concurrency=asked.wide, total=asked.total, requests=asked.requests)
    await load.go(str(asked.total // 5))  # statements prepared, caches warm
    best: tuple[float, Cost, dict[str, Any]] | None = None
    ground: floor.Floor | None = None
    for _ in range(plan.rounds):
        found = await floor.bare(
            desk, asked.script, clients=asked.floor_clients, seconds=asked.floor_seconds, planned_once=asked.planned_once,
            **variables,
        )
        ground = found if ground is None or found.per_second > ground.per_second else ground
        with desk.cost(server) as cost:
            seen = await load.go()
        if seen["answers"] != {asked.answered: seen["count"]}:
            raise RuntimeError(f"{asked.what}: {seen}")
        each = cost.total / seen["count"]
        if best is None or each < best[0]:
            best = each, cost, seen
    await load.stop()
    assert best is not None
    assert ground is not None
    each, cost, seen = best
    count, per_second = seen["count"], seen["count"] / seen["seconds"]
    cpu, ratio = each * 1e6, per_second / ground.per_second
    return Row(
        number=asked.number, what=asked.what, aim=f"≤ {asked.most_us} µs, ≥ {asked.least_ratio} × floor",
        met=cpu <= asked.most_us and ratio >= asked.least_ratio,
        cpu_us=cpu, server_us=cost.server / count * 1e6, database_us=cost.database / count * 1e6,
        floor_cpu_us=ground.cpu_us, per_second=per_second, floor_per_second=ground.per_second, ratio=ratio,
        more={"p50 ms": seen["p50"], "p99 ms": seen["p99"], "floor ms": ground.latency_ms},
    )
