"""What agents and rules do with a ticket: change, resolve, reopen, close, read, set its due time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.kernel import Conflict, Event, Refused, Text, Tx
from playerdesk.tickets import rules
from playerdesk.tickets.events import (
    MessagesRead,
    NoteAdded,
    TicketChanged,
    TicketClosed,
    TicketReopened,
    TicketResolved,
)
from playerdesk.tickets.standing import Line, Step, Written, append, facts, lock, lock_one, save

MERGED_AWAY = Text(
    zh="这张工单已合并到另一张，请在那一张上处理，或先取消合并。",
    en="This ticket was merged into another one. Work on that one, or undo the merge first.",
)


async def change_ticket(
    tx: Tx, ticket_id: int, by_id: int, at: datetime, *,
    category_id: int | None = None, priority: int | None = None, status: str | None = None,
) -> None:
    """Category, priority or status by hand; each change is a line in the timeline."""
    before = await lock_one(tx, ticket_id)
    after, written, what = before, [], []
    for name, column, value in (
        ("category", "category_id", category_id), ("priority", "priority", priority), ("status", "status", status)
    ):
        old = getattr(after, column)
        if value is None or value == old:
            continue
        if name == "status" and before.status not in rules.OPEN:
            raise Conflict("ticket_over", rules.OVER)
        after = replace(after, **{column: value})
        if name == "status":
            waits = None if value in ("pending", "hold") else (before.waiting_since or before.last_message_at)
            after = replace(after, waiting_since=waits)
        line = Line(kind="change", author="staff", author_id=by_id, change={"what": name, "from": old, "to": value})
        after, one = append(after, line, at)
        written.append(one)
        what.append(name)
    if not written:
        return
    after = replace(after, rank_at=rules.rank(after))
    await save(tx, [Step(before, after, written)], at)
    await tx.emit(TicketChanged(
        **facts(after, at), seq=after.seq, by_id=by_id, status_before=before.status, what=what
    ))


async def resolve(tx: Tx, ticket_id: int, by_id: int | None, solution: str, at: datetime) -> None:
    """The need is met; a live chat ends with it."""
    before = await lock_one(tx, ticket_id)
    after = rules.resolved(before, by_id, solution, at)
    if isinstance(after, Refused):
        raise after
    author = "system" if by_id is None else "staff"
    line = Line(
        kind="change", author=author, author_id=by_id, public=True,
        change={"what": "resolved", "solution": solution},
    )
    after, written = append(after, line, at)
    await save(tx, [Step(before, after, [written])], at)
    await tx.execute(
        "UPDATE tickets.session SET ended_at = $2, end_reason = 'resolved' WHERE ticket_id = $1 AND ended_at IS NULL",
        ticket_id, at,
    )
    await tx.emit(TicketResolved(
        **facts(after, at), seq=written.seq, by_id=by_id, status_before=before.status,
        resolution_seconds=(at - before.created_at).total_seconds(),
    ))


async def reopen(tx: Tx, ticket_id: int, by: str, by_id: int | None, at: datetime) -> None:
    """Open again, by the player within her window (checked by the channel) or by staff."""
    before = await lock_one(tx, ticket_id)
    if await tx.value("SELECT merged_into_id FROM tickets.ticket WHERE id = $1", ticket_id) is not None:
        raise Conflict("merged_away", MERGED_AWAY)
    after = rules.reopened(before, at)
    if isinstance(after, Refused):
        raise after
    line = Line(
        kind="change", author="system" if by == "player" else "staff", author_id=by_id, public=True,
        change={"what": "reopened", "by": by},
    )
    after, written = append(after, line, at)
    await save(tx, [Step(before, after, [written])], at)
    await tx.emit(TicketReopened(**facts(after, at), seq=written.seq, by=by, status_before=before.status))


async def close(tx: Tx, ticket_ids: Sequence[int], at: datetime) -> None:
    """The window to reopen is over; set-based."""
    steps: list[Step] = []
    events: list[Event] = []
    for before in (await lock(tx, ticket_ids)).values():
        if before.status != "resolved":
            continue
        after = replace(before, status="closed", closed_at=at)
        after, written = append(after, Line(kind="change", author="system", change={"what": "closed"}), at)
        steps.append(Step(before, after, [written]))
        events.append(TicketClosed(**facts(after, at), seq=written.seq, status_before="resolved"))
    await save(tx, steps, at)
    if events:
        await tx.emit(*events)


async def mark_read(tx: Tx, ticket_id: int, reader: str, number: int, at: datetime) -> None:
    """One side has seen the conversation up to `number`; going back is ignored."""
    before = await lock_one(tx, ticket_id)
    number = min(number, before.public_count)
    seen = before.player_read if reader == "player" else before.staff_read
    unread = before.player_unread if reader == "player" else before.staff_unread
    if number <= seen and not unread:
        return
    left = 0 if number >= before.public_count else min(unread, before.public_count - number)
    after = (
        replace(before, player_read=max(seen, number), player_unread=left)
        if reader == "player"
        else replace(before, staff_read=max(seen, number), staff_unread=left)
    )
    if after == before:
        return
    await save(tx, [Step(before, after, [])], at)
    await tx.emit(MessagesRead(**facts(after, at), reader=reader, number=number))


async def add_changes(tx: Tx, changes: Sequence[tuple[int, dict[str, Any]]], at: datetime) -> None:
    """Lines in the timelines by the desk itself, several for one ticket too. No event: the caller has its own."""
    before = await lock(tx, [ticket_id for ticket_id, _ in changes])
    after = dict(before)
    written: dict[int, list[Written]] = {}
    for ticket_id, change in changes:
        if ticket_id in after:
            after[ticket_id], line = append(after[ticket_id], Line(kind="change", author="system", change=change), at)
            written.setdefault(ticket_id, []).append(line)
    await save(tx, [Step(before[i], after[i], lines) for i, lines in sorted(written.items())], at)
    tx.unsaid.update(("ticket", ticket_id) for ticket_id in written)


async def retier(tx: Tx, tiers: Mapping[int, str], at: datetime) -> None:
    """Players (by id) have another tier now: what they wait for moves to its new place in line."""
    rows = await tx.fetch(
        "SELECT id FROM tickets.ticket WHERE player_id = ANY($1::bigint[])"
        " AND status IN ('new', 'open', 'pending', 'hold') ORDER BY id",
        list(tiers),
    )
    steps: list[Step] = []
    for before in (await lock(tx, [row[0] for row in rows])).values():
        after = replace(before, tier=tiers[before.player_id])
        if after.tier != before.tier:
            steps.append(Step(before, replace(after, rank_at=rules.rank(after)), []))
    await save(tx, steps, at)
    if steps:
        await tx.emit(*(
            TicketChanged(**facts(s.after, at), seq=s.after.seq, by_id=None, status_before=s.before.status, what=["tier"])
            for s in steps
        ))


async def add_note(tx: Tx, ticket_id: int, by_id: int, body: str, at: datetime) -> int:
    """A private note in the transaction of something else; returns its seq."""
    before = await lock_one(tx, ticket_id)
    line = Line(kind="note", author="staff", author_id=by_id, body=body[: rules.TEXT_LENGTH])
    after, written = append(before, line, at)
    await save(tx, [Step(before, after, [written])], at)
    await tx.emit(NoteAdded(**facts(after, at), seq=written.seq, author_id=by_id))
    return written.seq


class Due(msgspec.Struct, frozen=True):
    """The nearest target of a ticket, or none."""

    ticket_id: int
    due_at: datetime | None
    due_kind: str | None
    warn_at: datetime | None
    breached: bool


_SET_DUE: LiteralString = """
    UPDATE tickets.ticket t SET due_at = n.due_at, due_kind = n.due_kind, warn_at = n.warn_at, breached = n.breached
    FROM unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::timestamptz[], $5::boolean[])
        AS n (ticket_id, due_at, due_kind, warn_at, breached)
    WHERE t.id = n.ticket_id
"""


async def set_due(tx: Tx, dues: Sequence[Due]) -> None:
    """Write the nearest targets; silent, for it happens within somebody else's event."""
    await tx.execute(
        _SET_DUE, [d.ticket_id for d in dues], [d.due_at for d in dues], [d.due_kind for d in dues],
        [d.warn_at for d in dues], [d.breached for d in dues],
    )
    tx.unsaid.update(("ticket", d.ticket_id) for d in dues)


async def escalate(tx: Tx, ticket_ids: Sequence[int], at: datetime) -> None:
    """Put tickets on the team lead's list; once is enough."""
    await tx.execute(
        "UPDATE tickets.ticket SET escalated_at = $2, updated_at = $2"
        " WHERE id = ANY($1::bigint[]) AND escalated_at IS NULL",
        list(ticket_ids), at,
    )
    tx.unsaid.update(("ticket", ticket_id) for ticket_id in ticket_ids)


async def record_rating(tx: Tx, ticket_id: int, score: int, at: datetime) -> None:
    """Show the player's verdict in lists."""
    await tx.execute("UPDATE tickets.ticket SET rating = $2, updated_at = $3 WHERE id = $1", ticket_id, score, at)
