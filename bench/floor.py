"""The floor: the bare statements, prepared, by the wheel's own pgbench on the same database."""

import asyncio
import os
import re
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec

from bench.desk import Desk
from playerdesk.kernel.postgres_server import binaries

# The least there is to a ticket: itself, its first message, its event, in one statement and one round trip. No
# clocks, no counters, nothing looked up, no answer: what row 1 shows beside its floor, for whoever wants to know.
BARE_TICKET = r"""
\set player random(1, :players)
\set category random(1, 15)
WITH opened AS (
    INSERT INTO tickets.ticket (
        brand_id, player_id, channel, category_id, subject, fields, language, priority, tier, queue_id, player_name,
        server_key, server_name, preview, last_message_at, waiting_since, rank_at, seq, public_seq, public_count,
        player_read, staff_unread, client_key
    )
    SELECT 1, :player::bigint, 'game', :category::bigint, '充值 648 元没有到账，请帮我查一下',
           '{"amount": 64800, "pay_way": "alipay"}', 'zh', 2, 'none', 1, '玩家', 's1', '云海之巅',
           '充值 648 元没有到账，请帮我查一下', now(), now(), now(), 1, 1, 1, 1, 1, gen_random_uuid()::text
    RETURNING id
), said AS (
    INSERT INTO tickets.message (ticket_id, seq, number, kind, author, author_id, body, client_key)
    SELECT id, 1, 1, 'message', 'player', :player::bigint,
           '充值 648 元没有到账，已经等了半个小时，订单号在附带的信息里，请帮我查一下，谢谢。',
           gen_random_uuid()::text FROM opened
)
INSERT INTO kernel.event (kind, topics, data)
SELECT 'TicketOpened', ARRAY['ticket:' || id, 'brand:1', 'queue:1', 'player:' || :player::bigint],
       json_build_object('ticketId', id, 'brandId', 1, 'playerId', :player::bigint, 'channel', 'game', 'tier', 'none',
                         'priority', 2, 'queueId', 1, 'status', 'new', 'live', false, 'at', now())
FROM opened;
"""


class Floor(msgspec.Struct, frozen=True):
    """What pgbench reached, and what PostgreSQL (without pgbench itself) spent on each."""

    per_second: float
    cpu_us: float
    latency_ms: float


async def bare(
    desk: Desk, script: str, *, clients: int, seconds: int, planned_once: bool = False, **variables: int
) -> Floor:
    """Run a pgbench script over prepared statements; `planned_once`: as on the connections of the desk's lanes."""
    options = "-c jit=off -c plan_cache_mode=force_generic_plan" if planned_once else "-c jit=off"
    path = desk.folder / "floor.sql"
    await asyncio.to_thread(path.write_text, script)
    with desk.cost() as cost:
        process = await asyncio.create_subprocess_exec(
            str(binaries() / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds),
            "-f", str(path), *(f"-D{name}={value}" for name, value in variables.items()),
            env=os.environ | _address(desk.dsn) | {"PGOPTIONS": options},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"pgbench failed: {errors.decode()[-2000:]}")
    text = output.decode()
    count = int(_found(r"transactions actually processed: (\d+)", text))
    return Floor(
        per_second=float(_found(r"tps = ([\d.]+)", text)), cpu_us=cost.database / count * 1e6,
        latency_ms=float(_found(r"latency average = ([\d.]+)", text)),
    )


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"pgbench said something new:\n{text}")
    return match.group(1)


def _address(dsn: str) -> dict[str, str]:
    parts = urlsplit(dsn)
    query = parse_qs(parts.query)
    return {
        "PGHOST": unquote(query["host"][0]), "PGPORT": query["port"][0], "PGUSER": parts.username or "",
        "PGDATABASE": Path(parts.path).name,
    }
