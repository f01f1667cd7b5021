"""Who is in which segment: decided in pieces, by one worker at a time, those who changed lately before all others.

A piece draws some portraits, decides every segment about them, and writes who came and went with the tags that follow, in
one transaction; how many statements that is does not depend on how many players or segments there are. A walk over
everybody comes once a day (what only time changes), each hour where a condition moves with time, and after each publishing.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Database, Event, Loop, Reader, Tx, now
from playerdesk.kernel.conditions import Node, fix, leaves, matches, moves, read_what_is_left
from playerdesk.players.membership import tell_cards
from playerdesk.players.segments.fields import Portrait, asking_about_players, player_fields
from playerdesk.players.segments.portraits import AFTER, PERSONS_AFTER, draw

PIECE = 500
SECONDS = 0.5
"""How long one round works on before other loops of the worker have their turn."""
DRAW_EVERY, DECIDE_EVERY = timedelta(hours=24), timedelta(hours=1)


class SegmentMoved(Event, frozen=True):
    """Persons came into a segment or left it. Nobody's screen waits for it; rules and campaigns may."""

    segment: str
    cause: str
    entered: list[int]
    left: list[int]
    at: datetime

    def topics(self) -> list[str]:
        return []


class Segment(msgspec.Struct, frozen=True):
    """A row of players.segment."""

    id: int
    key: str
    body: dict[str, Any]
    tag_key: str | None
    version: int
    retired: bool


class Decider(msgspec.Struct, frozen=True):
    """A segment ready to decide about portraits."""

    segment: Segment
    node: Node
    member: Callable[[Any], bool]


class _Walk(msgspec.Struct, frozen=True):
    place: int | None
    afresh: bool
    started_at: datetime
    drawn_at: datetime
    wanted: bool
    published: bool


# Retired ones are decided about as long as they have anybody.
_SEGMENTS: LiteralString = """
    SELECT id, key, body, tag_key, version, retired_at IS NOT NULL FROM players.segment
    WHERE retired_at IS NULL OR members > 0 ORDER BY id
"""

# The row of the walk is the lock: memberships are written by one transaction at a time.
_WALK: LiteralString = """
    SELECT place, afresh, started_at, drawn_at, wanted, published FROM players.portrait_walk FOR UPDATE SKIP LOCKED
"""

_BEGIN: LiteralString = """
    UPDATE players.portrait_walk SET place = 0, afresh = $1, started_at = $2, published = $3, wanted = false
"""

_STEP: LiteralString = """
    UPDATE players.portrait_walk SET place = $1,
        drawn_at = CASE WHEN $1::bigint IS NULL AND afresh THEN started_at ELSE drawn_at END
"""

_TAKE: LiteralString = """
    DELETE FROM players.portrait_due WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM players.portrait_due LIMIT $1 FOR UPDATE SKIP LOCKED
    )) RETURNING player_id
"""

_ARE: LiteralString = "SELECT segment_id, player_id FROM players.segment_member WHERE player_id = ANY($1::bigint[])"

_ENTER: LiteralString = """
    INSERT INTO players.segment_member (segment_id, player_id, since)
    SELECT s, p, $3 FROM unnest($1::bigint[], $2::bigint[]) AS n (s, p)
"""

_LEAVE: LiteralString = """
    DELETE FROM players.segment_member m USING unnest($1::bigint[], $2::bigint[]) AS n (s, p)
    WHERE m.segment_id = n.s AND m.player_id = n.p
"""

_COUNT: LiteralString = """
    UPDATE players.segment SET members = members + n.change
    FROM unnest($1::bigint[], $2::int[]) AS n (id, change) WHERE segment.id = n.id
"""

_LOG: LiteralString = """
    INSERT INTO players.segment_move (segment_id, player_id, entered, cause, why, version, at)
    SELECT s, p, e, c, w, v, $7 FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::text[], $5::jsonb[], $6::int[])
        AS n (s, p, e, c, w, v)
"""

# The tags of these players follow who is in which segment, and which tag each segment sets now.
_UNTAG: LiteralString = """
    DELETE FROM players.player_tag t WHERE t.player_id = ANY($1::bigint[]) AND t.segment_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM players.segment_member m JOIN players.segment s ON s.id = m.segment_id
        WHERE m.segment_id = t.segment_id AND m.player_id = t.player_id AND s.tag_key = t.tag_key)
    RETURNING t.player_id
"""

_TAG: LiteralString = """
    INSERT INTO players.player_tag (player_id, tag_key, segment_id, since)
    SELECT m.player_id, s.tag_key, s.id, m.since FROM players.segment_member m JOIN players.segment s ON s.id = m.segment_id
    WHERE m.player_id = ANY($1::bigint[]) AND s.tag_key IS NOT NULL
    ON CONFLICT (player_id, tag_key, coalesce(segment_id, 0)) DO NOTHING RETURNING player_id
"""


async def deciders(reader: Reader, at: datetime) -> list[Decider]:
    """Every segment, its condition made plain for this moment."""
    segments = await reader.rows(Segment, _SEGMENTS)
    fields, asking = await player_fields(reader), await asking_about_players(reader, at)
    found: list[Decider] = []
    for segment in segments:
        node, gone = read_what_is_left(segment.body["if"], fields)
        # Nobody is in what has lost a part of its condition: it would mean more players than were meant.
        nobody = segment.retired or bool(gone)
        found.append(Decider(segment, node, (lambda _: False) if nobody else matches(fix(node, asking))))
    return found


async def decide(
    tx: Tx, portraits: Sequence[Portrait], ids: Sequence[int], known: Sequence[Decider], cause: str, at: datetime
) -> int:
    """Who of these is in which segment from now on; `ids` without a portrait are in none. How many came and went."""
    are: dict[int, set[int]] = {}
    for segment_id, player_id in await tx.fetch(_ARE, list(ids)):
        are.setdefault(segment_id, set()).add(player_id)
    drawn = {each.player_id: each for each in portraits}
    moved: list[tuple[Decider, int, bool]] = []
    for each in known:
        before = are.get(each.segment.id, set())
        fit = {player_id for player_id, portrait in drawn.items() if each.member(portrait)}
        moved += [(each, player_id, True) for player_id in sorted(fit - before)]
        moved += [(each, player_id, False) for player_id in sorted(before - fit)]
    if moved:
        await _write(tx, moved, drawn, cause, at)
    tagged = {row[0] for row in (*await tx.fetch(_UNTAG, list(ids)), *await tx.fetch(_TAG, list(ids)))}
    if tagged:
        await tell_cards(tx, sorted(tagged))
        await tx.execute("INSERT INTO players.search_due (player_id) SELECT unnest($1::bigint[])", sorted(tagged))
    return len(moved)


async def _write(tx: Tx, moved: Sequence[tuple[Decider, int, bool]], drawn: dict[int, Portrait], cause: str, at: datetime) -> None:
    came = [(each.segment.id, player_id) for each, player_id, entered in moved if entered]
    went = [(each.segment.id, player_id) for each, player_id, entered in moved if not entered]
    if came:
        await tx.execute(_ENTER, [s for s, _ in came], [p for _, p in came], at)
    if went:
        await tx.execute(_LEAVE, [s for s, _ in went], [p for _, p in went])
    change: dict[int, int] = {}
    told: dict[tuple[int, str], tuple[Segment, list[int], list[int]]] = {}
    logged: list[tuple[int, int, bool, str, dict[str, Any], int]] = []
    for each, player_id, entered in moved:
        segment, portrait = each.segment, drawn.get(player_id)
        why = cause if not segment.retired else "retired"
        why = "merged" if portrait is None and not segment.retired else why
        change[segment.id] = change.get(segment.id, 0) + (1 if entered else -1)
        _, came_in, went_out = told.setdefault((segment.id, why), (segment, [], []))
        (came_in if entered else went_out).append(player_id)
        logged.append((segment.id, player_id, entered, why, because(each.node, portrait), segment.version))
    await tx.execute(_COUNT, list(change), list(change.values()))
    await tx.execute(_LOG, *(list(column) for column in zip(*logged, strict=True)), at)
    await tx.emit(*(
        SegmentMoved(segment=segment.key, cause=why, entered=entered, left=left, at=at)
        for (_, why), (segment, entered, left) in told.items()
    ))


def because(node: Node, portrait: Portrait | None) -> dict[str, Any]:
    """What of a portrait a condition asks about."""
    if portrait is None:
        return {}
    found: dict[str, Any] = {}
    for leaf in leaves(node):
        value = leaf.field.read(portrait)
        if isinstance(value, datetime):
            value = value.astimezone(UTC).isoformat()
        found[leaf.field.name] = float(value) if isinstance(value, Decimal) else value
    return found


# -- rounds


async def keep_segments(database: Database) -> int:
    """Those who changed, then the walk; until nothing is left to do or others want their turn. How many were looked at."""
    ends, total = time.monotonic() + SECONDS, 0
    while time.monotonic() < ends:
        async with database.transaction() as tx:
            looked = await keep_some(tx, now())
        total += looked or 0
        if looked is None:
            break
    return total


async def keep_some(tx: Tx, at: datetime) -> int | None:
    """One piece; None when there is nothing to do, or somebody else is at it."""
    walk = await tx.row(_Walk, _WALK)
    if walk is None:
        return None
    due = sorted({row[0] for row in await tx.fetch(_TAKE, PIECE)})
    if due:
        await _piece(tx, due, await deciders(tx, at), "changed", at)
        return len(due)
    known = None
    if walk.wanted or walk.place is None:
        known = await deciders(tx, at)
        begun = await _begin(tx, walk, known, at)
        if begun is None:
            return None
        walk = begun
    return await _on(tx, walk, known or await deciders(tx, at), at)


async def _begin(tx: Tx, walk: _Walk, known: Sequence[Decider], at: datetime) -> _Walk | None:
    """A walk that is due now: a changed segment interrupts whatever is under way."""
    afresh = not walk.wanted and at - walk.drawn_at > DRAW_EVERY
    moving = any(moves(each.node) for each in known) and at - walk.started_at > DECIDE_EVERY
    if not (walk.wanted or afresh or moving):
        return None
    await tx.execute(_BEGIN, afresh, at, walk.wanted)
    return msgspec.structs.replace(walk, place=0, afresh=afresh, started_at=at, published=walk.wanted)


async def _on(tx: Tx, walk: _Walk, known: Sequence[Decider], at: datetime) -> int:
    """The next persons of the walk."""
    if walk.afresh:
        ids = [row[0] for row in await tx.fetch(PERSONS_AFTER, walk.place, PIECE)]
        if ids:
            await _piece(tx, ids, known, "time", at)
    else:
        found = await tx.rows(Portrait, AFTER, walk.place, PIECE)
        ids = [each.player_id for each in found]
        if ids:
            await decide(tx, found, ids, known, "published" if walk.published else "time", at)
    await tx.execute(_STEP, ids[-1] if len(ids) == PIECE else None)
    return len(ids)


async def _piece(tx: Tx, ids: Sequence[int], known: Sequence[Decider], cause: str, at: datetime) -> None:
    drawn = await draw(tx, ids, at)
    await decide(tx, drawn, sorted({*ids, *(each.player_id for each in drawn)}), known, cause, at)


async def want_walk(tx: Tx) -> None:
    """A segment is about to change: everybody is decided about again. First, for whoever walks locks it before segments, too."""
    await tx.execute("UPDATE players.portrait_walk SET wanted = true")


LOOP = Loop("players.segments", 1.0, keep_segments)
