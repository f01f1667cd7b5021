"""What a player sees of a ticket, and nothing more: no notes, no staff ids, no internal states."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from playerdesk.brands import Brand
from playerdesk.channels.chat.places import Place
from playerdesk.kernel.files_links import linked
from playerdesk.tickets import Detail, Entry, TicketRow, plain_text

NOTICES = frozenset({
    "chat_accepted", "chat_ended", "nobody_on_duty", "resolved", "reopened", "merged", "unmerged", "split_off", "split_from",
})


class PlayerMessage(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the conversation; `number` is 1, 2, 3 … without gaps."""

    ticket_id: int
    number: int
    author: str
    author_name: str | None
    body: str
    attachments: list[dict[str, Any]]
    client_key: str | None
    created_at: datetime
    notice: str | None
    notice_data: dict[str, Any] | None


class Rated(msgspec.Struct, frozen=True):
    """The verdict as the player gave it."""

    score: int


class PlayerTicket(msgspec.Struct, frozen=True, rename="camel"):
    """Where the matter stands, in the player's words."""

    id: int
    category_key: str | None
    subject: str
    channel: str
    live: bool
    status: str
    stage: str
    created_at: datetime
    updated_at: datetime
    preview: str
    unread: int
    last_number: int
    staff_read: int
    can_rate: bool
    can_reopen: bool
    reopen_until: datetime | None
    rating: Rated | None
    agent_name: str | None
    expected_answer_at: datetime | None
    server_name: str | None
    character_name: str | None
    stage_text: dict[str, str] | None = None
    """Where it stands in the words of those who work on it, when a process of several steps is under way."""
    continued_in: int | None = None
    """The ticket of hers in which this one goes on; what she writes here is said there."""
    rejected: dict[str, str] | None = None


class PlayerTickets(msgspec.Struct, frozen=True):
    """The player's newest tickets."""

    tickets: list[PlayerTicket]


class PlayerMessages(msgspec.Struct, frozen=True):
    """Messages, oldest first."""

    messages: list[PlayerMessage]


class Conversation(msgspec.Struct, frozen=True):
    """A ticket with its newest messages; `place` while it is a live chat."""

    ticket: PlayerTicket
    messages: list[PlayerMessage]
    place: Place | None


class Unread(msgspec.Struct, frozen=True):
    """How many answers the player has not seen."""

    unread: int


def stage(ticket: TicketRow) -> str:
    """Where it stands: submitted, assigned, processing, replied, resolved, closed."""
    if ticket.status in ("resolved", "closed"):
        return ticket.status
    if ticket.last_author == "staff" and ticket.waiting_since is None:
        return "replied"
    if ticket.first_response_at is not None:
        return "processing"
    return "assigned" if ticket.assignee_id is not None else "submitted"


def player_ticket(
    ticket: Detail, category_keys: Mapping[int, str], names: Mapping[int, str], brand: Brand | None, at: datetime
) -> PlayerTicket:
    """The player's view of a ticket."""
    days, modules = (brand.reopen_days, brand.modules) if brand else (7, {})
    until = ticket.resolved_at + timedelta(days=days) if ticket.resolved_at and modules.get("reopening", True) else None
    over = ticket.status in ("resolved", "closed")
    open_target = ticket.due_kind in ("first", "next") and ticket.waiting_since is not None and not over
    return PlayerTicket(
        id=ticket.id,
        category_key=category_keys.get(ticket.category_id or 0),
        subject=ticket.subject,
        channel=ticket.channel,
        live=ticket.live,
        status=ticket.status,
        stage=stage(ticket),
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        preview=ticket.preview,
        unread=ticket.player_unread,
        last_number=ticket.public_count,
        staff_read=ticket.staff_read,
        can_rate=(
            over and ticket.rating is None and ticket.merged_into_id is None and modules.get("rating", True)
        ),
        can_reopen=ticket.status == "resolved" and until is not None and at <= until,
        reopen_until=until if ticket.status == "resolved" else None,
        rating=None if ticket.rating is None else Rated(ticket.rating),
        agent_name=names.get(ticket.assignee_id or 0),
        expected_answer_at=ticket.due_at if open_target else None,
        server_name=ticket.server_name,
        character_name=ticket.character_name,
        stage_text=ticket.stage if not over else None,
        continued_in=ticket.merged_into_id,
    )


def player_message(entry: Entry, names: Mapping[int, str]) -> PlayerMessage:
    """The player's view of an entry she may see."""
    change = entry.change or {}
    what = change.get("what")
    agent = change.get("by") if what == "chat_accepted" else None
    return PlayerMessage(
        ticket_id=entry.ticket_id,
        number=entry.number or 0,
        author="system" if entry.kind == "change" else entry.author,
        author_name=names.get(entry.author_id or 0) if entry.author == "staff" else None,
        body=entry.body if entry.author == "player" else plain_text(entry.body),
        attachments=linked(entry.attachments, "player"),
        client_key=entry.client_key if entry.author == "player" else None,
        created_at=entry.created_at,
        notice=what if what in NOTICES else None,
        notice_data={"agentName": names.get(agent or 0)} if agent else _other_ticket(change),
    )


def _other_ticket(change: Mapping[str, Any]) -> dict[str, Any] | None:
    """Which ticket of hers a merge or split speaks of."""
    what = change.get("what")
    if what in ("merged", "split_off"):
        return {"ticketId": change["to"]}
    return {"ticketId": change["from"]} if what in ("unmerged", "split_from") else None
