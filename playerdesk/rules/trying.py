"""A rule that is not in force yet, tried on last month's tickets: where it would have fired, and what it would have changed.

Tickets are looked at newest first along the index of their creation, until the time is over; what was looked at is told.
Each is played back (`replay`). What other rules would have made of it is not reckoned with.
"""

import time
from collections import Counter
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec

from playerdesk.brands import brand_by_key
from playerdesk.kernel import Reader, now
from playerdesk.kernel.conditions import Asking, fix, leaves, matches
from playerdesk.rules.book import Book, Row, Rule, book_of, compile_rule
from playerdesk.rules.document import Act, RuleBody
from playerdesk.rules.fields import Case, case, rule_fields
from playerdesk.rules.replay import UNKNOWN, Line, happenings
from playerdesk.rules.timing import statement
from playerdesk.staff import Scope
from playerdesk.tickets import details

DAYS = 30
SECONDS = 4.0
WINDOW = 250
SAMPLE = 20
MOST_TIMED = 2000

# One brand, newest first; `$3`–`$5` are the scope's lists.
WALK: LiteralString = """
    SELECT t.id, t.created_at FROM tickets.ticket t
    WHERE t.brand_id = $1 AND t.created_at > $2 AND (t.created_at, t.id) < ($3, $4)
      AND ($5::bigint[] IS NULL OR t.assignee_id = ANY($5::bigint[]) OR (t.assignee_id IS NULL AND t.queue_id = ANY($6::bigint[])))
    ORDER BY t.created_at DESC, t.id DESC LIMIT $7
"""
LINES: LiteralString = """
    SELECT m.ticket_id, m.seq, m.kind, m.author, left(m.body, 2000), m.change, m.created_at FROM tickets.message m
    WHERE m.ticket_id = ANY($1::bigint[]) ORDER BY m.ticket_id, m.seq DESC
"""


class Change(msgspec.Struct, frozen=True, rename="camel"):
    """What an action would have done: `same`: it was so already. `before` only where there is one value."""

    do: str
    same: bool
    before: Any = None


class Example(msgspec.Struct, frozen=True, rename="camel"):
    """One time it would have fired."""

    ticket_id: int
    subject: str
    player_name: str
    event: str
    at: datetime
    changes: list[Change]


class Tried(msgspec.Struct, frozen=True, rename="camel"):
    """What would have been. `complete`: the whole month was looked at, else back to `until`."""

    looked: int
    fired: int
    tickets: int
    complete: bool
    until: datetime
    days: int
    changes: dict[str, int]
    """How often each action would have changed something, by its place among the actions."""
    sample: list[Example]
    approximate: list[str]
    """Fields it asks about of which only today's value is known."""
    unknown: list[str]
    """Events that leave no trace to be played back."""
    by_day: list[int]
    """How often on each day, the oldest first."""


class _Counting:
    """What has been found so far."""

    def __init__(self, rule: Rule, at: datetime) -> None:
        self.rule, self.at = rule, at
        self.looked, self.fired, self.tickets = 0, 0, set[int]()
        self.changes: Counter[int] = Counter()
        self.days: Counter[int] = Counter()
        self.sample: list[Example] = []

    def count(self, each: Case, event: str, at: datetime, book: Book) -> None:
        self.fired += 1
        self.tickets.add(each.id)
        self.days[(self.at - at).days] += 1
        changes = [_change(act, each, book) for act in self.rule.body.then]
        self.changes.update(n for n, change in enumerate(changes) if not change.same)
        if len(self.sample) < SAMPLE:
            self.sample.append(Example(each.id, each.subject, each.player_name, event, at, changes))


async def try_rule(reader: Reader, brand_key: str, body: RuleBody, scope: Scope, seconds: float = SECONDS) -> Tried:
    """`Refused` when its condition makes no sense."""
    at, ends = now(), time.monotonic() + seconds
    book = await book_of(reader)
    brand = await brand_by_key(reader, brand_key) if brand_key else None
    row = Row(0, brand_key, brand and brand.id, "", 0, msgspec.to_builtins(body), at)
    rule = compile_rule(row, await rule_fields(reader), book.asking)
    found = _Counting(rule, at)
    since = at - timedelta(days=DAYS)
    brand_ids = [b for b in scope.brand_ids if brand is None or b == brand.id]
    if body.when.since is not None:
        await _try_time(reader, rule, book, brand_ids, scope, found)
        reached = since
    else:
        reached = max([await _walk(reader, rule, book, b, scope, since, ends, found) for b in brand_ids], default=since)
    asked = {leaf.field.name for leaf in leaves(rule.node)}
    return Tried(
        found.looked, found.fired, len(found.tickets), reached <= since, reached, DAYS,
        {str(n): count for n, count in sorted(found.changes.items())},
        sorted(found.sample, key=lambda one: one.at, reverse=True)[:SAMPLE],
        sorted(asked & UNKNOWN if body.when.since is None else asked - {"created", "brand", "channel", "subject"}),
        [event for event in body.when.events if event == "warned"],
        [found.days[day] for day in range(DAYS - 1, -1, -1)],
    )


async def _walk(
    reader: Reader, rule: Rule, book: Book, brand_id: int, scope: Scope, since: datetime, ends: float, found: _Counting
) -> datetime:
    """How far back it came with this brand."""
    mark: tuple[datetime, int] = (found.at, 1 << 62)
    while True:
        page = await reader.fetch(WALK, brand_id, since, *mark, scope.person_ids, scope.queue_ids or [], WINDOW)
        if not page:
            return since
        ids = [record[0] for record in page]
        lines: dict[int, list[Line]] = {}
        for record in await reader.fetch(LINES, ids):
            lines.setdefault(record[0], []).append(Line(*record))
        for each in await details(reader, ids):
            found.looked += 1
            _replay_one(rule, book, case(each), lines.get(each.id, []), found)
        if len(page) < WINDOW:
            return since
        mark = (page[-1][1], page[-1][0])
        if time.monotonic() > ends:
            return mark[0]


def _replay_one(rule: Rule, book: Book, each: Case, lines: list[Line], found: _Counting) -> None:
    for event, at, then in happenings(each, lines):
        if event in rule.body.when.events and _holds(rule, book.asking, at)(then):
            found.count(then, event, at, book)


def _holds(rule: Rule, asking: Asking, at: datetime) -> Any:
    return matches(fix(rule.node, msgspec.structs.replace(asking, now=at))) if rule.moving else rule.test


async def _try_time(
    reader: Reader, rule: Rule, book: Book, brand_ids: list[int], scope: Scope, found: _Counting
) -> None:
    """Of a rule of time only the tickets can be found that fit today: those that have moved on since are not among them."""
    after = rule.body.when.after
    for brand_id in brand_ids:
        asking = msgspec.structs.replace(book.asking, now=found.at)
        sql, args = statement(rule.body.when.since or "created", rule.plain(asking))
        records = await reader.fetch(
            sql, brand_id, found.at - timedelta(days=DAYS) - after, found.at - after, 0, MOST_TIMED, *args
        )
        moments = {record[0]: record[1] for record in records}
        for each in await details(reader, list(moments)):
            if scope.reaches(each.brand_id, each.assignee_id, each.queue_id):
                found.looked += 1
                found.count(case(each), "time", moments[each.id] + after, book)


def _change(act: Act, each: Case, book: Book) -> Change:
    """What this action would have met."""
    match act.do:
        case "priority":
            return Change(act.do, each.priority == act.to, each.priority)
        case "status":
            return Change(act.do, each.status == act.to, each.status)
        case "queue":
            found = book.asking.named.get(("queue", str(act.to)), [0])
            return Change(act.do, each.queue_id in found and each.assignee_id is None, each.queue_id)
        case "category":
            return Change(act.do, each.category_id == book.category_ids.get((str(act.to), each.brand_id)), each.category_id)
        case "assign":
            return Change(act.do, each.assignee_id in book.asking.named.get(("person", str(act.to)), [0]), each.assignee_id)
        case "tag":
            has = set(each.tags)
            return Change(act.do, has.issuperset(act.add) and has.isdisjoint(act.remove), each.tags)
        case "field":
            return Change(act.do, each.fields.get(act.field) == act.value, each.fields.get(act.field))
        case _:
            return Change(act.do, same=False)
