"""A calendar day by day, with the reason why a day is as it is: for the year view, and for "why is this due then". Pure."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Literal, cast

import msgspec
from chinese_calendar import constants

from playerdesk.kernel import Text
from playerdesk.sla.calendars import Calendar, Minutes

Why = Literal["open", "closed", "holiday", "makeup", "exception"]

_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节", "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节", "National Day": "国庆节", "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_OFF = cast("dict[date, str]", constants.holidays)
_MAKE_UP = cast("dict[date, str]", constants.workdays)
_ONE_DAY = timedelta(days=1)


class Day(msgspec.Struct, frozen=True):
    """One day: when it is open, and why. `name`: which holiday, or the note of an exception."""

    day: date
    hours: list[tuple[str, str]]
    why: Why
    name: Text | None


class Counted(msgspec.Struct, frozen=True, rename="camel"):
    """How much of a day a clock ran."""

    day: date
    open_seconds: float
    why: Why
    name: Text | None


def day_of(calendar: Calendar, day: date, notes: dict[str, str]) -> Day:
    """What the calendar says about a day."""
    why, name = _reason(calendar, day, notes)
    return Day(day, [_walls(hours) for hours in calendar.hours(day)], why, name)


def year_of(calendar: Calendar, year: int, notes: dict[str, str]) -> list[Day]:
    """Every day of a year."""
    first = date(year, 1, 1)
    return [day_of(calendar, first + timedelta(days=n), notes) for n in range((date(year + 1, 1, 1) - first).days)]


def days_between(calendar: Calendar, since: datetime, until: datetime, notes: dict[str, str]) -> Iterator[Counted]:
    """The days an interval lies on, and how much open time of it each has."""
    day, last = calendar.day_of(since), calendar.day_of(until)
    while day <= last:
        total = sum(
            (max(min(closes, until) - max(opens, since), timedelta()) for opens, closes in calendar.openings(day)),
            timedelta(),
        )
        why, name = _reason(calendar, day, notes)
        yield Counted(day, total.total_seconds(), why, name)
        day += _ONE_DAY


def _reason(calendar: Calendar, day: date, notes: dict[str, str]) -> tuple[Why, Text | None]:
    if day in calendar.exceptions:
        note = notes.get(day.isoformat())
        return "exception", Text(note, note) if note else None
    if calendar.chinese_holidays and day in _OFF:
        return "holiday", _named(_OFF[day])
    if calendar.chinese_holidays and day in _MAKE_UP:
        return "makeup", _named(_MAKE_UP[day])
    return ("open" if calendar.hours(day) else "closed"), None


def _named(english: str) -> Text:
    return Text(zh=_NAMES.get(english, english), en=english)


def _walls(hours: Minutes) -> tuple[str, str]:
    return _wall(hours[0]), _wall(hours[1])


def _wall(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
