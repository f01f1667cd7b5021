"""Opening tickets: the hottest command, written for a whole batch in one statement.

What it comes back with is the tickets as they are shown, so that nobody has to read them again.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Conflict, Refused, Rejected, Text, Tx, encode_text
from playerdesk.kernel.origin import origin
from playerdesk.tickets.events import ChatStarted, FirstTarget, TicketEvent, TicketOpened, WhatIsDue
from playerdesk.tickets.queries import DETAIL, Detail
from playerdesk.tickets.rules import PRIORITY_HEAD_START_SECONDS, check_text, preview_of
from playerdesk.tickets.standing import head_starts


class OpenTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A player's question as it comes in. `client_key` makes it safe to send twice."""

    brand_id: int
    player_id: int
    channel: str
    live: bool
    category_id: int | None
    subject: str
    body: str
    client_key: str
    fields: dict[str, Any] = {}
    form_version_id: int | None = None
    """Which version of its category's form `fields` were checked by."""
    attachments: list[dict[str, Any]] = []
    language: str = "zh"
    server_key: str | None = None
    server_name: str | None = None
    role_id: str | None = None
    character_name: str | None = None
    origin: str = msgspec.field(default_factory=origin)


class Opened(msgspec.Struct, frozen=True):
    """The ticket this question has become; `again` when it was sent before."""

    ticket_id: int
    again: bool
    shown: Detail | None = None
    """The ticket as it stands now; empty when it has to be read, for something else has happened to it."""


OPEN: LiteralString = f"""
    WITH asked AS (
        SELECT a.*, p.name AS player_name, p.tier, coalesce(c.priority, 2)::smallint AS priority, c.queue_id,
               $16::timestamptz - make_interval(secs =>
                   coalesce(($17::jsonb ->> p.tier)::int, 0)
                   + coalesce(($18::jsonb ->> coalesce(c.priority, 2)::text)::int, 0)) AS rank_at,
               (a.targets -> p.tier ->> 'dueAt')::timestamptz AS due_at, a.targets -> p.tier ->> 'dueKind' AS due_kind,
               (a.targets -> p.tier ->> 'warnAt')::timestamptz AS warn_at
        FROM unnest(
            $1::bigint[], $2::bigint[], $3::text[], $4::boolean[], $5::bigint[], $6::text[], $7::text[],
            $8::text[], $9::jsonb[], $10::text[]::jsonb[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[],
            $19::text[]::jsonb[], $20::bigint[]
        ) AS a (
            brand_id, player_id, channel, live, category_id, subject, body, client_key, fields, attachments,
            language, server_key, server_name, role_id, character_name, targets, form_version_id
        )
        JOIN players.player p ON p.id = a.player_id
        LEFT JOIN forms.category c ON c.id = a.category_id
    ), opened AS (
        INSERT INTO tickets.ticket (
            brand_id, player_id, channel, live, category_id, subject, fields, language, priority, tier, queue_id,
            player_name, server_key, server_name, role_id, character_name, preview, last_message_at,
            waiting_since, rank_at, seq, public_seq, public_count, player_read, staff_unread, client_key,
            created_at, updated_at, due_at, due_kind, warn_at, form_version_id
        )
        SELECT brand_id, player_id, channel, live, category_id, subject, fields, language, priority, tier, queue_id,
               player_name, server_key, server_name, role_id, character_name, subject, $16,
               $16, rank_at, 1, 1, 1, 1, 1, client_key, $16, $16, due_at, due_kind, warn_at, form_version_id
        FROM asked
        ON CONFLICT (player_id, client_key) WHERE client_key IS NOT NULL DO NOTHING
        RETURNING {DETAIL}
    ), said AS (
        INSERT INTO tickets.message
            (ticket_id, seq, number, kind, author, author_id, body, attachments, client_key, created_at)
        SELECT o.id, 1, 1, 'message', 'player', o.player_id, a.body, a.attachments, a.client_key, $16
        FROM opened o JOIN asked a USING (player_id, client_key)
    ), chat AS (
        INSERT INTO tickets.session (ticket_id, kind, started_at)
        SELECT id, 'chat', $16 FROM opened WHERE live
        RETURNING id AS session_id, ticket_id
    ), counted AS (
        INSERT INTO tickets.tally (brand_id, queue_id, status, tier, assigned, n)
        SELECT brand_id, coalesce(queue_id, 0), 'new', tier, false, count(*) FROM opened GROUP BY 1, 2, 4
    )
    SELECT session_id, {DETAIL} FROM opened LEFT JOIN chat ON ticket_id = id
"""

_OPENED_BEFORE: LiteralString = """
    SELECT t.player_id, t.client_key, t.id, m.body
    FROM unnest($1::bigint[], $2::text[]) AS k (player_id, client_key)
    JOIN tickets.ticket t USING (player_id, client_key)
    JOIN tickets.message m ON m.ticket_id = t.id AND m.seq = 1
"""

_RANK = {str(priority): seconds for priority, seconds in PRIORITY_HEAD_START_SECONDS.items()}

KEY_REUSED = Text(
    zh="这个提交编号已经用于另一个内容，请换一个新的编号。",
    en="This key was used for something else already. Use a new key for a new question.",
)


async def open_tickets(tx: Tx, asked: Sequence[OpenTicket], at: datetime) -> list[Opened | Refused]:
    """Open a batch; each item gets its ticket, the one it opened before, or a refusal."""
    results: dict[int, Opened | Refused] = {}
    fresh: dict[tuple[int, str], int] = {}
    for place, item in enumerate(asked):
        wrong = check_text(item.body, len(item.attachments))
        if wrong is not None:
            results[place] = Rejected("bad_text", wrong, fields={"body": wrong})
        else:
            fresh.setdefault((item.player_id, item.client_key), place)
    opened = await _insert(tx, [asked[place] for place in fresh.values()], at)
    for place, item in enumerate(asked):
        key = (item.player_id, item.client_key)
        if place not in results and key in opened:
            first = asked[fresh[key]]
            results[place] = _same(item.body, first.body, replace(opened[key], again=place != fresh[key]))
    left = [place for place in range(len(asked)) if place not in results]
    if left:
        before = await _opened_before(tx, [asked[place] for place in left])
        for place in left:
            ticket_id, body = before[asked[place].player_id, asked[place].client_key]
            results[place] = _same(asked[place].body, body, Opened(ticket_id, again=True))
    return [results[place] for place in range(len(asked))]


def _same(body: str, first_body: str, opened: Opened) -> Opened | Refused:
    if body != first_body:
        return Conflict("key_reused", KEY_REUSED, fields={"clientKey": KEY_REUSED})
    return opened


async def _insert(tx: Tx, fresh: list[OpenTicket], at: datetime) -> dict[tuple[int, str], Opened]:
    if not fresh:
        return {}
    rows = await tx.fetch(
        OPEN,
        [a.brand_id for a in fresh], [a.player_id for a in fresh], [a.channel for a in fresh],
        [a.live for a in fresh], [a.category_id for a in fresh],
        [a.subject or preview_of(a.body, len(a.attachments)) for a in fresh], [a.body for a in fresh],
        [a.client_key for a in fresh], [a.fields for a in fresh], [encode_text(a.attachments) for a in fresh],
        [a.language for a in fresh], [a.server_key for a in fresh], [a.server_name for a in fresh],
        [a.role_id for a in fresh], [a.character_name for a in fresh], at, await head_starts(tx), _RANK,
        await _first_targets(tx, fresh, at), [a.form_version_id for a in fresh],
    )
    opened = [(Detail(*values), session_id) for session_id, *values in rows]
    origins = {(each.player_id, each.client_key): each.origin for each in fresh}
    emitted = len(tx.events)
    events = [
        event for ticket, session_id in opened
        for event in _events(ticket, session_id, origins[ticket.player_id, ticket.client_key or ""], at)
    ]
    if events:
        await tx.emit(*events)
    changed = {event.ticket_id for event in tx.events[emitted + len(events) :] if isinstance(event, TicketEvent)}
    return {
        (ticket.player_id, ticket.client_key or ""):
            Opened(ticket.id, again=False, shown=None if ticket.id in changed or ("ticket", ticket.id) in tx.unsaid else ticket)
        for ticket, _ in opened
    }


async def _first_targets(tx: Tx, fresh: list[OpenTicket], at: datetime) -> list[str]:
    """For each ticket, as JSON by tier, when it will be due; the tier is known where it is written."""
    questions = [WhatIsDue(a.brand_id, a.channel, a.live, a.category_id, at) for a in fresh]
    different = list(dict.fromkeys(questions))
    answers = {
        question: encode_text(answer or {})
        for question, answer in zip(different, await tx.ask(different), strict=True)
    }
    return [answers[question] for question in questions]


def _events(ticket: Detail, session_id: int | None, origin: str, at: datetime) -> list[TicketOpened | ChatStarted]:
    shared: dict[str, Any] = {
        "ticket_id": ticket.id, "brand_id": ticket.brand_id, "player_id": ticket.player_id, "channel": ticket.channel,
        "tier": ticket.tier, "priority": ticket.priority, "category_id": ticket.category_id,
        "queue_id": ticket.queue_id, "assignee_id": None, "status": "new", "live": ticket.live, "at": at,
        "origin": origin,
    }
    target = None
    if ticket.due_at is not None and ticket.due_kind is not None and ticket.warn_at is not None:
        target = FirstTarget(ticket.due_at, ticket.due_kind, ticket.warn_at)
    opened = TicketOpened(**shared, language=ticket.language, waiting_since=at, first_target=target)
    return [opened] if session_id is None else [opened, ChatStarted(**shared, session_id=session_id)]


async def _opened_before(tx: Tx, again: list[OpenTicket]) -> dict[tuple[int, str], tuple[int, str]]:
    rows = await tx.fetch(_OPENED_BEFORE, [a.player_id for a in again], [a.client_key for a in again])
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}
