"""What the clocks say."""

from datetime import datetime

from playerdesk.tickets import TicketEvent


class ClockEvent(TicketEvent, frozen=True, kw_only=True):
    """About one round of one clock; `clock` is first, next or resolution."""

    clock: str
    round: int
    target_seconds: int
    due_at: datetime


class ClockStopped(ClockEvent, frozen=True, kw_only=True):
    """The answer or solution came; `took_seconds` counts open, unpaused time only."""

    met: bool
    took_seconds: float


class ClockWarned(ClockEvent, frozen=True, kw_only=True):
    """Due soon."""


class ClockBreached(ClockEvent, frozen=True, kw_only=True):
    """Late. `why`: nobody_on_duty, waiting_in_queue or with_agent."""

    why: str
