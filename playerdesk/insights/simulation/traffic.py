"""What came in the last days, how much work it was, and who was there: read from the desk's own record."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

import msgspec

from playerdesk.insights.simulation.queueing import Arrival, Shift
from playerdesk.kernel import Reader

DAYS = 30
MOST = 200_000
"""Arrivals; of busier desks as many of the last days as fit."""
LEAST_WORK, MOST_WORK = 10.0, 1_800.0
UNKNOWN_WORK = 300.0


class Traffic(msgspec.Struct, frozen=True):
    """All that a simulation needs, and what it stands on."""

    arrivals: list[Arrival]
    shifts: list[Shift]
    began: datetime
    hours: list[float]
    """Arrivals in each hour of the day, on an average day."""
    staff: list[float]
    """How many were there in each hour of the day, on average."""
    days: float
    measured: int
    """Arrivals whose work was measured; the others' was drawn from these."""
    presence_known: bool


# What is promised is what stands on the ticket's own first clock.
_ARRIVALS: LiteralString = """
    SELECT t.created_at, t.tier, t.live OR t.channel = 'chat', coalesce(t.queue_id, 0),
           CASE WHEN t.channel = 'chat' THEN (
                SELECT extract(epoch FROM s.ended_at - s.accepted_at) FROM tickets.session s
                WHERE s.ticket_id = t.id AND s.accepted_at IS NOT NULL AND s.ended_at IS NOT NULL ORDER BY s.id LIMIT 1
           ) ELSE extract(epoch FROM t.first_response_at - t.assigned_at) END::float8,
           coalesce((SELECT c.target_seconds FROM sla.clock c WHERE c.ticket_id = t.id AND c.kind = 'first'), 0)
    FROM tickets.ticket t
    WHERE t.brand_id = ANY($1::bigint[]) AND t.created_at >= $2 AND t.created_at < $3
      AND ($4::bigint IS NULL OR t.queue_id = $4)
    ORDER BY t.created_at DESC LIMIT $5
"""
_PRESENCE: LiteralString = """
    SELECT greatest(started_at, $1), least(ended_at, $2) FROM staff.presence_interval i
    WHERE state IN ('online', 'busy') AND ended_at > $1 AND started_at < $2
      AND ($3::bigint IS NULL OR EXISTS (
          SELECT FROM staff.queue_member m WHERE m.queue_id = $3 AND m.person_id = i.person_id))
    UNION ALL
    SELECT greatest(since, $1), $2 FROM staff.presence p
    WHERE state IN ('online', 'busy') AND since < $2
      AND ($3::bigint IS NULL OR EXISTS (
          SELECT FROM staff.queue_member m WHERE m.queue_id = $3 AND m.person_id = p.person_id))
"""


async def traffic(
    reader: Reader, brand_ids: Sequence[int], queue_id: int | None, at: datetime, *, parallel: float, seed: int, offset: int
) -> Traffic:
    """The last days' arrivals with their work. `parallel`: how many chats an agent has at a time; `offset`: of the day."""
    rows = list(reversed(await reader.fetch(_ARRIVALS, list(brand_ids), at - timedelta(days=DAYS), at, queue_id, MOST)))
    began = rows[0][0] if len(rows) == MOST else at - timedelta(days=DAYS)
    known: dict[tuple[bool, int, str], list[float]] = {}
    works: list[float | None] = []
    for row in rows:
        taken: float | None = None
        if row[4] is not None and row[4] > 0:
            taken = min(MOST_WORK, max(LEAST_WORK, row[4] / (parallel if row[2] else 1.0)))
            known.setdefault((row[2], row[3], row[1]), []).append(taken)
        works.append(taken)
    everything = [work for works_of in known.values() for work in works_of] or [UNKNOWN_WORK]
    dice = random.Random(seed)  # noqa: S311 -- a simulation, and the same each time
    hours = [0.0] * 24
    arrivals: list[Arrival] = []
    for row, work in zip(rows, works, strict=True):
        drawn = work if work is not None else dice.choice(known.get((row[2], row[3], row[1])) or everything)
        arrivals.append(Arrival((row[0] - began).total_seconds(), row[1], drawn, float(row[5])))
        hours[_hour(row[0], offset)] += 1
    days = max(1.0, (at - began) / timedelta(days=1))
    present = await reader.fetch(_PRESENCE, began, at, queue_id)
    shifts, staff = _shifts([(row[0], row[1]) for row in present], began, at, offset)
    return Traffic(
        arrivals, shifts, began, [n / days for n in hours], staff, days, sum(work is not None for work in works), bool(present)
    )


def _hour(at: datetime, offset: int) -> int:
    return (at + timedelta(minutes=offset)).hour


def _shifts(
    present: Sequence[tuple[datetime, datetime]], began: datetime, at: datetime, offset: int
) -> tuple[list[Shift], list[float]]:
    """How many are there, from change to change; and on average in each hour of the day."""
    steps: list[tuple[datetime, int]] = []
    seconds = [0.0] * 24
    for since, until in present:
        steps += [(since, 1), (until, -1)]
        turn = since
        while turn < until:
            local = turn + timedelta(minutes=offset)
            next_hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) - timedelta(minutes=offset)
            seconds[local.hour] += (min(until, next_hour) - turn).total_seconds()
            turn = next_hour
    shifts: list[Shift] = [(0.0, 0)]
    there = 0
    for moment, change in sorted(steps):
        there += change
        shifts.append(((moment - began).total_seconds(), there))
    days = max(1.0, (at - began) / timedelta(days=1))
    return shifts, [each / 3600 / days for each in seconds]
