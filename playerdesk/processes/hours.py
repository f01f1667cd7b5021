"""When a deadline is over. Calendars belong to service levels, a package beside this one: the app brings the reckoning."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from playerdesk.kernel import Reader
from playerdesk.processes.design import Deadline

Reckoning = Callable[[Reader, str, datetime, int], Awaitable[datetime | None]]
"""The instant at which so many open minutes of a calendar (by its key) have passed; None when there is no such calendar."""

_reckoning: Reckoning | None = None


def reckon_with(reckoning: Reckoning) -> None:
    """Called once by the app."""
    global _reckoning  # noqa: PLW0603 -- a door of the package, set where the desk is put together
    _reckoning = reckoning


async def due(reader: Reader, deadline: Deadline | None, start: datetime) -> datetime | None:
    """When a step that begins now has to be done."""
    if deadline is None:
        return None
    if deadline.calendar and _reckoning is not None:
        found = await _reckoning(reader, deadline.calendar, start, deadline.minutes)
        if found is not None:
            return found
    return start + timedelta(minutes=deadline.minutes)
