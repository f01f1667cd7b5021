"""Rules of time: "n hours since …". Each looks along an index at the tickets whose time has come, a batch a round.

A rule begins with what becomes due after it was first published, so that publishing never floods old tickets; and it
fires once for each time it counts from: a new message, and it counts anew.
"""

from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Database, Loop, Reader, Tx, now
from playerdesk.kernel.condition_tests import placeholder
from playerdesk.kernel.conditions import Test, to_sql
from playerdesk.rules.book import Rule, book_of
from playerdesk.rules.engine import Seen, run
from playerdesk.rules.firings import forget_old

AT_ONCE = 200
LOOK_BACK = timedelta(days=90)

_OPEN: LiteralString = "t.status IN ('new', 'open', 'pending', 'hold')"
# The expressions are those of the indexes.
PLACES: dict[str, tuple[LiteralString, LiteralString]] = {
    "created": ("t.created_at", _OPEN), "last_message": ("t.last_message_at", _OPEN),
    "waiting_since": ("coalesce(t.waiting_since, 'infinity')", _OPEN), "resolved": ("t.resolved_at", "t.resolved_at IS NOT NULL"),
    "due": ("coalesce(t.due_at, 'infinity')", _OPEN), "due_in": ("coalesce(t.due_at, 'infinity')", _OPEN),
}


def statement(since: str, test: Test) -> tuple[LiteralString, list[Any]]:
    """Tickets of one brand ($1) whose time lies between $2 and $3, which fit and for which rule $4 has not fired yet."""
    column, along = PLACES[since]
    where, args = to_sql(test, 6)
    return (
        f"SELECT t.id, {column} FROM tickets.ticket t WHERE t.brand_id = $1 AND {along} AND {column} > $2 AND {column} <= $3"
        f" AND ({where}) AND NOT EXISTS (SELECT FROM rules.timed d WHERE d.rule_id = $4 AND d.ticket_id = t.id"
        f" AND d.moment = {column}) ORDER BY {column} LIMIT {placeholder(5)}"
    ), args


def window(rule: Rule, at: datetime) -> tuple[datetime, datetime]:
    """From when to when the time must lie."""
    after = rule.body.when.after
    return max(rule.row.since - after, at - after - LOOK_BACK), at - after


async def due(reader: Reader, rule: Rule, test: Test, brand_id: int, at: datetime, most: int = AT_ONCE) -> list[Any]:
    """(ticket, time) that are due for this rule."""
    sql, args = statement(rule.body.when.since or "created", test)
    return await reader.fetch(sql, brand_id, *window(rule, at), rule.row.id, most, *args)


async def fire_due(database: Database) -> int:
    """One round over all rules of time; on how many tickets they fired."""
    at, fired = now(), 0
    async with database.reading() as reader:
        book = await book_of(reader)
    brand_ids = sorted({each for (kind, _), numbers in book.asking.named.items() if kind == "brand" for each in numbers})
    for rule in book.of_time:
        for brand_id in [rule.row.brand_id] if rule.row.brand_id is not None else brand_ids:
            if brand_id in book.silent:
                continue
            async with database.transaction() as tx:
                fired += await _fire_one(tx, rule, brand_id, at)
    return fired


async def _fire_one(tx: Tx, rule: Rule, brand_id: int, at: datetime) -> int:
    # Another worker is at it: what it leaves comes in a minute.
    if not await tx.value("SELECT pg_try_advisory_xact_lock(hashtext('playerdesk rules'), $1::int)", rule.row.id % (1 << 31)):
        return 0
    book = await book_of(tx)
    asking = msgspec.structs.replace(book.asking, now=at)
    found = await due(tx, rule, rule.plain(asking), brand_id, at)
    if not found:
        return 0
    # Whoever is being worked on at this moment is passed over; and it may not be due any more.
    free = {row[0] for row in await tx.fetch(
        "SELECT id FROM tickets.ticket WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE SKIP LOCKED", [row[0] for row in found]
    )}
    found = [row for row in await due(tx, rule, rule.plain(asking), brand_id, at) if row[0] in free]
    held = await run(tx, book, [rule], "time", [Seen(row[0], brand_id) for row in found], at)
    done = [row for row in found if (rule.row.id, row[0]) in held]
    await tx.execute(
        "INSERT INTO rules.timed (rule_id, ticket_id, moment) SELECT $1, * FROM unnest($2::bigint[], $3::timestamptz[])"
        " ON CONFLICT DO NOTHING", rule.row.id, [row[0] for row in done], [row[1] for row in done],
    )
    return len(done)


async def forget(database: Database) -> int:
    """Once in a while: what the log need not keep any longer."""
    async with database.transaction() as tx:
        return await forget_old(tx, now())


LOOPS = (Loop("rules.time", 30.0, fire_due), Loop("rules.forget", 600.0, forget))
