"""Putting a ticket to sleep until a moment, and waking it: on time and once, or at once when the player writes.

Asleep is a kind of hold: the clocks pause with the status, and whoever takes the ticket off hold wakes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

from msgspec.structs import replace

from playerdesk.kernel import Conflict, Database, Reactions, Rejected, Text, Tx, drain, now
from playerdesk.tickets import rules
from playerdesk.tickets.craft.marks import by_hand
from playerdesk.tickets.events import MessagePosted, TicketChanged, TicketResolved
from playerdesk.tickets.handling import add_changes
from playerdesk.tickets.standing import Line, Step, append, facts, lock, lock_one, save

reactions = Reactions("tickets.craft")

LONGEST = timedelta(days=366)
AT_ONCE = 200
NOT_AHEAD = Text(zh="请选择将来的时间。", en="Choose a time that is still to come.")
TOO_FAR = Text(zh="最多可以暂缓一年。", en="A year ahead, at most.")
LIVE = Text(zh="玩家正在在线会话中等待，不能暂缓；请先结束会话。", en="The player is in a live chat. End it before you snooze.")

_DUE: LiteralString = """
    SELECT id FROM tickets.ticket WHERE snoozed_until <= $1
    ORDER BY snoozed_until LIMIT 200 FOR UPDATE SKIP LOCKED
"""

_FORGET: LiteralString = """
    UPDATE tickets.ticket SET snoozed_until = NULL WHERE id = ANY($1::bigint[]) AND snoozed_until IS NOT NULL RETURNING id
"""


async def snooze(tx: Tx, ticket_id: int, until: datetime, by_id: int, at: datetime) -> None:
    """Asleep until then; said again with another time, it sleeps until that."""
    if until <= at:
        raise Rejected("not_ahead", NOT_AHEAD, fields={"until": NOT_AHEAD})
    if until > at + LONGEST:
        raise Rejected("too_far", TOO_FAR, fields={"until": TOO_FAR})
    before = await lock_one(tx, ticket_id)
    if before.status not in rules.OPEN:
        raise Conflict("ticket_over", rules.OVER)
    if before.live:
        raise Conflict("live_chat", LIVE)
    if await tx.value("SELECT snoozed_until = $2 FROM tickets.ticket WHERE id = $1", ticket_id, until):
        return
    after = replace(before, status="hold", waiting_since=None)
    after = replace(after, rank_at=rules.rank(after))
    after, line = append(after, by_hand(by_id, {"what": "snoozed", "until": until}), at)
    await save(tx, [Step(before, after, [line])], at)
    await tx.execute("UPDATE tickets.ticket SET snoozed_until = $2 WHERE id = $1", ticket_id, until)
    await tx.emit(TicketChanged(
        **facts(after, at), seq=line.seq, by_id=by_id, status_before=before.status, what=["status", "snoozed"]
    ))


async def wake(tx: Tx, ticket_ids: Sequence[int], by_id: int | None, at: datetime) -> int:
    """Our turn again, from now unless the player has waited since her last word. Those awake stay as they are."""
    asleep = [row[0] for row in await tx.fetch(_FORGET, list(ticket_ids))]
    steps: list[Step] = []
    for before in (await lock(tx, asleep)).values():
        if before.status != "hold":
            continue
        waits = before.last_message_at if before.last_author == "player" else at
        after = replace(before, status="open", waiting_since=waits)
        after = replace(after, rank_at=rules.rank(after))
        change = {"what": "woken", "why": "time" if by_id is None else "hand"}
        line = Line(kind="change", author="system" if by_id is None else "staff", author_id=by_id, change=change)
        after, written = append(after, line, at)
        steps.append(Step(before, after, [written]))
    await save(tx, steps, at)
    if steps:
        await tx.emit(*(
            TicketChanged(
                **facts(step.after, at), seq=step.after.seq, by_id=by_id, status_before="hold", what=["status", "woken"]
            )
            for step in steps
        ))
    return len(steps)


async def wake_due(database: Database, at: datetime | None = None) -> int:
    """What was to wake by now. A clock put back wakes nothing twice: who is awake has no time any more."""

    async def wake_some(tx: Tx) -> int:
        moment = at or now()
        due = [row[0] for row in await tx.fetch(_DUE, moment)]
        if due:
            await wake(tx, due, None, moment)
        return len(due)

    return await drain(database, wake_some, AT_ONCE)


@reactions.within(MessagePosted)
async def wake_when_the_player_writes(tx: Tx, events: Sequence[MessagePosted]) -> None:
    """Only what was on hold can have slept, so the many other messages cost nothing."""
    held = [e for e in events if e.author == "player" and e.status_before == "hold"]
    if held:
        woken = [row[0] for row in await tx.fetch(_FORGET, [e.ticket_id for e in held])]
        await add_changes(tx, [(i, {"what": "woken", "why": "player"}) for i in woken], held[0].at)


@reactions.within(TicketChanged)
async def wake_when_taken_off_hold(tx: Tx, events: Sequence[TicketChanged]) -> None:
    """Somebody chose another status by hand."""
    left = [e.ticket_id for e in events if e.status_before == "hold" and e.status != "hold"]
    if left:
        await tx.fetch(_FORGET, left)


@reactions.within(TicketResolved)
async def wake_when_resolved(tx: Tx, events: Sequence[TicketResolved]) -> None:
    """What is over does not sleep."""
    left = [e.ticket_id for e in events if e.status_before == "hold"]
    if left:
        await tx.fetch(_FORGET, left)
