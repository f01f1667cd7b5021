"""Setting targets and calendars."""

import re
from datetime import date
from typing import Any, LiteralString
from zoneinfo import ZoneInfoNotFoundError

from playerdesk.kernel import Rejected, Text, Tx, now
from playerdesk.sla.calendars import opens_in_a_year
from playerdesk.sla.defaults import ALWAYS_OPEN, DEFAULTS, OFFICE_HOURS
from playerdesk.sla.queries import DAYS, calendar_of, forget_policy, minutes
from playerdesk.sla.rules import Target

NO_ZONE = Text(zh="没有这个时区，例如可填 Asia/Shanghai。", en="There is no such time zone; Asia/Shanghai is one.")
BAD_HOURS = Text(
    zh="时段应写成 09:00 到 18:00，先后有序且不重叠，24:00 表示当天结束。",
    en="Hours are written 09:00 to 18:00, in order and without overlap; 24:00 ends a day.",
)
NEVER_OPEN = Text(
    zh="按这个日历，一年之内没有一小时营业，时限永远不会到期。请至少填写一个时段。",
    en="This calendar has not one open hour in a year, so no target would ever be due. Give it some hours.",
)
BAD_TARGET = Text(zh="时限必须是大于零的秒数。", en="A target is a number of seconds above zero.")
BAD_WARNING = Text(zh="提醒点应在 0 与 1 之间。", en="The warning lies between 0 and 1 of the target.")
_WALL = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")

_DEFINE: LiteralString = """
    INSERT INTO sla.calendar (key, name, time_zone, week, chinese_holidays, exceptions)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (key) DO UPDATE SET
        name = excluded.name, time_zone = excluded.time_zone, week = excluded.week,
        chinese_holidays = excluded.chinese_holidays, exceptions = excluded.exceptions
    RETURNING id
"""

_SET: LiteralString = """
    INSERT INTO sla.target (
        brand_id, channel, category_id, tier, first_seconds, next_seconds, resolution_seconds, warn_fraction,
        calendar_id
    ) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (brand_id, channel, category_id, tier) DO UPDATE SET
        first_seconds = excluded.first_seconds, next_seconds = excluded.next_seconds,
        resolution_seconds = excluded.resolution_seconds, warn_fraction = excluded.warn_fraction,
        calendar_id = excluded.calendar_id
"""

_SET_DEFAULTS: LiteralString = """
    INSERT INTO sla.target (brand_id, channel, tier, first_seconds, next_seconds, resolution_seconds, calendar_id)
    SELECT $1, d.channel, d.tier, d.first, d.next, d.resolution, $7
    FROM unnest($2::text[], $3::text[], $4::int[], $5::int[], $6::int[])
        AS d (channel, tier, first, next, resolution)
    ON CONFLICT (brand_id, channel, category_id, tier) DO NOTHING
"""


async def define_calendar(
    tx: Tx, *, key: str, name: dict[str, str], time_zone: str, week: dict[str, Any],
    chinese_holidays: bool = False, exceptions: dict[str, Any] | None = None,
) -> int:
    """Create or change a calendar; clocks that run keep the due time they have. Returns its id."""
    _check_hours("week", {day: week.get(day, []) for day in DAYS})
    _check_hours("exceptions", exceptions or {})
    try:
        calendar = calendar_of(time_zone, week, chinese_holidays, exceptions or {})
    except (ZoneInfoNotFoundError, OSError):
        raise Rejected("no_such_zone", NO_ZONE, fields={"timeZone": NO_ZONE}) from None
    except ValueError:
        raise Rejected("bad_hours", BAD_HOURS, fields={"exceptions": BAD_HOURS}) from None
    if not opens_in_a_year(calendar, now().date()):
        raise Rejected("never_open", NEVER_OPEN, fields={"week": NEVER_OPEN})
    forget_policy(tx)
    return await tx.value(_DEFINE, key, name, time_zone, week, chinese_holidays, exceptions or {})


async def set_target(tx: Tx, target: Target) -> None:
    """Create or change a target; clocks that run keep theirs."""
    seconds = {
        "firstSeconds": target.first_seconds, "nextSeconds": target.next_seconds,
        "resolutionSeconds": target.resolution_seconds,
    }
    wrong = {field: BAD_TARGET for field, value in seconds.items() if value is not None and value <= 0}
    if not 0 < target.warn_fraction < 1:
        wrong["warnFraction"] = BAD_WARNING
    if wrong:
        raise Rejected("bad_target", next(iter(wrong.values())), fields=wrong)
    await tx.execute(
        _SET, target.brand_id, target.channel, target.category_id, target.tier, target.first_seconds,
        target.next_seconds, target.resolution_seconds, target.warn_fraction, target.calendar_id,
    )
    forget_policy(tx)


async def set_default_targets(tx: Tx, brand_id: int | None = None) -> None:
    """Two calendars and the standards of `defaults`, for one brand or for all; what is there stays."""
    always = await _calendar_if_missing(tx, ALWAYS_OPEN)
    await _calendar_if_missing(tx, OFFICE_HOURS)
    await tx.execute(
        _SET_DEFAULTS, brand_id, [d.channel for d in DEFAULTS], [d.tier for d in DEFAULTS],
        [d.first for d in DEFAULTS], [d.next for d in DEFAULTS], [d.resolution for d in DEFAULTS], always,
    )
    forget_policy(tx)


async def _calendar_if_missing(tx: Tx, calendar: dict[str, Any]) -> int:
    found = await tx.value("SELECT id FROM sla.calendar WHERE key = $1", calendar["key"])
    return found or await define_calendar(tx, **calendar)


def _check_hours(field: str, days: dict[str, Any]) -> None:
    for day, hours in days.items():
        if not in_order(hours) or (field == "exceptions" and not _is_day(day)):
            raise Rejected("bad_hours", BAD_HOURS, fields={field: BAD_HOURS})


def in_order(hours: Any) -> bool:
    """Whether these are hours of a day, one after the other."""
    ends = 0
    for pair in hours:
        if len(pair) != 2 or not all(isinstance(wall, str) and _WALL.fullmatch(wall) for wall in pair):
            return False
        start, end = minutes(pair[0]), minutes(pair[1])
        if not ends <= start < end:
            return False
        ends = end
    return True


def _is_day(day: str) -> bool:
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True
