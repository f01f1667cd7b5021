"""Writing the clocks of a batch, and telling what became of them: one statement each, whatever its size."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Tx
from playerdesk.sla.events import ClockBreached, ClockStopped
from playerdesk.sla.machine import Clock, Stopped
from playerdesk.sla.rules import Watch, nearest
from playerdesk.tickets import Due, FirstTarget, TicketEvent, add_changes, escalate, set_due

_SAVE: LiteralString = """
    INSERT INTO sla.clock (
        ticket_id, kind, round, target_seconds, warn_fraction, calendar_id, state, started_at, due_at, warn_at,
        paused_at, paused_late_seconds, ended_at, ring_at, pauses
    )
    SELECT ticket_id, kind, round, target_seconds, warn_fraction, calendar_id, state, started_at, due_at, warn_at,
           paused_at, paused_late_seconds, ended_at, ring_at, pauses::timestamptz[]
    FROM unnest(
        $1::bigint[], $2::text[], $3::int[], $4::int[], $5::float8[], $6::bigint[], $7::text[], $8::timestamptz[],
        $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::float8[], $13::timestamptz[],
        $14::timestamptz[], $15::text[]
    ) AS c (
        ticket_id, kind, round, target_seconds, warn_fraction, calendar_id, state, started_at, due_at, warn_at,
        paused_at, paused_late_seconds, ended_at, ring_at, pauses
    )
    ON CONFLICT (ticket_id, kind) DO UPDATE SET
        round = excluded.round, target_seconds = excluded.target_seconds, warn_fraction = excluded.warn_fraction,
        calendar_id = excluded.calendar_id, state = excluded.state, started_at = excluded.started_at,
        due_at = excluded.due_at, warn_at = excluded.warn_at, paused_at = excluded.paused_at,
        paused_late_seconds = excluded.paused_late_seconds, ended_at = excluded.ended_at, ring_at = excluded.ring_at,
        pauses = excluded.pauses
"""

# Why: somebody has it; nobody has it though people are there; nobody is there.
_NOTE: LiteralString = """
    INSERT INTO sla.breach (ticket_id, clock, round, due_at, noticed_at, assignee_id, queue_id, why)
    SELECT b.ticket_id, b.clock, b.round, b.due_at, $7, b.assignee_id, b.queue_id,
           CASE WHEN b.assignee_id IS NOT NULL THEN 'with_agent'
                WHEN EXISTS (
                    SELECT FROM staff.presence p WHERE p.state = 'online' AND (b.queue_id IS NULL OR EXISTS (
                        SELECT FROM staff.queue_member m
                        WHERE m.person_id = p.person_id AND m.queue_id = b.queue_id))
                ) THEN 'waiting_in_queue'
                ELSE 'nobody_on_duty' END
    FROM unnest($1::bigint[], $2::text[], $3::int[], $4::timestamptz[], $5::bigint[], $6::bigint[])
        WITH ORDINALITY AS b (ticket_id, clock, round, due_at, assignee_id, queue_id, place)
    ORDER BY b.place
    RETURNING why
"""


class Late(msgspec.Struct, frozen=True):
    """A clock that has just been missed, and the facts of its ticket for the event."""

    facts: dict[str, Any]
    clock: Clock


def facts_of(event: TicketEvent) -> dict[str, Any]:
    """What an event says about its ticket, for the event that follows from it."""
    return {name: getattr(event, name) for name in TicketEvent.__struct_fields__}


def due_of(watch: Watch) -> Due:
    """The nearest target of a ticket, as `tickets` wants it."""
    first = nearest(watch.clocks.values())
    if first is None:
        return Due(watch.ticket_id, None, None, None, breached=False)
    return Due(watch.ticket_id, first.due_at, first.kind, first.warn_at, first.breached)


def first_target(watch: Watch) -> FirstTarget | None:
    """The nearest target of a ticket that is being opened."""
    first = nearest(watch.clocks.values())
    return None if first is None else FirstTarget(first.due_at, first.kind, first.warn_at)


async def save_clocks(tx: Tx, watches: Sequence[Watch]) -> None:
    """Write the clocks that changed: one statement, or none."""
    changed = [clock for watch in watches for clock in watch.changed()]
    if changed:
        columns = list(map(list, zip(*map(msgspec.structs.astuple, changed), strict=True)))
        columns[-1] = [None if clock.pauses is None else _array(clock.pauses) for clock in changed]
        await tx.execute(_SAVE, *columns)


async def save(tx: Tx, watches: Sequence[Watch]) -> None:
    """Write the clocks that changed and the due times that moved: two statements, or none."""
    await save_clocks(tx, watches)
    moved = [due_of(watch) for watch in watches if watch.due_changed()]
    if moved:
        await set_due(tx, moved)


def _array(moments: Sequence[datetime]) -> str:
    """As PostgreSQL writes an array, for a statement cannot be given arrays of arrays."""
    return "{" + ",".join(moment.isoformat() for moment in moments) + "}"


async def tell(tx: Tx, stopped: Sequence[tuple[TicketEvent, Stopped]]) -> None:
    """Say that clocks were stopped."""
    if stopped:
        await tx.emit(*(
            ClockStopped(
                **facts_of(event), clock=one.clock.kind, round=one.clock.round,
                target_seconds=one.clock.target_seconds, due_at=one.clock.due_at, met=one.met,
                took_seconds=round(one.took_seconds, 6),
            )
            for event, one in stopped
        ))


async def note_breaches(tx: Tx, late: Sequence[Late], at: datetime) -> None:
    """A target was missed: written down with the reason, put on the lead's list, told."""
    if not late:
        return
    clocks = [one.clock for one in late]
    whys = await tx.fetch(
        _NOTE, [c.ticket_id for c in clocks], [c.kind for c in clocks], [c.round for c in clocks],
        [c.due_at for c in clocks], [one.facts["assignee_id"] for one in late],
        [one.facts["queue_id"] for one in late], at,
    )
    await escalate(tx, [clock.ticket_id for clock in clocks], at)
    await add_changes(tx, [(clock.ticket_id, {"what": "breached", "clock": clock.kind}) for clock in clocks], at)
    await tx.emit(*(
        ClockBreached(
            **one.facts, clock=one.clock.kind, round=one.clock.round, target_seconds=one.clock.target_seconds,
            due_at=one.clock.due_at, why=why[0],
        )
        for one, why in zip(late, whys, strict=True)
    ))
