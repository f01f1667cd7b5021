"""A calendar as a document: several intervals a day, Chinese holidays with their make-up days, days that are different."""

from datetime import date, timedelta
from typing import Any, ClassVar, LiteralString, cast
from zoneinfo import ZoneInfoNotFoundError

import msgspec

from playerdesk.blueprints import Asked, Kind, Living, Place, Problem, Published
from playerdesk.kernel import Conflict, Reader, Text, Tx, now
from playerdesk.sla.actions import BAD_HOURS, NEVER_OPEN, NO_ZONE, in_order
from playerdesk.sla.calendars import HOLIDAYS_KNOWN_UNTIL, opens_in_a_year
from playerdesk.sla.queries import DAYS, calendar_of, forget_policy
from playerdesk.sla.replanning import request_replan

NO_NAME = Text(zh="请填写中文名称。", en="Give it a name (Chinese at least).")
BAD_DAY = Text(zh="日期应写成 2026-10-01。", en="A date is written 2026-10-01.")
TOO_MANY = Text(zh="单独安排的日期最多 1000 天。", en="At most 1,000 days may be different.")
IN_USE = Text(
    zh="还有服务标准在使用这个日历，请先给它们换一个。",
    en="Service levels still count by this calendar. Give them another one first.",
)
UNKNOWN_YEARS = Text(
    zh=f"法定节假日目前已知到 {HOLIDAYS_KNOWN_UNTIL.isoformat()}；之后在下一年安排公布并升级前，按普通工作周计算。",
    en=f"Public holidays are known until {HOLIDAYS_KNOWN_UNTIL.isoformat()}; after it, until the next ones are announced "
    "and the desk is updated, ordinary weeks count.",
)
SOON = timedelta(days=60)

Body = dict[str, Any]

Hours = list[list[str]]


class Exceptional(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A day that is different: other hours, or none; and why."""

    hours: Hours
    note: str = ""


class CalendarBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The document."""

    name: Text
    week: dict[str, Hours]
    time_zone: str = "Asia/Shanghai"
    chinese_holidays: bool = False
    exceptions: dict[str, Exceptional] = {}


_PUT: LiteralString = """
    INSERT INTO sla.calendar (key, name, time_zone, week, chinese_holidays, exceptions, notes)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (key) DO UPDATE SET
        name = excluded.name, time_zone = excluded.time_zone, week = excluded.week, retired_at = NULL,
        chinese_holidays = excluded.chinese_holidays, exceptions = excluded.exceptions, notes = excluded.notes
"""


class CalendarKind(Kind):
    """Of the whole desk: brands share calendars."""

    name: ClassVar[str] = "calendar"
    label: ClassVar[Text] = Text(zh="营业日历", en="Calendar")
    branded: ClassVar[bool] = False

    def normal(self, body: Body) -> Body:
        read = msgspec.convert(body, CalendarBody)
        return cast("Body", msgspec.to_builtins(msgspec.structs.replace(
            read, week={day: read.week.get(day, []) for day in DAYS}, exceptions=dict(sorted(read.exceptions.items())),
        )))

    async def check(self, reader: Reader, asked: Asked) -> list[Problem]:
        return problems_of(msgspec.convert(asked.body, CalendarBody), now().date())

    async def apply(self, tx: Tx, published: Published) -> None:
        body = msgspec.convert(published.body, CalendarBody)
        key = published.place.key
        await tx.execute(
            _PUT, key, msgspec.to_builtins(body.name), body.time_zone, body.week, body.chinese_holidays,
            {day: each.hours for day, each in body.exceptions.items()},
            {day: each.note for day, each in body.exceptions.items() if each.note},
        )
        forget_policy(tx)
        if await tx.value(
            "SELECT EXISTS (SELECT FROM sla.target t JOIN sla.calendar c ON c.id = t.calendar_id WHERE c.key = $1)", key
        ):
            await request_replan(
                tx, "calendar", name=published.place.name, version=published.version, by_id=published.by_id
            )

    async def retire(self, tx: Tx, place: Place) -> None:
        if await tx.value(
            "SELECT EXISTS (SELECT FROM sla.target t JOIN sla.calendar c ON c.id = t.calendar_id WHERE c.key = $1)",
            place.key,
        ):
            raise Conflict("calendar_in_use", IN_USE)
        await tx.execute("UPDATE sla.calendar SET retired_at = now() WHERE key = $1", place.key)
        forget_policy(tx)

    async def living(self, reader: Reader) -> list[Living]:
        return [
            Living("", row[0], self.normal({
                "name": row[1], "timeZone": row[2], "week": row[3], "chineseHolidays": row[4],
                "exceptions": {day: {"hours": hours, "note": row[6].get(day, "")} for day, hours in row[5].items()},
            }))
            for row in await reader.fetch(
                "SELECT key, name, time_zone, week, chinese_holidays, exceptions, notes FROM sla.calendar"
                " WHERE retired_at IS NULL ORDER BY key"
            )
        ]


def problems_of(body: CalendarBody, today: date) -> list[Problem]:
    """Everything that is wrong with a calendar, each at its place."""
    found: list[Problem] = []
    if not body.name.zh.strip():
        found.append(Problem("name.zh", NO_NAME))
    found += [Problem(f"week.{day}", BAD_HOURS) for day, hours in body.week.items() if day not in DAYS or not in_order(hours)]
    for day, each in body.exceptions.items():
        if not is_day(day):
            found.append(Problem(f"exceptions.{day}", BAD_DAY))
        elif not in_order(each.hours):
            found.append(Problem(f"exceptions.{day}", BAD_HOURS))
    if len(body.exceptions) > 1000:
        found.append(Problem("exceptions", TOO_MANY))
    if found:
        return found
    try:
        calendar = read_calendar(body)
    except (ZoneInfoNotFoundError, OSError, ValueError):
        return [Problem("timeZone", NO_ZONE)]
    if not opens_in_a_year(calendar, today):
        found.append(Problem("week", NEVER_OPEN))
    if body.chinese_holidays and today + SOON > HOLIDAYS_KNOWN_UNTIL:
        found.append(Problem("chineseHolidays", UNKNOWN_YEARS, "warning"))
    return found


def read_calendar(body: CalendarBody) -> Any:
    """The calendar itself."""
    return calendar_of(
        body.time_zone, body.week, body.chinese_holidays, {day: each.hours for day, each in body.exceptions.items()}
    )


def is_day(day: str) -> bool:
    """A date as people write it; not the other forms that Python reads too."""
    try:
        return date.fromisoformat(day).isoformat() == day
    except ValueError:
        return False
