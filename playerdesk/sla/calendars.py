"""When we are open: pure calendar mathematics, exact to the microsecond and right across time zones.

A day's hours are wall-clock times of the calendar's zone; they are turned into instants once a
day and only instants are added up, so a day of 23 or 25 hours counts as what it is.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from chinese_calendar import constants

Minutes = tuple[int, int]
"""An opening, in minutes after local midnight; 1440 ends the day."""

Opening = tuple[datetime, datetime]

A_DAY = 1440
ALL_DAY: tuple[Minutes, ...] = ((0, A_DAY),)
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta()
_FARTHEST_DAYS = 40 * 366

_DAYS_OFF = frozenset(cast("dict[date, str]", constants.holidays))
_WORKING_WEEKENDS = frozenset(cast("dict[date, str]", constants.workdays))

HOLIDAYS_KNOWN_UNTIL = date(max(_DAYS_OFF).year, 12, 31)
"""The State Council publishes each year's holidays in the autumn before. After this day, until the
`chinesecalendar` package is updated, a calendar with Chinese holidays counts plain weekdays;
an exception of the calendar puts a single day right."""


class Calendar:
    """Opening hours: a week, Chinese holidays or not, and days that are different."""

    def __init__(
        self,
        time_zone: str,
        week: Sequence[Sequence[Minutes]],
        *,
        chinese_holidays: bool = False,
        exceptions: Mapping[date, Sequence[Minutes]] | None = None,
    ) -> None:
        self.zone = ZoneInfo(time_zone)
        self.week = tuple(tuple(day) for day in week)
        self.chinese_holidays = chinese_holidays
        self.exceptions = {day: tuple(hours) for day, hours in (exceptions or {}).items()}
        self.always = not chinese_holidays and not self.exceptions and all(day == ALL_DAY for day in self.week)
        self._openings: dict[date, tuple[Opening, ...]] = {}

    def hours(self, day: date) -> tuple[Minutes, ...]:
        """The opening hours of a day. An exception wins over a holiday, a holiday over the week."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.chinese_holidays and day in _DAYS_OFF:
            return ()
        if self.chinese_holidays and day in _WORKING_WEEKENDS:
            # A weekend worked in exchange for a holiday keeps the hours of an ordinary weekday.
            return next((hours for hours in self.week[:5] if hours), ())
        return self.week[day.weekday()]

    def openings(self, day: date) -> tuple[Opening, ...]:
        """The same as instants, in order; never beyond the day itself, even where a zone skips one."""
        found = self._openings.get(day)
        if found is None:
            if len(self._openings) > 5000:
                self._openings.clear()
            found = self._openings[day] = self._instants(day)
        return found

    def _instants(self, day: date) -> tuple[Opening, ...]:
        midnight = self._instant(day, A_DAY)
        instants: list[Opening] = []
        opened = self._instant(day, 0)
        for start, end in self.hours(day):
            opens = max(opened, self._instant(day, start))
            opened = closes = min(midnight, self._instant(day, end))
            if opens < closes:
                instants.append((opens, closes))
        return tuple(instants)

    def _instant(self, day: date, minutes: int) -> datetime:
        if minutes == A_DAY:
            day, minutes = day + _ONE_DAY, 0
        wall = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=self.zone)
        return wall.astimezone(UTC)

    def day_of(self, at: datetime) -> date:
        """The local day an instant belongs to."""
        return at.astimezone(self.zone).date()


ALWAYS = Calendar("UTC", [ALL_DAY] * 7)


def add_open_seconds(calendar: Calendar, start: datetime, seconds: float) -> datetime:
    """The instant at which so much open time has passed since `start`."""
    left = timedelta(seconds=seconds)
    if left <= _NOTHING:
        return start
    if calendar.always:
        return start + left
    day = calendar.day_of(start)
    for _ in range(_FARTHEST_DAYS):
        for opens, closes in calendar.openings(day):
            begins = max(opens, start)
            if begins >= closes:
                continue
            if closes - begins >= left:
                return begins + left
            left -= closes - begins
        day += _ONE_DAY
    message = "the calendar does not open often enough for this target"
    raise ValueError(message)


def open_seconds_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """How much open time lies between two instants; 0 when the end comes first."""
    if end <= start:
        return 0.0
    if calendar.always:
        return (end - start).total_seconds()
    total = _NOTHING
    day, last = calendar.day_of(start), calendar.day_of(end)
    while day <= last:
        for opens, closes in calendar.openings(day):
            begins, ends = max(opens, start), min(closes, end)
            if begins < ends:
                total += ends - begins
        day += _ONE_DAY
    return total.total_seconds()


def opens_in_a_year(calendar: Calendar, today: date) -> bool:
    """Whether there is at least an hour to be had; a clock on any other calendar would never end."""
    days = (today + timedelta(days=n) for n in range(366))
    total = sum((closes - opens for day in days for opens, closes in calendar.openings(day)), _NOTHING)
    return total >= timedelta(hours=1)
