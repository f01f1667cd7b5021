"""Row 4: a word of one or two characters among a million entries (or ten), newest first, with what an agent may see."""

import asyncio
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from bench.desk import Desk
from bench.figures import Row, percentile
from bench.plan import Plan
from bench.sayings import SENTENCES, Language
from bench.seed import MESSAGE_COLUMNS, TICKET_COLUMNS, copy, ticket_line
from bench.world import World
from playerdesk.app.searching import search_pool
from playerdesk.kernel.finding import understand
from playerdesk.staff import Scope
from playerdesk.tickets.search.indexing import COARSE, FINE
from playerdesk.tickets.search.windows import newest, walk

A_TICKET = 8
PAGE = 60
SAMPLE = 40_000
"""Entries a query is checked against by looking at each of their texts."""

_INDEX = "CREATE INDEX search_words ON tickets.search USING gin (words) WITH (fastupdate = on, gin_pending_list_limit = 256)"


async def fill(connection: Any, world: World, language: Language, count: int) -> range:
    """So many more entries, eight a ticket, over the last year; the ids of the entries."""
    tickets = (count + A_TICKET - 1) // A_TICKET
    first: int = await connection.fetchval("SELECT coalesce(max(id), 0) + 1 FROM tickets.ticket")
    base: int = await connection.fetchval("SELECT coalesce(max(id), 0) + 1 FROM tickets.message")
    start, step, dice = datetime.now(UTC) - timedelta(days=365), timedelta(days=365) / tickets, random.Random(5)
    await copy(connection, "tickets.ticket", TICKET_COLUMNS, (
        ticket_line(world, first + i, start + i * step, "new" if i > tickets - 200 else "closed", dice)
        for i in range(tickets)
    ))
    brands = dict(await connection.fetch("SELECT id, brand_id FROM tickets.ticket WHERE id >= $1", first))
    entries = list(language.entries(min(count, 400_000)))

    def place(i: int) -> tuple[int, int, str]:
        return first + i // A_TICKET, 1 + i % A_TICKET, str(start + (i // A_TICKET) * step)

    def messages() -> Iterator[str]:
        for i in range(count):
            ticket, seq, at = place(i)
            text = entries[i * 7919 % len(entries)][0]
            yield f"{base + i}\t{ticket}\t{seq}\t{seq}\tmessage\t{'staff' if i % 2 else 'player'}\t1\t{text}\t{at}"

    def words() -> Iterator[str]:
        for i in range(count):
            ticket, seq, at = place(i)
            at_id = base + i
            marks = f"'§f{at_id >> FINE}' '§c{at_id >> COARSE}' '§b{brands[ticket]}'"
            yield f"{at_id}\t{ticket}\t{seq}\t{at}\t{marks} {entries[i * 7919 % len(entries)][1]}"

    await connection.execute("DROP INDEX tickets.search_words")
    await copy(connection, "tickets.message", ["id", *MESSAGE_COLUMNS], messages())
    await copy(connection, "tickets.search", ["id", "ticket_id", "seq", "at", "words"], words())
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute(_INDEX, timeout=36000)
    await connection.execute("SELECT setval(pg_get_serial_sequence('tickets.message', 'id'), $1)", base + count)
    await connection.execute("SELECT setval(pg_get_serial_sequence('tickets.ticket', 'id'), $1)", first + tickets)
    await connection.execute("VACUUM (ANALYZE) tickets.search, tickets.message, tickets.ticket", timeout=36000)
    return range(base, base + count)


def questions(language: Language, count: int) -> list[str]:
    """Common and rare ones alike: characters, words of two, and some that nobody ever said."""
    dice = random.Random(3)
    asked = ["的", "了", "我", "不", "充值", "到账", "账号", "订单", "龘", "龘靐", "退款", "邮件"]
    while len(asked) < count:
        word = dice.choice(language.words) if dice.random() < 0.5 else dice.choices(language.words, cum_weights=language.weights)[0]
        asked.append(word[:1] if dice.random() < 0.4 else word[:2])
    return asked[:count]


async def measure(desk: Desk, world: World, plan: Plan, messages: int) -> list[Row]:
    language = Language(sentences=min(SENTENCES, messages))
    connection = await desk.connect()
    began = perf_counter()
    try:
        ids = await fill(connection, world, language, messages)
        seeded = perf_counter() - began
        size = await connection.fetchval("SELECT pg_relation_size('tickets.search_words') / 1048576.0")
        return [await _ask(desk, connection, language, plan, ids, {"seeded in s": seeded, "index MB": float(size)})]
    finally:
        await connection.close()


async def _ask(
    desk: Desk, connection: Any, language: Language, plan: Plan, ids: range, more: dict[str, Any]
) -> Row:
    asked = questions(language, plan.searches)
    people = [row[0] for row in await connection.fetch("SELECT id FROM staff.person ORDER BY id LIMIT 150")]
    queues = [row[0] for row in await connection.fetch("SELECT id FROM staff.queue")]
    # Everything; one brand; one brand and the tickets of half of the desk.
    scopes = [Scope([1, 2]), Scope([1]), Scope([2], people, queues)]
    database = await search_pool(desk.dsn, 4)
    took: list[float] = []
    unfinished = 0
    try:
        async with database.reading() as reader:
            top = await newest(reader)
            for query in asked[:20]:
                await walk(reader, understand(query), scopes[0], [1, 2], below=top, want=PAGE)
            with desk.cost() as cost:
                for place, query in enumerate(asked):
                    started = perf_counter()
                    top = await newest(reader)
                    found = await walk(reader, understand(query), scopes[place % 3], [1, 2], below=top, want=PAGE)
                    took.append((perf_counter() - started) * 1000)
                    unfinished += len(found.hits) < PAGE and found.reached > 0
            share, missed = await _found(reader, connection, asked, ids)
    finally:
        await database.close()
    most = 60 if len(ids) <= 2_000_000 else 120
    p95 = percentile(took, 95)
    return Row(
        number=4, what=f"search of 1 or 2 characters, {len(ids):,} entries", aim=f"p95 ≤ {most} ms, finds 100 %",
        met=p95 <= most and not missed and not unfinished, database_us=cost.database / len(asked) * 1e6,
        cpu_us=cost.database / len(asked) * 1e6, per_second=1000 / (sum(took) / len(took)),
        more={
            "p50 ms": percentile(took, 50), "p95 ms": p95, "p99 ms": percentile(took, 99), "max ms": max(took),
            "found %": share, "cut short": unfinished, **more,
        },
    )


async def _found(reader: Any, connection: Any, asked: list[str], ids: range) -> tuple[float, int]:
    """Of all entries in a sample whose text has the query, how many per cent the walk brings; and how many it lacks."""
    low = random.Random(8).randrange(ids.start, max(ids.start + 1, ids.stop - SAMPLE))
    texts = await connection.fetch("SELECT id, body FROM tickets.message WHERE id >= $1 AND id < $2", low, low + SAMPLE)
    wanted = found = 0
    for query in asked[:60]:
        there = {row[0] for row in texts if query in row[1]}
        brought: set[int] = set()
        below = low + SAMPLE
        while below > low:
            walked = await walk(reader, understand(query), Scope([1, 2]), [1, 2], below=below, want=20_000, seconds=30)
            brought |= {hit.id for hit in walked.hits if hit.id >= low}
            below = walked.reached
        wanted += len(there)
        found += len(there & brought)
        await asyncio.sleep(0)
    return (100.0 * found / wanted if wanted else 100.0), wanted - found
