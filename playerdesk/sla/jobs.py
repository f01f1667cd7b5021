"""The worker's second hand: whatever is due for a warning or has been missed, four times a second."""

from datetime import datetime
from typing import LiteralString

from playerdesk import tickets
from playerdesk.kernel import Database, Loop, Tx, drain_due
from playerdesk.sla import escalating, queries, replanning
from playerdesk.sla.events import ClockWarned
from playerdesk.sla.machine import Clock
from playerdesk.sla.outcomes import Late, due_of, note_breaches
from playerdesk.sla.queries import CLOCK
from playerdesk.sla.rules import Watch

AT_ONCE = 500
"""As in the statement below."""

# Asked again and again, so planned for any moment: it must take the first entry of the index, whatever $1 is.
ANYTHING: LiteralString = """
    SELECT (SELECT ring_at FROM sla.clock WHERE ring_at IS NOT NULL ORDER BY ring_at LIMIT 1) < $1
"""

# The tickets are locked with their clocks, as everybody else does (ticket first); whoever is being
# worked on at this moment is passed over and looked at a second later.
RING: LiteralString = f"""
    WITH due AS (
        SELECT c.ticket_id AS due_ticket, c.kind AS due_kind
        FROM sla.clock c JOIN tickets.ticket t ON t.id = c.ticket_id
        WHERE c.ring_at < $1
        ORDER BY c.ring_at LIMIT 500
        FOR UPDATE OF t, c SKIP LOCKED
    )
    UPDATE sla.clock SET
        state = CASE WHEN due_at < $1 THEN 'breached' ELSE state END,
        ring_at = CASE WHEN due_at < $1 THEN NULL ELSE due_at END
    FROM due WHERE ticket_id = due_ticket AND kind = due_kind AND ring_at < $1
    RETURNING {CLOCK}
"""


async def ring(database: Database) -> int:
    """Warn and breach all that is due by now; returns how many clocks rang."""
    return await drain_due(database, ANYTHING, ring_once, AT_ONCE)


async def ring_once(tx: Tx, at: datetime) -> int:
    """One batch; the statements are as many for one clock as for five hundred."""
    rang = await tx.rows(Clock, RING, at)
    if not rang:
        return 0
    standings = await tickets.lock(tx, [clock.ticket_id for clock in rang])
    late = [clock for clock in rang if clock.state == "breached"]
    if late:
        await _show_as_late(tx, [clock.ticket_id for clock in late])
        await note_breaches(tx, [Late(tickets.facts(standings[c.ticket_id], at), c) for c in late], at)
    warned = [clock for clock in rang if clock.state != "breached"]
    if warned:
        await tx.emit(*(
            ClockWarned(
                **tickets.facts(standings[c.ticket_id], at), clock=c.kind, round=c.round,
                target_seconds=c.target_seconds, due_at=c.due_at,
            )
            for c in warned
        ))
    return len(rang)


async def _show_as_late(tx: Tx, ticket_ids: list[int]) -> None:
    policy = await queries.policy(tx)
    rows: dict[int, list[Clock]] = {}
    for row in await queries.clock_rows(tx, ticket_ids):
        rows.setdefault(row.ticket_id, []).append(row)
    await tickets.set_due(tx, [due_of(Watch(ticket_id, clocks, policy)) for ticket_id, clocks in rows.items()])


# An empty look takes 0.1 ms; looking this often leaves even the unluckiest three quarters of a second for the rest.
LOOPS = (
    Loop("sla.ring", 0.25, ring, punctual=True),
    replanning.LOOP,
    escalating.LOOP,
)
