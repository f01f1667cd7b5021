"""How many players a condition fits, and who for example, while somebody writes it: never slow by surprise.

Portraits are walked from the newest player back along their key, in windows; a statement looks at a window and no more,
however rare those who fit are, and the walk ends with its time. Then the answer says how far it has looked.
"""

import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, Text
from playerdesk.kernel.condition_tests import placeholder
from playerdesk.kernel.conditions import Node, Test, fix, leaves, to_sql
from playerdesk.players.segments.fields import SPEND_FIELDS, asking_about_players
from playerdesk.players.segments.members import because
from playerdesk.players.segments.portraits import portraits

SECONDS = 0.8
EXACT = 10_000
SHOWN = 10
_WINDOWS: tuple[tuple[int, LiteralString], ...] = ((500, "500"), (5_000, "5000"), (50_000, "50000"))

_TOTAL: LiteralString = "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'players.portrait'::regclass"


class SampleLine(msgspec.Struct, frozen=True, rename="camel"):
    """A player who fits, and what of her the condition asks about; what the reader may not know is left out."""

    player_id: int
    name: str
    tier: str
    values: dict[str, Any]


class SegmentTrial(msgspec.Struct, frozen=True):
    """`exact`: everybody was counted; otherwise there are `count` or more, `guess` by what was looked at so far."""

    count: int
    exact: bool
    guess: int
    looked: int
    sample: list[SampleLine]


class MoveLine(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody came or went, when and why."""

    player_id: int
    name: str
    tier: str
    entered: bool
    cause: str
    values: dict[str, Any]
    at: datetime


class SegmentStanding(msgspec.Struct, frozen=True, rename="camel"):
    """How many are in a segment now, and whether everybody has been decided about since it was changed."""

    key: str
    members: int
    settled: bool
    entered_today: int
    left_today: int


_MOVES: LiteralString = """
    SELECT m.player_id, p.name, p.tier, m.entered, m.cause, m.why, m.at
    FROM players.segment_move m JOIN players.segment s ON s.id = m.segment_id JOIN players.player p ON p.id = m.player_id
    LEFT JOIN players.portrait t ON t.player_id = m.player_id
    WHERE s.key = $1 AND ($2::text[] IS NULL OR t.brands && $2) ORDER BY m.at DESC, m.id DESC LIMIT 50
"""

_STANDINGS: LiteralString = """
    SELECT s.key, s.members, NOT w.wanted AND NOT (w.published AND w.place IS NOT NULL),
        count(m.id) FILTER (WHERE m.entered)::int, count(m.id) FILTER (WHERE NOT m.entered)::int
    FROM players.segment s CROSS JOIN players.portrait_walk w
    LEFT JOIN LATERAL (
        SELECT id, entered FROM players.segment_move
        WHERE segment_id = s.id AND at > now() - interval '24 hours' ORDER BY at DESC, id DESC LIMIT 10000
    ) AS m ON true
    WHERE s.retired_at IS NULL GROUP BY s.id, w.one
"""


def statement(
    test: Test, brand_keys: Sequence[str] | None, below: int | None, window: LiteralString
) -> tuple[LiteralString, list[Any]]:
    """A window of the walk: how many were looked at, how many fit, the last one, and a few who fit."""
    args: list[Any] = [below]
    where, more = to_sql(test, 2)
    args += more
    if brand_keys is not None:
        args.append(list(brand_keys))
        where = f"({where}) AND t.brands && {placeholder(len(args))}::text[]"
    return (
        "SELECT count(*)::int, count(*) FILTER (WHERE fits)::int, min(player_id),"
        " (array_agg(player_id ORDER BY player_id DESC) FILTER (WHERE fits))[1:10]"
        f" FROM (SELECT t.player_id, ({where}) IS TRUE AS fits FROM players.portrait t"
        f" WHERE $1::bigint IS NULL OR t.player_id < $1 ORDER BY t.player_id DESC LIMIT {window}) AS looked"
    ), args


async def try_out(
    reader: Reader, node: Node, *, brand_keys: Sequence[str] | None, spend: bool, names: bool = True, seconds: float = SECONDS
) -> SegmentTrial:
    """Count and show a few. `brand_keys` None: of every brand; `spend`: money may be shown; `names` False: nobody is shown."""
    test = fix(node, await asking_about_players(reader))
    ends, windows = time.monotonic() + seconds, iter(_WINDOWS)
    size, window = next(windows)
    below: int | None = None
    count = looked = 0
    shown: list[int] = []
    while True:
        sql, args = statement(test, brand_keys, below, window)
        seen, fitting, last, some = (await reader.fetch(sql, *args))[0]
        looked, count, below = looked + seen, count + fitting, last
        shown = [*shown, *(some or [])][:SHOWN]
        over = seen < size
        if over or count > EXACT or time.monotonic() > ends:
            break
        size, window = next(windows, (size, window))
    total = looked if over else max(looked, await reader.value(_TOTAL))
    guess = count if over or not looked else round(count * total / looked)
    return SegmentTrial(count, over, guess, looked, await _lines(reader, node, shown, spend=spend) if names else [])


async def _lines(reader: Reader, node: Node, ids: Sequence[int], *, spend: bool) -> list[SampleLine]:
    rows = await reader.fetch("SELECT id, name FROM players.player WHERE id = ANY($1::bigint[])", list(ids))
    known = {each.player_id: each for each in await portraits(reader, ids)}
    called = {row[0]: row[1] for row in rows}
    return [
        SampleLine(i, called[i], known[i].tier, masked(because(node, known[i]), spend=spend))
        for i in ids if i in known and i in called
    ]


def masked(values: dict[str, Any], *, spend: bool) -> dict[str, Any]:
    """Without what the reader may not know."""
    return values if spend else {name: value for name, value in values.items() if name not in SPEND_FIELDS}


def asks_about_spend(node: Node) -> bool:
    """Whether one could learn from it what somebody spends."""
    return any(leaf.field.name in SPEND_FIELDS for leaf in leaves(node))


async def recent_moves(reader: Reader, key: str, brand_keys: Sequence[str] | None, *, spend: bool) -> list[MoveLine]:
    """Who came and went lately, the newest first."""
    return [
        msgspec.structs.replace(each, values=masked(each.values, spend=spend))
        for each in await reader.rows(MoveLine, _MOVES, key, brand_keys)
    ]


async def standings(reader: Reader) -> list[SegmentStanding]:
    """Of every segment in force."""
    return await reader.rows(SegmentStanding, _STANDINGS)


NOT_YOUR_MONEY = Text(
    zh="条件里有消费金额，需要“查看消费”的权限。", en="The condition asks what players spend; that needs the permission to see it."
)
