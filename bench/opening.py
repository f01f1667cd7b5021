"""Row 1: a ticket opened over HTTP: token checked, routed, clocks set, on the disk, answered.

Its floor is the statements of that transaction, recorded from the desk itself and sent by pgbench for one ticket
after the other: the same rows, the same indexes, the same wait for the disk.
"""

from msgspec.structs import replace

from bench import floor
from bench.beside import Asked, beside_floor
from bench.desk import Desk, Part
from bench.figures import Row
from bench.load import Load
from bench.plan import Plan
from bench.recorded import TICKET, recorded, script
from bench.wire import request
from bench.world import World
from playerdesk.app.wiring import WIRING
from playerdesk.kernel import Tx, connect, encode_text, now
from playerdesk.tickets import Opened, OpenTicket, open_tickets

ALONE, FLOOD = 8, 200
MOST_CLIENTS = 50
"""Of pgbench: the database takes a hundred connections, and the desk has its own."""


BODY = "充值 648 元没有到账，已经等了半个小时，订单号在附带的信息里，请帮我查一下，谢谢。"
FIELDS = {"amount": "648", "order": "4200001234202611220001", "pay_way": "alipay"}


async def _floor(desk: Desk) -> str:
    """What opening a ticket sends, with another player and another key each time."""
    database = await connect(desk.dsn, wiring=WIRING, size=2, batches=1)
    async with database.reading() as reader:
        # A long number, so that no other stands for it.
        player_id = await reader.value("SELECT max(id) FROM players.player WHERE tier = 'none'")
        category = await reader.value("SELECT id FROM forms.category WHERE key = 'recharge' AND coalesce(brand_id, 1) = 1")
    names = {"the-key": "gen_random_uuid()", str(player_id): ":player"}

    async def ask(tx: Tx) -> None:
        (opened,) = await open_tickets(tx, [OpenTicket(
            brand_id=1, player_id=player_id, channel="game", live=False, category_id=category, subject="",
            body=BODY, client_key="the-key", fields=FIELDS, server_key="s1", server_name="云海之巅",
        )], now())
        assert isinstance(opened, Opened)
        names[str(opened.ticket_id)] = TICKET

    try:
        await recorded(database, ask)  # what is remembered is read here
        names.pop(next(name for name in names if names[name] == TICKET))
        said = await recorded(database, ask)
    finally:
        await database.close()
    return "\\set player random(1, :players)\n" + script(said, names)


def _asks(world: World, plan: Plan) -> list[str]:
    body = encode_text({
        "category": "recharge",
        "body": BODY, "fields": FIELDS,
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
    statements = await _floor(desk)
    return [
        await _row(desk, world, server, plan, statements, wide=ALONE, total=plan.opens_alone, least_ratio=0.5),
        await _row(desk, world, server, plan, statements, wide=FLOOD, total=plan.opens_flood, least_ratio=0.7),
    ]


async def _row(
    desk: Desk, world: World, server: Part, plan: Plan, statements: str, *, wide: int, total: int, least_ratio: float
) -> Row:
    clients = min(wide, MOST_CLIENTS)
    row = await beside_floor(desk, server, plan, Asked(
        number=1, what=f"open a ticket, {wide} at a time", requests=_asks(world, plan), total=total, wide=wide, answered="201",
        script=statements, floor_clients=clients, floor_seconds=plan.floor_seconds, planned_once=True,
        most_us=600, least_ratio=least_ratio,
    ), players=world.players)
    least_of_all = await floor.bare(desk, floor.BARE_TICKET, clients=clients, seconds=plan.floor_seconds, players=world.players)
    return replace(row, more={
        **row.more, "tickets": total, "bare inserts a second": least_of_all.per_second, "of their CPU µs": least_of_all.cpu_us,
    })
