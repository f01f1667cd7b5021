"""Who was on duty when: early, late and night among three, two VIP managers, a lead in the daytime. Pure.

Shifts change by the week, so that nobody works late and early again; everybody has a break in the middle.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec

HOME = ZoneInfo("Asia/Shanghai")

EARLY, LATE, NIGHT = (8.0, 17.0), (15.0, 24.0), (0.0, 8.25)
THREE = ("chen", "wang", "he")
MANAGERS = ("lin", "zhou")
BREAK = timedelta(minutes=30)


class Stretch(msgspec.Struct, frozen=True, order=True):
    """Somebody was there, or had her break, from … until."""

    start: datetime
    end: datetime
    login: str
    state: str


def _rota(day: datetime) -> Iterator[tuple[str, float, float]]:
    """Who comes on this day, from which hour until which."""
    week, weekday = day.toordinal() // 7, day.weekday()
    for place, login in enumerate(THREE):
        start, end = (EARLY, LATE, NIGHT)[(week + place) % 3]
        yield login, start, end
    early, late = (MANAGERS, MANAGERS[::-1])[week % 2]
    if weekday != 6:
        yield early, 9.0, 18.0
    if weekday != 5:
        yield late, 14.5, 23.5
    else:
        yield late, 12.0, 23.0
    if weekday < 5:
        yield "zhao", 10.0, 19.0


def stretches(since: datetime, until: datetime, seed: str) -> list[Stretch]:
    """All of it between two moments, in order; nobody comes to the minute."""
    dice = Random(f"{seed}|shifts|{since.date()}")  # noqa: S311 -- a story, no secret
    found: list[Stretch] = []
    day = since.astimezone(HOME).replace(hour=0, minute=0, second=0, microsecond=0)
    while day <= until:
        for login, begins, ends in _rota(day):
            start = (day + timedelta(hours=begins, minutes=dice.uniform(-7, 4))).astimezone(UTC)
            end = (day + timedelta(hours=ends, minutes=dice.uniform(0, 12))).astimezone(UTC)
            rest = start + (end - start) * dice.uniform(0.42, 0.56)
            parts = ((start, rest, "online"), (rest, rest + BREAK, "break"), (rest + BREAK, end, "online"))
            found += [
                Stretch(max(a, since), min(b, until), login, state)
                for a, b, state in parts if a < until and b > since
            ]
        day += timedelta(days=1)
    return _one_at_a_time(sorted(found))


def _one_at_a_time(parts: list[Stretch]) -> list[Stretch]:
    """Where a week's last shift runs into the next week's first one, nobody is there twice."""
    until: dict[str, datetime] = {}
    found: list[Stretch] = []
    for part in parts:
        start = max(part.start, until.get(part.login, part.start))
        if start < part.end:
            found.append(msgspec.structs.replace(part, start=start))
            until[part.login] = part.end
    return found


class Duty:
    """When somebody is there next."""

    def __init__(self, parts: list[Stretch]) -> None:
        self._of: dict[str, list[Stretch]] = {}
        for part in parts:
            if part.state == "online":
                self._of.setdefault(part.login, []).append(part)

    @property
    def people(self) -> list[str]:
        return sorted(self._of)

    def next(self, login: str, at: datetime) -> datetime | None:
        """At once if she is there, else when she comes; None: not any more in what is told."""
        for part in self._of.get(login, ()):
            if part.end > at:
                return max(at, part.start)
        return None
