"""What the desk does to tickets by itself (a rule, a process): any number of deeds, a few statements.

Each is a line in the timeline by "system" that names its cause: {"rule": {"key", "name"}}. What makes no sense any
more (the ticket is over, nothing would change) is skipped and told, never raised: nobody sits there to be refused.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Event, Refused, Text, Tx, encode_text
from playerdesk.tickets import rules
from playerdesk.tickets.assignment import accept_chats
from playerdesk.tickets.events import (
    MessagePosted,
    NoteAdded,
    TicketAssigned,
    TicketChanged,
    TicketQueued,
    TicketResolved,
)
from playerdesk.tickets.plain import plain_text
from playerdesk.tickets.standing import Line, Standing, Step, Written, append, facts, lock, save
from playerdesk.tickets.tags import LONGEST_TAG, MOST_TAGS, remember_tags

Do = Literal["assign", "queue", "category", "priority", "status", "resolve", "tag", "note", "reply", "field"]

OVER = Text(zh="工单已结束", en="The ticket is over")
MERGED = Text(zh="工单已合并到另一张", en="The ticket was merged into another one")
GONE = Text(zh="工单已不存在", en="The ticket is gone")


class Deed(msgspec.Struct, frozen=True):
    """One thing to do.

    `to`: a person, queue or category by number, a priority, a status, a text; for a tag {"add": […], "remove": […]}, for a
    field (key, value).
    """

    ticket_id: int
    do: Do
    to: Any
    cause: dict[str, Any]


class Outcome(msgspec.Struct, frozen=True):
    """What became of it: done, same (it was so already), or skipped and why."""

    what: Literal["done", "same", "skipped"]
    why: Text | None = None


_DONE, _SAME = Outcome("done"), Outcome("same")

_SIDE: LiteralString = "SELECT id, tags, fields, merged_into_id FROM tickets.ticket WHERE id = ANY($1::bigint[])"
_KEEP_SIDE: LiteralString = """
    UPDATE tickets.ticket t SET tags = ARRAY(SELECT jsonb_array_elements_text(n.tags::jsonb)), fields = n.fields
    FROM unnest($1::bigint[], $2::text[], $3::jsonb[]) AS n (id, tags, fields) WHERE t.id = n.id
"""
_END_CHATS: LiteralString = """
    UPDATE tickets.session SET ended_at = $2, end_reason = 'resolved' WHERE ticket_id = ANY($1::bigint[]) AND ended_at IS NULL
"""


class _Fold:
    """One ticket while its deeds go over it."""

    def __init__(self, standing: Standing, side: Any, at: datetime) -> None:
        self.before = self.now = standing
        self.tags: list[str] = list(side[1])
        self.fields: dict[str, Any] = dict(side[2])
        self.merged = side[3] is not None
        self.at = at
        self.written: list[Written] = []
        self.events: list[Event] = []
        self.side_changed = False
        self.new_tags: list[str] = []

    def do(self, deed: Deed) -> Outcome:
        if self.merged:
            return Outcome("skipped", MERGED)
        if self.now.status not in rules.OPEN and deed.do not in ("tag", "note", "field"):
            return Outcome("skipped", OVER)
        return _DOING[deed.do](self, deed)

    def _line(self, deed: Deed, change: dict[str, Any], *, public: bool = False) -> int:
        line = Line(kind="change", author="system", public=public, change={**change, **deed.cause})
        self.now, written = append(self.now, line, self.at)
        self.written.append(written)
        return written.seq

    def _changed(self, deed: Deed, name: str, old: Any, new: Any, status_before: str) -> Outcome:
        seq = self._line(deed, {"what": name, "from": old, "to": new})
        self.events.append(TicketChanged(
            **facts(self.now, self.at), seq=seq, by_id=None, status_before=status_before, what=[name]
        ))
        return _DONE

    def column(self, deed: Deed, name: str, column: str) -> Outcome:
        old, status = getattr(self.now, column), self.now.status
        if old == deed.to:
            return _SAME
        self.now = replace(self.now, **{column: deed.to})
        if column == "status":
            waits = None if deed.to in ("pending", "hold") else (self.now.waiting_since or self.now.last_message_at)
            self.now = replace(self.now, waiting_since=waits)
        self.now = replace(self.now, rank_at=rules.rank(self.now))
        return self._changed(deed, name, old, deed.to, status)

    def assign(self, deed: Deed) -> Outcome:
        before = self.now
        if before.assignee_id == deed.to:
            return _SAME
        self.now = rules.assigned(before, deed.to, self.at)
        seq = self._line(deed, {"what": "assigned", "from": before.assignee_id, "to": deed.to, "reason": "rule"})
        waited = (self.at - (before.waiting_since or self.at)).total_seconds()
        self.events.append(TicketAssigned(
            **facts(self.now, self.at), seq=seq, from_id=before.assignee_id, by_id=None, reason="rule", waited_seconds=waited
        ))
        return _DONE

    def queue(self, deed: Deed) -> Outcome:
        before = self.now
        if before.queue_id == deed.to and before.assignee_id is None:
            return _SAME
        self.now = rules.queued(before, deed.to)
        seq = self._line(deed, {"what": "queue", "from": before.queue_id, "to": deed.to, "person": before.assignee_id,
                                "reason": "rule"})
        self.events.append(TicketQueued(
            **facts(self.now, self.at), seq=seq, from_queue_id=before.queue_id, from_id=before.assignee_id, reason="rule"
        ))
        return _DONE

    def resolve(self, deed: Deed) -> Outcome:
        before = self.now
        after = rules.resolved(before, None, deed.to, self.at)
        if isinstance(after, Refused):
            return Outcome("skipped", after.message)
        self.now = after
        seq = self._line(deed, {"what": "resolved", "solution": deed.to}, public=True)
        self.events.append(TicketResolved(
            **facts(self.now, self.at), seq=seq, by_id=None, status_before=before.status,
            resolution_seconds=(self.at - before.created_at).total_seconds(),
        ))
        return _DONE

    def tag(self, deed: Deed) -> Outcome:
        add = [tag[:LONGEST_TAG] for tag in deed.to.get("add", ()) if tag not in self.tags]
        gone = [tag for tag in deed.to.get("remove", ()) if tag in self.tags]
        kept = [tag for tag in self.tags if tag not in gone]
        add = add[: max(0, MOST_TAGS - len(kept))]
        if not add and not gone:
            return _SAME
        old, self.tags, self.side_changed = self.tags, [*kept, *add], True
        self.new_tags += add
        return self._changed(deed, "tags", old, self.tags, self.now.status)

    def field(self, deed: Deed) -> Outcome:
        key, value = deed.to
        if self.fields.get(key) == value:
            return _SAME
        old, self.fields[key], self.side_changed = self.fields.get(key), value, True
        return self._changed(deed, f"field.{key}", old, value, self.now.status)

    def note(self, deed: Deed) -> Outcome:
        line = Line(kind="note", author="system", body=deed.to[: rules.TEXT_LENGTH], change=deed.cause)
        self.now, written = append(self.now, line, self.at)
        self.written.append(written)
        self.events.append(NoteAdded(**facts(self.now, self.at), seq=written.seq, author_id=None))
        return _DONE

    def reply(self, deed: Deed) -> Outcome:
        """Said by the desk: the player reads it, and she goes on waiting for a person."""
        before = self.now
        shown = rules.preview_of(plain_text(deed.to), 0)
        line = Line(kind="message", author="system", public=True, body=deed.to[: rules.TEXT_LENGTH], change=deed.cause)
        self.now, written = append(replace(before, player_unread=before.player_unread + 1, preview=shown), line, self.at)
        self.written.append(written)
        self.events.append(MessagePosted(
            **facts(self.now, self.at), seq=written.seq, number=written.number or 0, author="system", author_id=None,
            status_before=before.status, first_response=False, waited_seconds=None,
        ))
        return _DONE


_DOING: dict[str, Callable[[_Fold, Deed], Outcome]] = {
    "assign": _Fold.assign, "queue": _Fold.queue, "resolve": _Fold.resolve, "tag": _Fold.tag, "note": _Fold.note,
    "reply": _Fold.reply, "field": _Fold.field,
    "category": lambda fold, deed: fold.column(deed, "category", "category_id"),
    "priority": lambda fold, deed: fold.column(deed, "priority", "priority"),
    "status": lambda fold, deed: fold.column(deed, "status", "status"),
}


async def carry_out(tx: Tx, deeds: Sequence[Deed], at: datetime) -> list[Outcome]:
    """Do all of it, ticket by ticket in the order given; what became of each."""
    standings = await lock(tx, [deed.ticket_id for deed in deeds])
    sides = {row[0]: row for row in await tx.fetch(_SIDE, list(standings))}
    folds = {ticket_id: _Fold(standing, sides[ticket_id], at) for ticket_id, standing in standings.items()}
    outcomes = [folds[deed.ticket_id].do(deed) if deed.ticket_id in folds else Outcome("skipped", GONE) for deed in deeds]
    await save(tx, [Step(fold.before, fold.now, fold.written) for fold in folds.values() if fold.written], at)
    aside = [fold for fold in folds.values() if fold.side_changed]
    if aside:
        await tx.execute(_KEEP_SIDE, [f.before.id for f in aside], [encode_text(f.tags) for f in aside], [f.fields for f in aside])
        await remember_tags(tx, [tag for fold in aside for tag in fold.new_tags])
    ended = [fold.before.id for fold in folds.values() if fold.now.status == "resolved" and fold.before.status in rules.OPEN]
    if ended:
        await tx.execute(_END_CHATS, ended, at)
    events = [event for fold in folds.values() for event in fold.events]
    taken = [f.now for f in folds.values() if f.now.live and f.now.assignee_id not in (None, f.before.assignee_id)]
    events += await accept_chats(tx, taken, at)
    if events:
        await tx.emit(*events)
    return outcomes
