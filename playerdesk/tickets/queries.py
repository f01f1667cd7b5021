"""Tickets as they are read: rows ready to show, the timeline, counters."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.players import Tier

Status = Literal["new", "open", "pending", "hold", "resolved", "closed"]
Priority = Literal[0, 1, 2, 3]
Author = Literal["player", "staff", "system"]


class TicketRow(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket in a list; nothing more has to be looked up to show it."""

    id: int
    brand_id: int
    player_id: int
    channel: str
    live: bool
    category_id: int | None
    subject: str
    language: str
    status: Status
    priority: Priority
    tier: Tier
    queue_id: int | None
    assignee_id: int | None
    assigned_at: datetime | None
    player_name: str
    server_key: str | None
    server_name: str | None
    character_name: str | None
    preview: str
    last_author: Author
    last_message_at: datetime
    waiting_since: datetime | None
    rank_at: datetime
    seq: int
    public_seq: int
    staff_unread: int
    player_unread: int
    due_at: datetime | None
    due_kind: Literal["first", "next", "resolution"] | None
    warn_at: datetime | None
    breached: bool
    escalated_at: datetime | None
    first_response_at: datetime | None
    resolved_at: datetime | None
    reopened: int
    rating: int | None
    created_at: datetime
    updated_at: datetime
    snoozed_until: datetime | None


ROW: LiteralString = """
    id, brand_id, player_id, channel, live, category_id, subject, language, status, priority, tier, queue_id,
    assignee_id, assigned_at, player_name, server_key, server_name, character_name, preview, last_author,
    last_message_at, waiting_since, rank_at, seq, public_seq, staff_unread, player_unread, due_at, due_kind,
    warn_at, breached, escalated_at, first_response_at, resolved_at, reopened, rating, created_at, updated_at,
    snoozed_until
"""


class Detail(TicketRow, frozen=True, rename="camel"):
    """A ticket that is open on a screen."""

    fields: dict[str, Any]
    solution: str | None
    public_count: int
    player_read: int
    staff_read: int
    role_id: str | None
    closed_at: datetime | None
    client_key: str | None
    merged_into_id: int | None
    stage: dict[str, str] | None
    """Where the matter stands in plain words, as the player was told."""
    tags: list[str]


DETAIL: LiteralString = f"""
    {ROW}, fields, solution, public_count, player_read, staff_read, role_id, closed_at, client_key,
    merged_into_id, stage, tags
"""


class Entry(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the timeline. `number` counts what the player can see, without gaps."""

    ticket_id: int
    seq: int
    number: int | None
    id: int
    kind: Literal["message", "note", "change"]
    author: Author
    author_id: int | None
    body: str
    attachments: list[dict[str, Any]]
    change: dict[str, Any] | None
    client_key: str | None
    created_at: datetime


_ENTRY: LiteralString = """
    ticket_id, seq, number, id, kind, author, author_id, body, attachments, change, client_key, created_at
"""

ENTRIES_A_PAGE = 500


async def rows(reader: Reader, ids: Sequence[int]) -> list[TicketRow]:
    """The list rows of these tickets, in no order."""
    return await reader.rows(TicketRow, f"SELECT {ROW} FROM tickets.ticket WHERE id = ANY($1::bigint[])", list(ids))


async def row(reader: Reader, ticket_id: int) -> TicketRow | None:
    """One list row."""
    return await reader.row(TicketRow, f"SELECT {ROW} FROM tickets.ticket WHERE id = $1", ticket_id)


async def detail(reader: Reader, ticket_id: int) -> Detail | None:
    """One ticket with all that its screen shows."""
    return await reader.row(Detail, f"SELECT {DETAIL} FROM tickets.ticket WHERE id = $1", ticket_id)


async def details(reader: Reader, ids: Sequence[int]) -> list[Detail]:
    """Several tickets with all that a screen shows, in no order."""
    return await reader.rows(Detail, f"SELECT {DETAIL} FROM tickets.ticket WHERE id = ANY($1::bigint[])", list(ids))


async def of_player(reader: Reader, player_id: int, limit: int) -> list[Detail]:
    """A player's tickets, newest first."""
    return await reader.rows(
        Detail, f"SELECT {DETAIL} FROM tickets.ticket WHERE player_id = $1 ORDER BY id DESC LIMIT $2",
        player_id, limit,
    )


async def timeline(reader: Reader, ticket_id: int, after_seq: int = 0, limit: int = ENTRIES_A_PAGE) -> list[Entry]:
    """The entries after `after_seq`, oldest first. From the beginning, a long ticket gives its newest page."""
    if after_seq == 0:
        newest = await reader.rows(
            Entry, f"SELECT {_ENTRY} FROM tickets.message WHERE ticket_id = $1 ORDER BY seq DESC LIMIT $2",
            ticket_id, limit,
        )
        return newest[::-1]
    return await reader.rows(
        Entry, f"SELECT {_ENTRY} FROM tickets.message WHERE ticket_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        ticket_id, after_seq, limit,
    )


async def entry(reader: Reader, ticket_id: int, seq: int) -> Entry | None:
    """One entry."""
    return await reader.row(
        Entry, f"SELECT {_ENTRY} FROM tickets.message WHERE ticket_id = $1 AND seq = $2", ticket_id, seq
    )


async def entry_by_key(reader: Reader, ticket_id: int, client_key: str) -> Entry | None:
    """What staff said under this key of theirs."""
    return await reader.row(
        Entry, f"SELECT {_ENTRY} FROM tickets.message WHERE ticket_id = $1 AND author = 'staff' AND client_key = $2",
        ticket_id, client_key,
    )


async def entries_at(reader: Reader, places: Sequence[tuple[int, int]]) -> list[Entry]:
    """Entries by (ticket, seq), for a whole tick of live events at once."""
    return await reader.rows(
        Entry,
        f"SELECT {_ENTRY} FROM tickets.message"
        " WHERE (ticket_id, seq) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))"
        " ORDER BY ticket_id, seq",
        [ticket_id for ticket_id, _ in places], [seq for _, seq in places],
    )


async def visible_entries(reader: Reader, ticket_id: int, after_number: int, limit: int = 200) -> list[Entry]:
    """What the player can see after her number, oldest first."""
    return await reader.rows(
        Entry,
        f"SELECT {_ENTRY} FROM tickets.message"
        " WHERE ticket_id = $1 AND number > $2 ORDER BY seq LIMIT $3",
        ticket_id, after_number, limit,
    )


async def player_unread(reader: Reader, player_id: int) -> int:
    """How many answers the player has not seen, over all her tickets."""
    return await reader.value(
        "SELECT coalesce(sum(player_unread), 0)::int FROM tickets.ticket WHERE player_id = $1", player_id
    )


class Load(msgspec.Struct, frozen=True, rename="camel"):
    """What an agent has in hand: live chats, and other tickets that wait for us."""

    person_id: int
    chats: int
    tickets: int


async def loads(reader: Reader, brand_ids: Sequence[int] | None = None) -> list[Load]:
    """The load of everybody who has work, of these brands only or of all."""
    return await reader.rows(
        Load,
        "SELECT assignee_id, count(*) FILTER (WHERE live)::int,"
        " count(*) FILTER (WHERE NOT live AND status IN ('new', 'open'))::int"
        " FROM tickets.ticket WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'hold')"
        " AND ($1::bigint[] IS NULL OR brand_id = ANY($1::bigint[])) GROUP BY assignee_id",
        None if brand_ids is None else list(brand_ids),
    )


class Count(msgspec.Struct, frozen=True):
    """How many tickets share these properties right now."""

    brand_id: int
    queue_id: int
    status: str
    tier: str
    assigned: bool
    n: int


async def counts(reader: Reader) -> list[Count]:
    """The counters: folded rows and the deltas since, whose number does not grow with the tickets."""
    return await reader.rows(
        Count,
        "SELECT brand_id, queue_id, status, tier, assigned, sum(n)::bigint FROM tickets.tally"
        " WHERE status IN ('new', 'open', 'pending', 'hold') GROUP BY 1, 2, 3, 4, 5 HAVING sum(n) <> 0",
    )


async def used_files(reader: Reader, file_ids: list[str]) -> set[str]:
    """Which of these files some message, draft or held reply refers to."""
    found = await reader.fetch(
        "SELECT f.id FROM unnest($1::text[]) AS f (id), jsonb_build_array(jsonb_build_object('id', f.id)) AS wanted"
        " WHERE EXISTS (SELECT FROM tickets.message m WHERE m.attachments <> '[]' AND m.attachments @> wanted)"
        " OR EXISTS (SELECT FROM tickets.draft d WHERE d.attachments <> '[]' AND d.attachments @> wanted)"
        " OR EXISTS (SELECT FROM tickets.held_reply h WHERE h.attachments <> '[]' AND h.attachments @> wanted)",
        file_ids,
    )
    return {row[0] for row in found}
