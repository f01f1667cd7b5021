"""When a deadline is over. Calendars belong to service levels, a package beside this one: the app brings the reckoning."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playerdesk.kernel import Reader
from playerdesk.processes.design import Deadline, Wait

Reckoning = Callable[[Reader, str, datetime, int], Awaitable[datetime | None]]
"""The instant at which so many open minutes of a calendar (by its key) have passed; None when there is no such calendar."""

Answers = Mapping[str, Mapping[str, Any]]
"""By step what was filled in there the last time."""

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


def day_of(wait: Wait, answers: Answers, zone: ZoneInfo) -> datetime | None:
    """The day or time somebody has filled in; a day begins at midnight where the game is at home."""
    step, _, field = wait.until.partition(".")
    written = answers.get(step, {}).get(field) if wait.until else None
    if not isinstance(written, str):
        return None
    if "T" not in written:
        return datetime.combine(date.fromisoformat(written), time(), zone).astimezone(UTC)
    return datetime.fromisoformat(written)
