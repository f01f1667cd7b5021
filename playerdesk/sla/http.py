"""How far re-planning has come; what a draft would do; a calendar's year."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from playerdesk.brands import brand_by_key
from playerdesk.kernel import Database, Forbidden, Rejected, Text, now
from playerdesk.kernel.http import answer, may
from playerdesk.sla.blueprints.calendar import CalendarBody, problems_of, read_calendar
from playerdesk.sla.blueprints.service_level import Levels
from playerdesk.sla.calendars import HOLIDAYS_KNOWN_UNTIL
from playerdesk.sla.replanning import Replan, replans
from playerdesk.sla.trying import Effect, try_out
from playerdesk.sla.years import Day, year_of

Caller = Request[Any, Any, Any]

BAD_YEAR = Text(zh="年份应在 2000 到 2100 之间。", en="The year lies between 2000 and 2100.")
NO_BRAND = Text(zh="没有这个游戏。", en="There is no such brand.")
WHOLE_DESK = Text(
    zh="适用于全部游戏的服务标准，只有负责全部游戏的人可以试算。",
    en="What is promised to every brand can be tried only by somebody who works for all of them.",
)
NOT_A_BODY = Text(zh="内容的格式不对。", en="This is not of the right form.")


class Replans(msgspec.Struct, frozen=True):
    """The newest changes that open tickets follow."""

    replans: list[Replan]


class YearQuestion(msgspec.Struct):
    """Which year of which calendar, as it is drafted."""

    body: CalendarBody
    year: int


class Year(msgspec.Struct, frozen=True, rename="camel"):
    """Every day; none while something is wrong with the calendar."""

    days: list[Day]
    holidays_known_until: str


class TryQuestion(msgspec.Struct, rename="camel"):
    """A draft, and whose it is; no brand: everybody's."""

    body: dict[str, Any]
    brand_key: str = ""


@get("/agent/v1/service-levels/replans", guards=[may("blueprints.edit")])
async def show_replans(request: Caller, database: NamedDependency[Database]) -> Response[Replans]:
    """How far open tickets have followed the newest changes, of her games and of all of them."""
    async with database.reading() as reader:
        return answer(Replans(await replans(reader, list(request.user.brand_ids) or None)))


@post("/agent/v1/service-levels/try", guards=[may("blueprints.edit")])
async def try_levels(
    request: Caller, database: NamedDependency[Database], data: JSONBody[TryQuestion]
) -> Response[Effect]:
    """What a draft would do to open tickets; nothing is changed."""
    try:
        levels = msgspec.convert(data.body, Levels)
    except msgspec.ValidationError:
        raise Rejected("bad_body", NOT_A_BODY, fields={"body": NOT_A_BODY}) from None
    async with database.reading() as reader:
        brand = await brand_by_key(reader, data.brand_key) if data.brand_key else None
        if data.brand_key and brand is None:
            raise Rejected("no_such_brand", NO_BRAND, fields={"brandKey": NO_BRAND})
        if brand is not None and not request.user.serves(brand.id):
            raise Forbidden("not_your_brand", NO_BRAND)
        if brand is None and request.user.brand_ids:
            raise Forbidden("whole_desk", WHOLE_DESK)
        return answer(await try_out(reader, data.brand_key, levels, now()), 200)


@post("/agent/v1/calendars/year", guards=[may("blueprints.edit")])
async def show_year(data: JSONBody[YearQuestion]) -> Response[Year]:
    """A calendar day by day, with the reason why each is as it is."""
    if not 2000 <= data.year <= 2100:
        raise Rejected("bad_year", BAD_YEAR, fields={"year": BAD_YEAR})
    wrong = [each for each in problems_of(data.body, now().date()) if each.place.startswith(("week.", "exceptions", "timeZone"))]
    days: list[Day] = []
    if not any(each.severity == "error" for each in wrong):
        notes = {day: each.note for day, each in data.body.exceptions.items()}
        days = year_of(read_calendar(data.body), data.year, notes)
    return answer(Year(days, HOLIDAYS_KNOWN_UNTIL.isoformat()), 200)


ROUTES: list[Any] = [show_replans, try_levels, show_year]
