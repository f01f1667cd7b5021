"""A year of tickets by COPY: most of them solved, about six in a hundred open, mostly the newest."""

import random
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.desk import Desk
from bench.world import World, brand_of, make_world

YEAR = 365 * 86400
CHUNK = 4000
LONG = 20
"""Messages of a long ticket; one in fifty is long."""

TIERS = ["none"] * 60 + ["low"] * 30 + ["mid"] * 8 + ["high"] * 2
_HEAD_START = {"high": 3600, "mid": 900, "low": 120, "none": 0}
_SUBJECTS = (
    "充值 648 元没有到账，请帮我查一下", "昨晚更新以后一直掉线，进不去游戏", "账号好像被盗了，装备全部不见了",
    "排位赛打到一半闪退，扣了我的分", "误封申诉：我没有使用外挂", "活动奖励没有收到", "建议增加好友一键赠送体力",
    "My purchase did not arrive after ten minutes",
)
_SAID = (
    "你好，请问处理得怎么样了？我已经等了很久，麻烦尽快。", "您好，已为您核实，道具会在十分钟内通过邮件补发，请注意查收。",
    "订单号 4200001234202611220001，付款截图已经上传。", "收到，谢谢！已经到账了。",
    "请提供一下您的角色名和所在服务器，我们马上为您查询。",
)
_OPEN_STATES = ["new"] * 40 + ["open"] * 25 + ["pending"] * 30 + ["hold"] * 5

TICKET_COLUMNS = [
    "id", "brand_id", "player_id", "channel", "category_id", "subject", "fields", "language", "status", "priority", "tier",
    "queue_id", "assignee_id", "assigned_at", "player_name", "server_key", "server_name", "preview", "last_author",
    "last_message_at", "waiting_since", "rank_at", "seq", "public_seq", "public_count", "first_response_at",
    "resolved_at", "resolved_by", "solution", "rating", "client_key", "created_at", "updated_at", "live",
]
MESSAGE_COLUMNS = ["ticket_id", "seq", "number", "kind", "author", "author_id", "body", "created_at"]

_AFTERWARDS = """
    SELECT setval(pg_get_serial_sequence('tickets.ticket', 'id'), (SELECT max(id) FROM tickets.ticket));
    SELECT setval(pg_get_serial_sequence('players.player', 'id'), (SELECT max(id) FROM players.player));
    INSERT INTO tickets.tally (brand_id, queue_id, status, tier, assigned, n, folded)
    SELECT brand_id, coalesce(queue_id, 0), status, tier, assignee_id IS NOT NULL, count(*), true
    FROM tickets.ticket GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO sla.clock (ticket_id, kind, target_seconds, warn_fraction, calendar_id, started_at, due_at, warn_at, ring_at)
    SELECT id, 'resolution', 259200, 0.5, 1, created_at, now() + interval '3 days', now() + interval '2 days',
           now() + interval '2 days'
    FROM tickets.ticket WHERE status IN ('new', 'open');
"""


def messages_of(ticket_id: int) -> int:
    return LONG if ticket_id % 50 == 0 else 1 + ticket_id % 5


def ticket_line(world: World, ticket_id: int, created: datetime, status: str, dice: random.Random) -> str:
    """One row of tickets.ticket as COPY text."""
    player_id = dice.randint(1, world.players)
    tier, count = TIERS[player_id % 100], messages_of(ticket_id)
    ours = status in ("new", "open")
    last = created + timedelta(minutes=7 * (count - 1))
    assignee = None if status == "new" else dice.choice(world.person_ids)
    waiting = last if ours else None
    rank = last - timedelta(seconds=_HEAD_START[tier])
    over = status in ("resolved", "closed")
    subject = _SUBJECTS[ticket_id % len(_SUBJECTS)]
    values: list[Any] = [
        ticket_id, brand_of(player_id), player_id, "game", ticket_id % world.categories + 1, subject, '{"amount": 64800}',
        "zh", status, 2, tier, world.queue_ids[ticket_id % len(world.queue_ids)], assignee, assignee and created,
        f"玩家{player_id}", "s1", "云海之巅", subject, "player" if ours else "staff", last, waiting, rank, count, count, count,
        None if status == "new" else created, last if over else None, assignee if over else None,
        "已补发道具" if over else None, 5 if over and ticket_id % 4 == 0 else None, f"seed-{ticket_id}", created, last, "f",
    ]
    return "\t".join("\\N" if value is None else str(value) for value in values)


def message_lines(ticket_id: int, created: datetime) -> Iterator[str]:
    """The rows of tickets.message of one ticket."""
    for seq in range(1, messages_of(ticket_id) + 1):
        author = "player" if seq % 2 else "staff"
        body = _SAID[(ticket_id + seq) % len(_SAID)]
        yield f"{ticket_id}\t{seq}\t{seq}\tmessage\t{author}\t1\t{body}\t{created + timedelta(minutes=7 * (seq - 1))}"


async def _in_chunks(lines: Iterator[str]) -> AsyncIterator[bytes]:
    chunk: list[str] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == CHUNK:
            yield ("\n".join(chunk) + "\n").encode()
            chunk = []
    if chunk:
        yield ("\n".join(chunk) + "\n").encode()


async def copy(connection: Any, table: str, columns: list[str], lines: Iterator[str]) -> None:
    """COPY these lines into schema.table; references are not checked, for all of them are known to be right."""
    schema, _, name = table.partition(".")
    await connection.execute("SET session_replication_role = replica")
    await connection.copy_to_table(
        name, schema_name=schema, columns=columns, source=_in_chunks(lines), format="text", timeout=36000
    )
    await connection.execute("SET session_replication_role = origin")


async def add_tickets(connection: Any, world: World, count: int, status: str) -> range:
    """So many more tickets of now; their ids."""
    last: int = await connection.fetchval(
        "SELECT setval(s, nextval(s) + $1) FROM pg_get_serial_sequence('tickets.ticket', 'id') AS s", count
    )
    ids, at, dice = range(last - count, last), datetime.now(UTC), random.Random(13)
    await copy(connection, "tickets.ticket", TICKET_COLUMNS, (ticket_line(world, i, at, status, dice) for i in ids))
    await copy(connection, "tickets.message", MESSAGE_COLUMNS, (line for i in ids for line in message_lines(i, at)))
    return ids


def _statuses(count: int, dice: random.Random) -> Callable[[int], str]:
    """Ids grow with time: most of what is open is among the newest tenth."""
    newest = count - count // 10
    reopenable = count - count * 6 // 365  # older ones have been closed by the desk

    def status(ticket_id: int) -> str:
        if dice.random() < (0.52 if ticket_id > newest else 0.009):
            return dice.choice(_OPEN_STATES)
        return "resolved" if ticket_id > reopenable else "closed"

    return status


async def seed(desk: Desk, tickets: int) -> World:
    """Fill an empty desk."""
    world = await make_world(desk, max(2000, tickets // 5))
    dice = random.Random(7)
    start = datetime.now(UTC) - timedelta(seconds=YEAR)
    step = timedelta(seconds=(YEAR - 3600) / tickets)
    status = _statuses(tickets, dice)
    players = range(1, world.players + 1)
    connection = await desk.connect()
    try:
        await copy(connection, "players.player", ["id", "name", "tier"],
                   (f"{i}\t玩家{i}\t{TIERS[i % 100]}" for i in players))
        await copy(connection, "players.identity", ["player_id", "kind", "issuer", "value"],
                   (f"{i}\tgame_account\t{('skyreach', 'happycards')[i % 2]}\tp{i}" for i in players))
        ids = range(1, tickets + 1)
        await copy(connection, "tickets.ticket", TICKET_COLUMNS,
                   (ticket_line(world, i, start + i * step, status(i), dice) for i in ids))
        await copy(connection, "tickets.message", MESSAGE_COLUMNS,
                   (line for i in ids for line in message_lines(i, start + i * step)))
        await connection.execute(_AFTERWARDS, timeout=36000)
        await tidy(connection)
    finally:
        await connection.close()
    world.long_tickets = [i for i in range(tickets, 0, -1) if messages_of(i) == LONG][:500]
    world.tickets = tickets
    return world


async def tidy(connection: Any) -> None:
    """As a desk that has been running for a while: statistics fresh, nothing left to clean."""
    await connection.execute("VACUUM (ANALYZE)", timeout=36000)
    await connection.execute("CHECKPOINT", timeout=36000)
