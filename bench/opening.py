"""Row 1: a ticket opened over HTTP: token checked, routed, clocks set, on the disk, answered."""

from bench import floor
from bench.desk import Cost, Desk, Part
from bench.figures import Row
from bench.load import Load
from bench.plan import Plan
from bench.wire import request
from bench.world import World
from playerdesk.kernel import encode_text

ALONE, FLOOD = 8, 200
MOST_CLIENTS = 50
"""Of pgbench: the database takes a hundred connections, and the desk has its own."""


def _asks(world: World, plan: Plan) -> list[str]:
    body = encode_text({
        "category": "recharge",
        "body": "充值 648 元没有到账，已经等了半个小时，订单号在附带的信息里，请帮我查一下，谢谢。",
        "fields": {"amount": "648", "order": "4200001234202611220001", "pay_way": "alipay"},
    })
    return [
        request("POST", "/player/v1/tickets", [f"Authorization: Bearer {world.token(i)}", "Idempotency-Key: @@key@@"], body)
        for i in range(1, plan.players + 1)
    ]


async def greet(desk: Desk, world: World, plan: Plan) -> None:
    """Every player's help screen has been open before she asks: her token is known, she is recognised."""
    load = await Load.start("http", port=desk.port, concurrency=8, total=plan.players, requests=[
        request("GET", "/player/v1/session", [f"Authorization: Bearer {world.token(i)}"])
        for i in range(1, plan.players + 1)
    ])
    await load.go()
    await load.stop()


async def measure(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    await greet(desk, world, plan)
    return [
        await _row(desk, world, server, plan, ALONE, "≤ 600 µs, ≥ 0.5 × floor", 0.5),
        await _row(desk, world, server, plan, FLOOD, "≤ 600 µs, ≥ 0.7 × floor", 0.7),
    ]


async def _row(desk: Desk, world: World, server: Part, plan: Plan, wide: int, aim: str, least: float) -> Row:
    total = plan.opens_alone if wide == ALONE else plan.opens_flood
    load = await Load.start("http", port=desk.port, concurrency=wide, total=total, requests=_asks(world, plan))
    await load.go(str(total // 5))  # statements prepared, caches warm
    best: tuple[Cost, dict[str, float]] | None = None
    ground: floor.Floor | None = None
    for _ in range(plan.rounds):
        bare = await floor.bare(
            desk, floor.OPEN_TICKET, clients=min(wide, MOST_CLIENTS), seconds=plan.floor_seconds, players=world.players
        )
        ground = bare if ground is None or bare.per_second > ground.per_second else ground
        with desk.cost(server) as cost:
            seen = await load.go()
        if seen["answers"] != {"201": seen["count"]}:
            raise RuntimeError(f"not all tickets were opened: {seen}")
        if best is None or cost.total / seen["count"] < best[0].total / best[1]["count"]:
            best = cost, seen
    await load.stop()
    assert best is not None
    assert ground is not None
    cost, seen = best
    count, per_second = seen["count"], seen["count"] / seen["seconds"]
    cpu, ratio = cost.total / count * 1e6, per_second / ground.per_second
    return Row(
        number=1, what=f"open a ticket, {wide} at a time", aim=aim, met=cpu <= 600 and ratio >= least,
        cpu_us=cpu, server_us=cost.server / count * 1e6, database_us=cost.database / count * 1e6,
        floor_cpu_us=ground.cpu_us, per_second=per_second, floor_per_second=ground.per_second, ratio=ratio,
        more={"p50 ms": seen["p50"], "p99 ms": seen["p99"], "floor ms": ground.latency_ms, "tickets": count},
    )
