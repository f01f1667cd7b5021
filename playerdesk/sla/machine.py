"""One clock of one ticket, as a state machine without a database.

A clock runs towards `due_at`. A pause remembers when it began; what is left then is what is left
when it resumes, so paused and closed time never counts. Met and breached are final for a round;
a breached clock still waits (`ended_at` is empty) until the answer comes.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from playerdesk.sla.calendars import Calendar, add_open_seconds, open_seconds_between

Calendars = Callable[[int], Calendar]

MOST_PAUSES = 400
"""Two a pause. A matter that goes back and forth more often is planned by the time used, not by its pauses."""


class Plan(msgspec.Struct, frozen=True):
    """What a clock is set to."""

    target_seconds: int
    warn_fraction: float
    calendar_id: int


class Clock(msgspec.Struct, frozen=True):
    """A row of sla.clock, in the order of its columns."""

    ticket_id: int
    kind: str
    round: int
    target_seconds: int
    warn_fraction: float
    calendar_id: int
    state: str
    started_at: datetime
    due_at: datetime
    warn_at: datetime
    paused_at: datetime | None
    paused_late_seconds: float
    """Open time paused after the breach; it does not count as taken."""
    ended_at: datetime | None
    ring_at: datetime | None
    """When the worker has to look: first the warning, then the due time; empty unless it runs."""
    pauses: list[datetime] | None = []
    """From, until, from, until …; None: not known."""

    @property
    def over(self) -> bool:
        return self.ended_at is not None


class Stopped(msgspec.Struct, frozen=True):
    """How a clock ended."""

    clock: Clock
    met: bool
    took_seconds: float


def start(ticket_id: int, kind: str, plan: Plan, at: datetime, calendars: Calendars, rounds: int = 1) -> Clock:
    """Set a clock going."""
    calendar = calendars(plan.calendar_id)
    warn_at = add_open_seconds(calendar, at, plan.target_seconds * plan.warn_fraction)
    due_at = add_open_seconds(calendar, at, plan.target_seconds)
    return Clock(
        ticket_id, kind, rounds, plan.target_seconds, plan.warn_fraction, plan.calendar_id, "running",
        at, due_at, warn_at, None, 0.0, None, warn_at, [],
    )


def breach(clock: Clock) -> Clock:
    """The due time has passed."""
    return replace(clock, state="breached", ring_at=None)


def ring(clock: Clock, now: datetime) -> Clock:
    """What the worker does to a clock that rang: warn (then look again when due) or breach."""
    if clock.ring_at is None or clock.ring_at >= now:
        return clock
    return breach(clock) if clock.due_at < now else replace(clock, ring_at=clock.due_at)


def pause(clock: Clock, at: datetime) -> Clock:
    """We wait for somebody else."""
    if clock.over or clock.paused_at is not None or clock.state == "void":
        return clock
    if clock.state == "running" and at > clock.due_at:
        clock = breach(clock)
    state = "paused" if clock.state == "running" else clock.state
    return replace(clock, state=state, paused_at=at, ring_at=None)


def resume(clock: Clock, at: datetime, calendars: Calendars) -> Clock:
    """It is our turn again, with as much open time left as there was."""
    if clock.over or clock.paused_at is None:
        return clock
    calendar, since = calendars(clock.calendar_id), clock.paused_at
    at = max(at, since)
    known = None if clock.pauses is None or len(clock.pauses) >= MOST_PAUSES else [*clock.pauses, since, at]
    if clock.state == "breached":
        slept = clock.paused_late_seconds + open_seconds_between(calendar, since, at)
        return replace(clock, paused_at=None, paused_late_seconds=slept, pauses=known)
    due_at = add_open_seconds(calendar, at, open_seconds_between(calendar, since, clock.due_at))
    warned = clock.warn_at <= since
    warn_at = clock.warn_at if warned else add_open_seconds(
        calendar, at, open_seconds_between(calendar, since, clock.warn_at)
    )
    return replace(
        clock, state="running", paused_at=None, due_at=due_at, warn_at=warn_at,
        ring_at=due_at if warned else warn_at, pauses=known,
    )


def stop(clock: Clock, at: datetime, calendars: Calendars) -> Stopped:
    """The answer (or solution) is there; in time or not."""
    at = max(at, clock.started_at)
    moment = clock.paused_at or at
    met = clock.state in ("running", "paused") and moment <= clock.due_at
    ended = replace(clock, state="met" if met else "breached", ended_at=at, ring_at=None, paused_at=None)
    return Stopped(ended, met, used_seconds(clock, at, calendars))


def used_seconds(clock: Clock, at: datetime, calendars: Calendars) -> float:
    """The open, unpaused time up to `at`."""
    calendar, moment = calendars(clock.calendar_id), clock.paused_at or at
    if moment <= clock.due_at:
        return max(0.0, clock.target_seconds - open_seconds_between(calendar, moment, clock.due_at))
    late = open_seconds_between(calendar, clock.due_at, moment)
    return clock.target_seconds + late - clock.paused_late_seconds


def void(clock: Clock, at: datetime) -> Clock:
    """Nobody will answer this any more; it counts only if it is late already."""
    if clock.over:
        return clock
    moment = clock.paused_at or at
    late = clock.state == "breached" or moment > clock.due_at
    return replace(clock, state="breached" if late else "void", ended_at=at, ring_at=None, paused_at=None)


def replan(clock: Clock, plan: Plan, at: datetime, calendars: Calendars) -> Clock:
    """Another target applies: the clock is where it would be had it been so from the start, with the same pauses.

    What is late already stays so. A target that is tighter than the time that has passed is late at once.
    """
    moment = clock.paused_at or at
    if clock.over or clock.state not in ("running", "paused") or moment > clock.due_at:
        return clock
    if clock.pauses is None:
        return _rebased(clock, plan, at, calendars)
    fresh = replayed(clock, plan, calendars)
    warned = clock.state == "running" and clock.ring_at == clock.due_at
    if fresh.state == "running" and warned and fresh.warn_at <= at:
        fresh = replace(fresh, ring_at=fresh.due_at)
    return fresh


def replayed(clock: Clock, plan: Plan, calendars: Calendars) -> Clock:
    """A clock started when this one was, under this plan, that has had its pauses."""
    fresh = start(clock.ticket_id, clock.kind, plan, clock.started_at, calendars, clock.round)
    for since, until in pairs(clock.pauses or []):
        fresh = resume(pause(fresh, since), until, calendars)
    if clock.paused_at is not None:
        fresh = pause(fresh, clock.paused_at)
    return fresh


def pairs(pauses: Sequence[datetime]) -> list[tuple[datetime, datetime]]:
    """The pauses one by one."""
    return list(zip(pauses[::2], pauses[1::2], strict=True))


def _rebased(clock: Clock, plan: Plan, at: datetime, calendars: Calendars) -> Clock:
    """Where the pauses are not known: the time used so far stays used."""
    moment = clock.paused_at or at
    used, calendar = used_seconds(clock, at, calendars), calendars(plan.calendar_id)
    warn_left = plan.target_seconds * plan.warn_fraction - used
    due_at = add_open_seconds(calendar, moment, plan.target_seconds - used)
    warn_at = min(due_at, add_open_seconds(calendar, moment, warn_left))
    ring_at = warn_at if warn_left > 0 else due_at
    return replace(
        clock, target_seconds=plan.target_seconds, warn_fraction=plan.warn_fraction, calendar_id=plan.calendar_id,
        due_at=due_at, warn_at=warn_at, ring_at=None if clock.state == "paused" else ring_at,
    )
