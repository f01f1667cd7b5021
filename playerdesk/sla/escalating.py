"""Taking the steps of an escalation chain: each once, at its time, unless the player was answered before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
import structlog

from playerdesk import tickets
from playerdesk.kernel import Database, Loop, Reactions, Reader, Tx, drain_due
from playerdesk.sla import queries
from playerdesk.sla.calendars import ALWAYS, add_open_seconds
from playerdesk.sla.chains import Action, ChainStep, Moment
from playerdesk.sla.events import ClockBreached, ClockEvent, ClockWarned
from playerdesk.sla.rules import Facts, service_channel
from playerdesk.tickets import Standing, TicketEvent

log = structlog.get_logger("sla")
reactions = Reactions("sla.escalating")

AT_ONCE = 100


class Escalated(TicketEvent, frozen=True, kw_only=True):
    """Somebody is told that a target is near or missed."""

    clock: str
    moment: str
    to_ids: list[int]

    def topics(self) -> list[str]:
        return [*super().topics(), *(f"agent:{person_id}" for person_id in self.to_ids)]


_PLAN: LiteralString = """
    INSERT INTO sla.escalation (ticket_id, clock, round, step, ring_at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::jsonb[], $5::timestamptz[]) ON CONFLICT DO NOTHING
"""

_CALENDARS: LiteralString = """
    SELECT c.ticket_id, c.kind, c.calendar_id FROM sla.clock c JOIN unnest($1::bigint[]) AS w (id) ON c.ticket_id = w.id
"""

ANYTHING: LiteralString = """
    SELECT (SELECT ring_at FROM sla.escalation WHERE ring_at IS NOT NULL ORDER BY ring_at LIMIT 1) <= $1
"""

_DUE: LiteralString = """
    SELECT e.id, e.ticket_id, e.clock, e.step, coalesce(c.ended_at IS NULL AND c.round = e.round, false), c.paused_at
    FROM sla.escalation e
    JOIN tickets.ticket t ON t.id = e.ticket_id
    LEFT JOIN sla.clock c ON c.ticket_id = e.ticket_id AND c.kind = e.clock
    WHERE e.ring_at <= $1 ORDER BY e.ring_at LIMIT 100 FOR UPDATE OF t, e SKIP LOCKED
"""

# While we wait for somebody else, nobody is to be hurried: looked at again in a minute.
_TAKEN: LiteralString = """
    UPDATE sla.escalation SET ring_at = CASE WHEN id = ANY($2::bigint[]) THEN $3::timestamptz + interval '1 minute' END,
        taken_at = CASE WHEN id = ANY($4::bigint[]) THEN $3::timestamptz END
    WHERE id = ANY($1::bigint[])
"""

# The assignee; her superior; the leads of her team, else those who work in the ticket's queue, else of its brand.
_WHO: LiteralString = """
    SELECT CASE $3::text
        WHEN 'person' THEN array(SELECT id FROM staff.person WHERE login = $4::text AND suspended_at IS NULL)
        WHEN 'assignee' THEN array(SELECT id FROM staff.person WHERE id = $1::bigint)
        WHEN 'superior' THEN array(SELECT superior_id FROM staff.person WHERE id = $1 AND superior_id IS NOT NULL)
        ELSE (
            SELECT coalesce(
                nullif(array(SELECT l.id FROM leads l JOIN staff.person a ON a.id = $1 AND a.team_id = l.team_id), '{}'),
                nullif(array(SELECT l.id FROM leads l JOIN staff.queue_member m ON m.person_id = l.id AND m.queue_id = $2), '{}'),
                array(SELECT l.id FROM leads l WHERE l.brand_ids = '{}' OR $5::bigint = ANY(l.brand_ids))
            )
            FROM (SELECT 1) AS one
        ) END
"""
_LEADS: LiteralString = """
    WITH leads AS (SELECT * FROM staff.person WHERE 'lead' = ANY(roles) AND suspended_at IS NULL)
"""


class _Due(msgspec.Struct, frozen=True):
    id: int
    ticket_id: int
    clock: str
    step: dict[str, Any]
    waits: bool
    paused_at: datetime | None


@reactions.within(ClockWarned)
async def begin_with_warnings(tx: Tx, batch: Sequence[ClockWarned]) -> None:
    """What the chain says about targets that are near."""
    await _begin(tx, batch, "warning")


@reactions.within(ClockBreached)
async def begin_with_breaches(tx: Tx, batch: Sequence[ClockBreached]) -> None:
    """What the chain says about targets that are missed."""
    await _begin(tx, batch, "breach")


async def _begin(tx: Tx, batch: Sequence[ClockEvent], moment: Moment) -> None:
    chains = await queries.chains(tx)
    wanted = [(event, step) for event in batch for step in chains.steps(_who(event), event.clock, moment)]
    if not wanted:
        return
    policy = await queries.policy(tx)
    ids = sorted({event.ticket_id for event, _ in wanted})
    calendars = {(row[0], row[1]): policy.calendar(row[2]) for row in await tx.fetch(_CALENDARS, ids)}
    await tx.execute(
        _PLAN, [event.ticket_id for event, _ in wanted], [event.clock for event, _ in wanted],
        [event.round for event, _ in wanted], [msgspec.to_builtins(step) for _, step in wanted],
        [
            add_open_seconds(calendars.get((event.ticket_id, event.clock), ALWAYS), event.at, step.after_seconds)
            for event, step in wanted
        ],
    )


def _who(event: ClockEvent) -> Facts:
    channel = service_channel(event.channel, live=event.live)
    return Facts(event.brand_id, channel, event.category_id, event.tier)


async def escalate_due(database: Database) -> int:
    """Take every step whose time has come; how many."""
    return await drain_due(database, ANYTHING, escalate_once, AT_ONCE)


async def escalate_once(tx: Tx, at: datetime) -> int:
    """One batch, step by step: they are few."""
    due = await tx.rows(_Due, _DUE, at)
    if not due:
        return 0
    taken: list[int] = []
    for one in due:
        standing = (await tickets.lock(tx, [one.ticket_id])).get(one.ticket_id)
        if one.waits and one.paused_at is None and standing is not None and standing.status in tickets.OPEN:
            await _take(tx, standing, one.clock, msgspec.convert(one.step, ChainStep), at)
            taken.append(one.id)
    later = [one.id for one in due if one.waits and one.paused_at is not None]
    await tx.execute(_TAKEN, [one.id for one in due], later, at, taken)
    return len(due)


async def _take(tx: Tx, standing: Standing, clock: str, step: ChainStep, at: datetime) -> None:
    told: set[int] = set()
    for action in step.do:
        if action.kind == "notify":
            told |= set(await _people(tx, standing, action))
        elif action.kind == "priority":
            await tickets.raise_priority(tx, [standing.id], at)
        else:
            await _requeue(tx, standing, action.queue or "", at)
    if told:
        # For those who lead, it is on their list as well.
        await tickets.escalate(tx, [standing.id], at)
        change = {"what": "escalated", "clock": clock, "at": step.at, "to": sorted(told)}
        await tickets.add_changes(tx, [(standing.id, change)], at)
        now_stands = (await tickets.lock(tx, [standing.id]))[standing.id]
        await tx.emit(Escalated(**tickets.facts(now_stands, at), clock=clock, moment=step.at, to_ids=sorted(told)))


async def _people(reader: Reader, standing: Standing, action: Action) -> list[int]:
    found: list[int] | None = await reader.value(
        _LEADS + _WHO, standing.assignee_id, standing.queue_id, action.who, action.person, standing.brand_id
    )
    return found or []


async def _requeue(tx: Tx, standing: Standing, key: str, at: datetime) -> None:
    queue_id: int | None = await tx.value("SELECT id FROM staff.queue WHERE key = $1", key)
    if queue_id is None:
        log.warning("an escalation names a queue that is gone", queue=key, ticket=standing.id)
    elif queue_id != standing.queue_id:
        await tickets.put_in_queue(tx, [standing.id], queue_id, "escalated", at)


LOOP = Loop("sla.escalate", 0.5, escalate_due)
