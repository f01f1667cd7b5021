"""Whose ticket it is: given to a person, or put into a queue with its old rank."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Conflict, Event, Text, Tx
from playerdesk.tickets import rules
from playerdesk.tickets.events import ChatAccepted, TicketAssigned, TicketQueued
from playerdesk.tickets.standing import Line, Standing, Step, append, facts, lock, lock_one, save


class Assignment(msgspec.Struct, frozen=True):
    """Give this ticket to this person, because of `reason`; `by_id` None means the desk itself."""

    ticket_id: int
    person_id: int
    reason: str
    by_id: int | None = None
    if_unassigned: bool = True


_ACCEPT: LiteralString = """
    UPDATE tickets.session s SET accepted_at = $3, accepted_by = n.person_id
    FROM unnest($1::bigint[], $2::bigint[]) AS n (ticket_id, person_id)
    WHERE s.ticket_id = n.ticket_id AND s.accepted_at IS NULL AND s.ended_at IS NULL
    RETURNING s.ticket_id, s.id, s.started_at
"""


async def assign_many(tx: Tx, wishes: Sequence[Assignment], at: datetime) -> list[Assignment]:
    """Assign what is still to be had; returns those that took effect. A person's choice is never overridden."""
    standings = await lock(tx, [wish.ticket_id for wish in wishes])
    steps: list[Step] = []
    events: list[Event] = []
    done: list[Assignment] = []
    for wish in wishes:
        standing = standings.pop(wish.ticket_id, None)
        if standing is None or standing.status not in rules.OPEN or standing.assignee_id == wish.person_id:
            continue
        if wish.if_unassigned and standing.assignee_id is not None:
            continue
        step, event = _assigned(standing, wish, at)
        steps.append(step)
        events.append(event)
        done.append(wish)
    await save(tx, steps, at)
    events += await accept_chats(tx, [step.after for step in steps if step.after.live], at)
    if events:
        await tx.emit(*events)
    return done


def _assigned(standing: Standing, wish: Assignment, at: datetime) -> tuple[Step, Event]:
    after = rules.assigned(standing, wish.person_id, at)
    change = {"what": "assigned", "from": standing.assignee_id, "to": wish.person_id, "reason": wish.reason}
    author = "system" if wish.by_id is None else "staff"
    after, written = append(after, Line(kind="change", author=author, author_id=wish.by_id, change=change), at)
    waited = (at - (standing.waiting_since or at)).total_seconds()
    event = TicketAssigned(
        **facts(after, at), seq=written.seq, from_id=standing.assignee_id, by_id=wish.by_id,
        reason=wish.reason, waited_seconds=waited,
    )
    return Step(standing, after, [written]), event


async def accept_chats(tx: Tx, chats: list[Standing], at: datetime) -> list[Event]:
    """The live sessions that wait have found somebody; the player is told in the conversation."""
    if not chats:
        return []
    by_id = {chat.id: chat for chat in chats}
    rows = await tx.fetch(_ACCEPT, list(by_id), [chat.assignee_id for chat in chats], at)
    steps: list[Step] = []
    events: list[Event] = []
    for ticket_id, session_id, started_at in rows:
        before = by_id[ticket_id]
        line = Line(
            kind="change", author="system", public=True,
            change={"what": "chat_accepted", "by": before.assignee_id},
        )
        after, written = append(before, line, at)
        steps.append(Step(before, after, [written]))
        events.append(ChatAccepted(
            **facts(after, at), session_id=session_id, seq=written.seq,
            waited_seconds=(at - started_at).total_seconds(),
        ))
    await save(tx, steps, at)
    return events


async def assign(tx: Tx, ticket_id: int, person_id: int, by_id: int, expected: int | None, at: datetime) -> None:
    """A person assigns by hand; refused when somebody else was faster than the screen showed."""
    standing = await lock_one(tx, ticket_id)
    if standing.status not in rules.OPEN:
        raise Conflict("ticket_over", rules.OVER)
    if standing.assignee_id not in (expected, person_id):
        raise Conflict(
            "already_assigned",
            Text(zh="另一位同事刚刚接手了这张工单。", en="A colleague has just taken this ticket."),
            extra={"assigneeId": standing.assignee_id},
        )
    await assign_many(tx, [Assignment(ticket_id, person_id, "by_hand", by_id, if_unassigned=False)], at)


async def put_in_queue(
    tx: Tx, ticket_ids: Sequence[int], queue_id: int | None, reason: str, at: datetime, by_id: int | None = None
) -> None:
    """Nobody has these any more; they wait in the queue (None: the one they came from) with their old rank."""
    steps: list[Step] = []
    events: list[Event] = []
    for standing in (await lock(tx, ticket_ids)).values():
        if standing.status not in rules.OPEN:
            continue
        to = queue_id or standing.queue_id
        after = rules.queued(standing, to)
        what = "taken_back" if reason == "vanished" else "queue"
        change: dict[str, Any] = {
            "what": what, "from": standing.queue_id, "to": to, "person": standing.assignee_id, "reason": reason
        }
        author = "system" if by_id is None else "staff"
        after, written = append(after, Line(kind="change", author=author, author_id=by_id, change=change), at)
        steps.append(Step(standing, after, [written]))
        events.append(TicketQueued(
            **facts(after, at), seq=written.seq, from_queue_id=standing.queue_id,
            from_id=standing.assignee_id, reason=reason,
        ))
    await save(tx, steps, at)
    if events:
        await tx.emit(*events)
