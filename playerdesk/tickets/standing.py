"""Where a ticket stands. Every command is: lock, decide (pure), save; one statement each side.

`Standing` holds the facts that commands may change, in the order of the columns. Deciding gives a
new `Standing` and the entries to append to the timeline; `save` writes tickets, entries and
counter deltas of a whole batch at once.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import NotFound, Reader, Text, Tx, encode_text
from playerdesk.players import tier_services


class Standing(msgspec.Struct, frozen=True, rename="camel"):
    """The mutable facts of one ticket, and the fixed ones its events carry."""

    id: int
    brand_id: int
    player_id: int
    channel: str
    tier: str
    created_at: datetime
    live: bool
    category_id: int | None
    status: str
    priority: int
    queue_id: int | None
    assignee_id: int | None
    assigned_at: datetime | None
    preview: str
    last_author: str
    last_message_at: datetime
    waiting_since: datetime | None
    rank_at: datetime
    seq: int
    public_seq: int
    public_count: int
    player_unread: int
    staff_unread: int
    player_read: int
    staff_read: int
    first_response_at: datetime | None
    first_response_by: int | None
    resolved_at: datetime | None
    resolved_by: int | None
    solution: str | None
    closed_at: datetime | None
    reopened: int
    head_starts: dict[str, int] = msgspec.field(default_factory=dict)
    """What each tier is worth in line, in seconds, as the company has it now; not of the ticket itself."""


_COLUMNS: LiteralString = """
    id, brand_id, player_id, channel, tier, created_at, live, category_id, status, priority, queue_id,
    assignee_id, assigned_at, preview, last_author, last_message_at, waiting_since, rank_at, seq,
    public_seq, public_count, player_unread, staff_unread, player_read, staff_read,
    first_response_at, first_response_by, resolved_at, resolved_by, solution, closed_at, reopened
"""


async def head_starts(reader: Reader) -> dict[str, int]:
    """What each tier is worth in line, in seconds."""
    return {tier: each.head_start_seconds for tier, each in (await tier_services(reader)).items()}


class Line(msgspec.Struct, frozen=True, rename="camel"):
    """An entry to append: what was said, noted or changed. `public`: the player sees it."""

    kind: str
    author: str
    author_id: int | None = None
    public: bool = False
    body: str = ""
    attachments: list[dict[str, Any]] = []
    change: dict[str, Any] | None = None
    client_key: str | None = None


class Written(msgspec.Struct, frozen=True):
    """A line with its place in the timeline."""

    ticket_id: int
    seq: int
    number: int | None
    line: Line
    at: datetime


class Step(msgspec.Struct, frozen=True):
    """What a decision did to one ticket."""

    before: Standing
    after: Standing
    written: list[Written]


def append(standing: Standing, line: Line, at: datetime) -> tuple[Standing, Written]:
    """The ticket with one more entry. Only what people say moves `public_seq`, the stale-send mark."""
    seq = standing.seq + 1
    number = standing.public_count + 1 if line.public else None
    spoken = line.public and line.kind == "message"
    after = msgspec.structs.replace(
        standing,
        seq=seq,
        public_count=number or standing.public_count,
        public_seq=seq if spoken else standing.public_seq,
    )
    return after, Written(standing.id, seq, number, line, at)


async def lock(tx: Tx, ids: Sequence[int]) -> dict[int, Standing]:
    """Lock the tickets in key order, so that two batches never wait for each other in a circle."""
    weights = await head_starts(tx)
    records = await tx.fetch(
        f"SELECT {_COLUMNS} FROM tickets.ticket WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE", sorted(set(ids))
    )
    return {record[0]: Standing(*record, head_starts=weights) for record in records}


async def standings(reader: Reader, ids: Sequence[int]) -> dict[int, Standing]:
    """Where these tickets stand, only to be looked at."""
    weights = await head_starts(reader)
    records = await reader.fetch(
        f"SELECT {_COLUMNS} FROM tickets.ticket WHERE id = ANY($1::bigint[])", sorted(set(ids))
    )
    return {record[0]: Standing(*record, head_starts=weights) for record in records}


async def lock_one(tx: Tx, ticket_id: int) -> Standing:
    """Lock one ticket, or refuse because it is not there."""
    found = await lock(tx, [ticket_id])
    if ticket_id not in found:
        raise NotFound("no_such_ticket", Text(zh="没有找到这张工单。", en="There is no such ticket."))
    return found[ticket_id]


_SAVE: LiteralString = """
    WITH stood AS (
        UPDATE tickets.ticket AS t SET
            live = n.live, category_id = n.category_id, status = n.status, priority = n.priority,
            queue_id = n.queue_id, assignee_id = n.assignee_id, assigned_at = n.assigned_at,
            preview = n.preview, last_author = n.last_author, last_message_at = n.last_message_at,
            waiting_since = n.waiting_since, rank_at = n.rank_at, seq = n.seq, public_seq = n.public_seq,
            public_count = n.public_count, player_unread = n.player_unread, staff_unread = n.staff_unread,
            player_read = n.player_read, staff_read = n.staff_read, first_response_at = n.first_response_at,
            first_response_by = n.first_response_by, resolved_at = n.resolved_at,
            resolved_by = n.resolved_by, solution = n.solution, closed_at = n.closed_at,
            reopened = n.reopened, updated_at = n.updated_at, tier = n.tier
        FROM unnest(
            $1::bigint[], $2::boolean[], $3::bigint[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[],
            $8::timestamptz[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[],
            $13::timestamptz[], $14::bigint[], $15::bigint[], $16::bigint[], $17::int[], $18::int[],
            $19::bigint[], $20::bigint[], $21::timestamptz[], $22::bigint[], $23::timestamptz[], $24::bigint[],
            $25::text[], $26::timestamptz[], $27::int[], $28::timestamptz[], $45::text[]
        ) AS n (
            id, live, category_id, status, priority, queue_id, assignee_id, assigned_at, preview, last_author,
            last_message_at, waiting_since, rank_at, seq, public_seq, public_count, player_unread,
            staff_unread, player_read, staff_read, first_response_at, first_response_by, resolved_at,
            resolved_by, solution, closed_at, reopened, updated_at, tier
        )
        WHERE t.id = n.id
    ), written AS (
        INSERT INTO tickets.message
            (ticket_id, seq, number, kind, author, author_id, body, attachments, change, client_key, created_at)
        SELECT * FROM unnest(
            $29::bigint[], $30::bigint[], $31::bigint[], $32::text[], $33::text[], $34::bigint[], $35::text[],
            $36::text[]::jsonb[], $37::jsonb[], $38::text[], $39::timestamptz[]
        )
        RETURNING ticket_id, seq, id
    ), counted AS (
        INSERT INTO tickets.tally (brand_id, queue_id, status, tier, assigned, n)
        SELECT * FROM unnest($46::bigint[], $40::bigint[], $41::text[], $42::text[], $43::boolean[], $44::bigint[])
    )
    SELECT ticket_id, seq, id FROM written
"""

# Most messages move only this; half the arrays are half the cost of a single one.
_SAVE_SAID: LiteralString = """
    WITH stood AS (
        UPDATE tickets.ticket AS t SET
            preview = n.preview, last_author = n.last_author, last_message_at = n.last_message_at,
            waiting_since = n.waiting_since, rank_at = n.rank_at, seq = n.seq, public_seq = n.public_seq,
            public_count = n.public_count, player_unread = n.player_unread, staff_unread = n.staff_unread,
            updated_at = $23
        FROM unnest(
            $1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::bigint[],
            $8::bigint[], $9::bigint[], $10::int[], $11::int[]
        ) AS n (
            id, preview, last_author, last_message_at, waiting_since, rank_at, seq, public_seq, public_count,
            player_unread, staff_unread
        )
        WHERE t.id = n.id
    )
    INSERT INTO tickets.message
        (ticket_id, seq, number, kind, author, author_id, body, attachments, change, client_key, created_at)
    SELECT * FROM unnest(
        $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::bigint[], $18::text[],
        $19::text[]::jsonb[], $20::jsonb[], $21::text[], $22::timestamptz[]
    )
    RETURNING ticket_id, seq, id
"""
_SAID = (
    "id", "preview", "last_author", "last_message_at", "waiting_since", "rank_at", "seq", "public_seq", "public_count",
    "player_unread", "staff_unread",
)
_unsaid = attrgetter(*(name for name in Standing.__struct_fields__ if name not in _SAID))
_said_of = attrgetter(*_SAID)
# As in the statement above.
_all_of = attrgetter(
    "id", "live", "category_id", "status", "priority", "queue_id", "assignee_id", "assigned_at", "preview", "last_author",
    "last_message_at", "waiting_since", "rank_at", "seq", "public_seq", "public_count", "player_unread", "staff_unread",
    "player_read", "staff_read", "first_response_at", "first_response_by", "resolved_at", "resolved_by", "solution",
    "closed_at", "reopened",
)

Key = tuple[int, int, str, str, bool]


def tally_key(standing: Standing) -> Key:
    """The counter this ticket is counted in."""
    return (standing.brand_id, standing.queue_id or 0, standing.status, standing.tier, standing.assignee_id is not None)


async def save(tx: Tx, steps: Sequence[Step], at: datetime) -> dict[tuple[int, int], int]:
    """Write the batch; a ticket may appear once only. The ids of the new entries, by ticket and seq."""
    if not steps:
        return {}
    after = [step.after for step in steps]
    lines = [written for step in steps for written in step.written]
    entries: tuple[list[Any], ...] = (
        [w.ticket_id for w in lines], [w.seq for w in lines], [w.number for w in lines],
        [w.line.kind for w in lines], [w.line.author for w in lines], [w.line.author_id for w in lines],
        [w.line.body for w in lines], [encode_text(w.line.attachments) for w in lines], [w.line.change for w in lines],
        [w.line.client_key for w in lines], [w.at for w in lines],
    )
    if all(_unsaid(step.before) == _unsaid(step.after) for step in steps):
        said = zip(*map(_said_of, after), strict=True)
        return {(row[0], row[1]): row[2] for row in await tx.fetch(_SAVE_SAID, *said, *entries, at)}
    stands = zip(*map(_all_of, after), strict=True)
    deltas: Counter[Key] = Counter()
    for step in steps:
        deltas[tally_key(step.before)] -= 1
        deltas[tally_key(step.after)] += 1
    moved = [(key, n) for key, n in deltas.items() if n]
    written = await tx.fetch(
        _SAVE, *stands, [at] * len(after), *entries,
        [key[1] for key, _ in moved], [key[2] for key, _ in moved], [key[3] for key, _ in moved],
        [key[4] for key, _ in moved], [n for _, n in moved], [s.tier for s in after], [key[0] for key, _ in moved],
    )
    return {(row[0], row[1]): row[2] for row in written}


def facts(standing: Standing, at: datetime) -> dict[str, Any]:
    """Keyword arguments for any `TicketEvent`."""
    return {
        "ticket_id": standing.id,
        "brand_id": standing.brand_id,
        "player_id": standing.player_id,
        "channel": standing.channel,
        "tier": standing.tier,
        "priority": standing.priority,
        "category_id": standing.category_id,
        "queue_id": standing.queue_id,
        "assignee_id": standing.assignee_id,
        "status": standing.status,
        "live": standing.live,
        "at": at,
    }
