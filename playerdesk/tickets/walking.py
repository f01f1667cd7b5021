"""A page of tickets that fit any condition, never slow by surprise (docs/decisions/0007).

An index is walked in the order of the list, brand by brand, and each ticket on the way is looked at. A statement looks at
a window of so many tickets and no more, however rare the fitting ones are; a page that is not full when its time is over
is handed out as it is, with the mark where the walk goes on.
"""

import re
import time
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.kernel.condition_tests import All, Range, placeholder
from playerdesk.kernel.conditions import Test, possible, to_sql
from playerdesk.staff import Scope
from playerdesk.tickets.encoded import encoded_rows
from playerdesk.tickets.rules import OPEN

SECONDS = 0.15
"""How long one request may walk before it answers with what it has."""

_STRETCH = 2.0
"""How long somebody who walks to the end goes on before saying where she is."""

_WINDOWS: tuple[tuple[int, LiteralString], ...] = ((200, "200"), (2_000, "2000"), (20_000, "20000"))
_MOST_PEOPLE = 50
_FAR = datetime.max.replace(tzinfo=UTC)

BAD_MARK = Text(zh="翻页标记无效，请刷新列表。", en="This page mark is not valid. Please refresh the list.")
_OPEN: LiteralString = "t.status IN ('new', 'open', 'pending', 'hold')"


class Sort(msgspec.Struct, frozen=True):
    """An order of a list: its key, and what holds for every ticket along its index."""

    keys: tuple[LiteralString, ...]
    along: LiteralString
    field: str = ""
    both_ways: bool = False
    own: bool = False
    """Of the built-in view of this name alone; nobody chooses it."""


SORTS: dict[str, Sort] = {
    "rank": Sort(("t.rank_at",), _OPEN),
    "waiting_since": Sort(("coalesce(t.waiting_since, 'infinity')",), _OPEN),
    "due": Sort(("coalesce(t.due_at, 'infinity')",), _OPEN),
    "last_message": Sort(("t.last_message_at",), _OPEN, both_ways=True),
    "priority": Sort(("t.priority", "t.rank_at"), _OPEN),
    "created": Sort(("t.created_at",), "true", "created", both_ways=True),
    "resolved": Sort(("t.resolved_at",), "t.resolved_at IS NOT NULL", "resolved", both_ways=True),
    "snoozed": Sort(("t.snoozed_until",), "t.snoozed_until IS NOT NULL", own=True),
    "escalated": Sort(
        ("t.escalated_at",), f"t.escalated_at IS NOT NULL AND ({_OPEN} OR (t.status = 'resolved' AND t.rating <= 2))", own=True
    ),
}


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """What is listed: a condition made plain, for whose eyes, in which order."""

    test: Test
    scope: Scope
    sort: str = "rank"
    descending: bool = False


class Walked(msgspec.Struct, frozen=True):
    """What a walk has found, and the mark where it goes on; None at the end."""

    rows: list[Any]
    next: str | None


def fits(sort: str, test: Test) -> bool:
    """Whether this order has an index for this condition: most of them hold open tickets only."""
    return SORTS[sort].along != _OPEN or _is_open(test)


def _is_open(test: Test) -> bool:
    known = possible(test, "status")
    return known is not None and known <= OPEN


def scope_sql(scope: Scope, first: int) -> tuple[LiteralString, list[Any]]:
    """What these eyes reach, of tickets called `t`, beside the brands; placeholders from `first` on."""
    if scope.person_ids is None:
        return "true", []
    people, queues = placeholder(first), placeholder(first + 1)
    return (
        f"(t.assignee_id = ANY ({people}::bigint[]) OR (t.assignee_id IS NULL AND t.queue_id = ANY ({queues}::bigint[])))",
        [list(scope.person_ids), list(scope.queue_ids or ())],
    )


# -- marks

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_NUMBER = re.compile("-?[0-9]{1,19}")


def _mark(keys: tuple[Any, ...]) -> str:
    """Whole microseconds: a float of seconds would skip or repeat a row."""
    return ".".join(str((key - _EPOCH) // _MICRO) if isinstance(key, datetime) else str(key) for key in keys)


def _keys(mark: str, sort: Sort) -> tuple[Any, ...]:
    parts = mark.split(".")
    if len(parts) == len(sort.keys) + 1 and all(_NUMBER.fullmatch(part) for part in parts):
        *numbers, last = map(int, parts)
        try:
            found = [n if key == "t.priority" else _EPOCH + n * _MICRO for n, key in zip(numbers, sort.keys, strict=True)]
        except OverflowError:
            found = []
        if found and 0 <= last < 1 << 63 and (sort.keys[0] != "t.priority" or found[0] in (0, 1, 2, 3)):
            return (*found, last)
    raise Rejected("bad_cursor", BAD_MARK, fields={"after": BAD_MARK})


# -- statements


def statement(
    walk: Walk, after: tuple[Any, ...] | None, window: LiteralString, limit: int
) -> tuple[LiteralString, list[Any]]:
    """One window of a walk: id, version, keys, brand, place along the index, and whether the ticket fits.

    The last of a full window comes too, fitting or not, so that the walk knows how far it has looked.
    """
    sort, args = SORTS[walk.sort], list[Any]([list(walk.scope.brand_ids)])
    reach, more = scope_sql(walk.scope, 2)
    args += more
    where, more = to_sql(walk.test, len(args) + 1)
    args += more
    along = sort.along + _within(walk, args) + _beyond(walk, after, args)
    direction: LiteralString = " DESC" if walk.descending else " ASC"
    ordered: list[LiteralString] = [key + direction for key in (*sort.keys, "t.id")]
    order, keys = ", ".join(ordered), ", ".join(sort.keys)
    args.append(limit)
    most = placeholder(len(args))
    people = _few_people(walk)
    if people is not None:
        args.append(people)
        return (
            f"SELECT t.id, t.xmin, {keys}, 0, 0, true FROM tickets.ticket t"
            f" WHERE t.assignee_id = ANY ({placeholder(len(args))}::bigint[]) AND {_OPEN} AND t.brand_id = ANY ($1::bigint[])"
            f" AND {along} AND {where} AND {reach} ORDER BY {order} LIMIT {most}"
        ), args
    return (
        f"SELECT w.*, b, place = {window}, fits FROM unnest($1::bigint[]) AS b (b) CROSS JOIN LATERAL (SELECT * FROM ("
        f"SELECT t.id, t.xmin, {keys}, row_number() OVER (ORDER BY {order}) AS place, ({where}) IS TRUE AND {reach} AS fits"
        f" FROM tickets.ticket t WHERE t.brand_id = b AND {along} ORDER BY {order} LIMIT {window}) AS looked"
        f" WHERE fits OR place = {window} ORDER BY place LIMIT {most}) AS w"
    ), args


def _few_people(walk: Walk) -> list[int] | None:
    """Somebody's open tickets are few: they are found by her, and sorted."""
    people = possible(walk.test, "assignee")
    return sorted(people) if people is not None and len(people) <= _MOST_PEOPLE and _is_open(walk.test) else None


def _within(walk: Walk, args: list[Any]) -> LiteralString:
    """Ends of the index that the condition itself names: a list of three days does not look at years."""
    sort = SORTS[walk.sort]
    text: LiteralString = ""
    for part in walk.test.parts if isinstance(walk.test, All) else (walk.test,):
        if isinstance(part, Range) and part.field.name == sort.field and not part.negated:
            ends: tuple[tuple[Any, LiteralString], ...] = ((part.low, ">="), (part.high, "<="))
            for end, sign in ends:
                if end is not None:
                    args.append(end)
                    text += f" AND {sort.keys[0]} {sign} {placeholder(len(args))}::timestamptz"
    return text


def _beyond(walk: Walk, after: tuple[Any, ...] | None, args: list[Any]) -> LiteralString:
    if after is None:
        return ""
    places: list[LiteralString] = []
    keys = (*SORTS[walk.sort].keys, "t.id")
    for key, value in zip(keys, after, strict=True):
        # A time that never comes is written as one: no number of years would stand in the same place.
        args.append(("infinity" if value == _FAR else value.isoformat()) if isinstance(value, datetime) else value)
        kind: LiteralString = "::smallint" if key == "t.priority" else "::bigint" if key == "t.id" else "::text::timestamptz"
        places.append(placeholder(len(args)) + kind)
    sign: LiteralString = "<" if walk.descending else ">"
    return f" AND ({', '.join(keys)}) {sign} ({', '.join(places)})"


# -- walking


class _Seen(msgspec.Struct, frozen=True):
    """A ticket on the way: where it stands, and which version of it."""

    keys: tuple[Any, ...]
    version: int


async def walk_page(reader: Reader, walk: Walk, after: str | None, limit: int) -> Walked:
    """A page of rows as they go over the wire. Fewer than `limit` with a mark: the walk goes on there."""
    seen, following = await _go(reader, walk, after, limit, SECONDS)
    return Walked(await encoded_rows(reader, [(each.keys[-1], each.version) for each in seen]), following)


async def members(reader: Reader, walk: Walk, most: int, seconds: float = 60.0) -> Walked:
    """The ids of those who fit, `most` at most, in no promised order; a mark when there are or may be more."""
    of_open = _is_open(walk.test)
    walk = msgspec.structs.replace(walk, sort="rank" if of_open else "created", descending=not of_open)
    seen, following = await _go(reader, walk, None, most, seconds)
    return Walked([each.keys[-1] for each in seen], following)


async def in_order(reader: Reader, walk: Walk, most: int) -> AsyncGenerator[list[int], None]:
    """The ids of all who fit, in their order, `most` at a time; few or none where a stretch of the way has no more.

    Each once and none left out if the reader stands still; else one that moves meanwhile may come twice or not at all.
    """
    mark: str | None = None
    while True:
        seen, mark = await _go(reader, walk, mark, most, _STRETCH)
        yield [each.keys[-1] for each in seen]
        if mark is None:
            return


async def _go(reader: Reader, walk: Walk, after: str | None, limit: int, seconds: float) -> tuple[list[_Seen], str | None]:
    mark = None if after is None else _keys(after, SORTS[walk.sort])
    ends, found, windows = time.monotonic() + seconds, list[_Seen](), iter(_WINDOWS)
    size, window = next(windows)
    while True:
        sql, args = statement(walk, mark, window, limit)
        fitting, mark = _sift(await reader.fetch(sql, *args), len(SORTS[walk.sort].keys), limit, walk.descending)
        left = limit - len(found)
        found += fitting[:left]
        if len(found) == limit and (mark is not None or len(fitting) > left):
            return found, _mark(found[-1].keys)
        if mark is None:
            return found, None
        if time.monotonic() > ends:
            return found, _mark(mark)
        size, window = next(windows, (size, window))


def _sift(
    records: Sequence[Any], width: int, limit: int, descending: bool
) -> tuple[list[_Seen], tuple[Any, ...] | None]:
    """Those who fit, merged over the brands, as far as every brand has been looked at; and how far, if not to the end."""
    looked: dict[int, tuple[int, tuple[Any, ...], bool]] = {}
    fitting: list[_Seen] = []
    for record in records:
        ticket_id, version, *times = tuple(record)[: 2 + width]
        brand_id, last, fits_it = tuple(record)[-3:]
        # PostgreSQL's infinity comes without a zone.
        keys = (*(_FAR if isinstance(time, datetime) and time.tzinfo is None else time for time in times), ticket_id)
        looked[brand_id] = looked.get(brand_id, (0,))[0] + 1, keys, bool(last)
        if fits_it:
            fitting.append(_Seen(keys, version))
    marks = [keys for count, keys, last in looked.values() if count == limit or last]
    horizon = None
    if marks:
        horizon = max(marks) if descending else min(marks)
        fitting = [each for each in fitting if (each.keys >= horizon if descending else each.keys <= horizon)]
    return sorted(fitting, key=lambda each: each.keys, reverse=descending), horizon


_GROUP_KEYS: dict[str, LiteralString] = {
    "status": "status", "priority": "priority", "tier": "tier", "queue": "queue_id", "assignee": "assignee_id",
    "category": "category_id", "channel": "channel",
}


async def groups(reader: Reader, ids: Sequence[int], name: str) -> dict[Any, int]:
    """How many of these tickets are in each group."""
    key = _GROUP_KEYS[name]
    sql: LiteralString = f"SELECT {key}, count(*)::int FROM tickets.ticket WHERE id = ANY ($1::bigint[]) GROUP BY 1"
    return {row[0]: row[1] for row in await reader.fetch(sql, list(ids))}
