"""A ticket played back from its timeline: what happened to it, and how it stood then. Pure.

Who had it, its queue, category, priority, tags, verdict and what was said are told by the timeline and undone line by
line. Of the rest only today's value is known; `UNKNOWN` names those fields, and whoever asks is told.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from playerdesk.rules.fields import Case

UNKNOWN = frozenset({
    "tier", "due", "due_kind", "breached", "escalated", "snoozed", "unread", "waiting_since", "first_response", "solution",
    "reopened", "assigned", "updated", "closed",
})
_COLUMNS = {
    "assigned": "assignee_id", "queue": "queue_id", "category": "category_id", "priority": "priority", "status": "status",
    "tags": "tags", "rated": "rating",
}
_EVENTS = {
    "assigned": "assigned", "queue": "queued", "category": "changed", "priority": "changed", "status": "changed",
    "tags": "changed", "resolved": "resolved", "reopened": "reopened", "rated": "rated", "breached": "breached",
}


class Line(msgspec.Struct, frozen=True):
    """One line of a timeline."""

    ticket_id: int
    seq: int
    kind: str
    author: str
    body: str
    change: dict[str, Any] | None
    at: datetime


def happenings(today: Case, newest_first: Sequence[Line]) -> Iterator[tuple[str, datetime, Case]]:
    """What happened, the newest first: which event, when, and the ticket as it stood right after it."""
    stood = today
    for line in newest_first:
        what = str((line.change or {}).get("what", "")) if line.kind == "change" else ""
        event = _event(line, what)
        after = msgspec.structs.replace(stood, last_message_at=min(stood.last_message_at, line.at), updated_at=line.at)
        if line.kind == "message":
            after = _spoken(after, line)
        if event is not None:
            yield event, line.at, after
        stood = after
        # What was settled while it was opened, such as who has it, rules see already.
        if what and line.at > today.created_at:
            stood = _undone(stood, what, line.change or {})


def _event(line: Line, what: str) -> str | None:
    if line.kind == "message":
        if line.author == "system":
            return None
        return "opened" if line.seq == 1 else f"{line.author}_message"
    return _EVENTS.get(what) or ("changed" if what.startswith("field.") else None)


def _spoken(stood: Case, line: Line) -> Case:
    """As it was when this was said: what comes after a message decides whose turn it is."""
    if line.author == "system":
        return stood
    status = "open" if line.author == "player" or stood.live else "pending"
    if line.seq == 1:
        status = "open" if stood.assignee_id is not None else "new"
    over = {"resolved_at": None, "closed_at": None} if stood.resolved_at is not None and stood.resolved_at > line.at else {}
    return msgspec.structs.replace(
        stood, said=line.body, preview=line.body[:200], last_author=line.author, last_message_at=line.at, status=status, **over
    )


def _undone(stood: Case, what: str, change: dict[str, Any]) -> Case:
    if what == "resolved":
        return msgspec.structs.replace(stood, status="open", resolved_at=None, solution=None)
    if what == "reopened":
        return msgspec.structs.replace(stood, status="resolved")
    if what.startswith("field."):
        return msgspec.structs.replace(stood, fields={**stood.fields, what[6:]: change.get("from")})
    column = _COLUMNS.get(what)
    if column is None or "from" not in change:
        return stood
    before: dict[str, Any] = {column: change["from"] if column != "tags" else list(change["from"] or ())}
    if what == "queue":
        before["assignee_id"] = change.get("person")
    return msgspec.structs.replace(stood, **before)
