"""How long, how much, how many, when, and of which shape a value may be. Pure; the browsers decide the same."""

import re
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from playerdesk.forms.patterns import fits
from playerdesk.forms.shapes import Field
from playerdesk.kernel import Text

LENGTHS = ("text", "longtext", "lookup")
AMOUNTS = ("number", "money")
DAYS = ("date", "datetime")
COUNTS = ("choices", "file")

_DAY = re.compile(r"today(?:([+-])([0-9]{1,4})d)?")


def read_day(bound: Any, today: date) -> date | None:
    """A day as it is written ("2026-11-22", "today" or "today-30d"); None when it is none."""
    if not isinstance(bound, str):
        return None
    if found := _DAY.fullmatch(bound):
        shift = timedelta(days=int(found[2] or 0))
        return today - shift if found[1] == "-" else today + shift
    try:
        return date.fromisoformat(bound) if len(bound) == 10 else None
    except ValueError:
        return None


def broken_limit(field: Field, value: Any, now: datetime, time_zone: str) -> Text | None:
    """What is wrong with a value that was read; in the desk's own words where it has some."""
    found = _broken(field, value, now, time_zone)
    return None if found is None else field.message or found


def _broken(field: Field, value: Any, now: datetime, time_zone: str) -> Text | None:
    if field.kind in DAYS:
        return _day(field, value, now, ZoneInfo(time_zone))
    low, high = _number(field.min), _number(field.max)
    if field.kind in LENGTHS:
        return _text(field, cast("str", value), low, high)
    if field.kind in AMOUNTS:
        # Money is written in minor units and read as people write it.
        low_words, high_words = (None if each is None else each / 100 if field.kind == "money" else each for each in (low, high))
        if low is not None and value < low:
            return Text(zh=f"不能小于 {low_words:.12g}。", en=f"At least {low_words:.12g}.")
        if high is not None and value > high:
            return Text(zh=f"不能大于 {high_words:.12g}。", en=f"At most {high_words:.12g}.")
    elif field.kind in COUNTS:
        return _count(len(cast("list[str]", value)), low, high)
    return None


def _text(field: Field, text: str, low: float | None, high: float | None) -> Text | None:
    if low is not None and len(text) < low:
        return Text(zh=f"至少 {low:g} 个字。", en=f"At least {low:g} characters.")
    if high is not None and len(text) > high:
        return Text(zh=f"最多 {high:g} 个字。", en=f"At most {high:g} characters.")
    if field.pattern and not fits(field.pattern, text):
        return Text(zh="格式不对，请核对后重新填写。", en="This is not of the right form. Please check it.")
    return None


def _count(count: int, low: float | None, high: float | None) -> Text | None:
    if low is not None and count < low:
        return Text(zh=f"至少选 {low:g} 项。", en=f"Choose at least {low:g}.")
    if high is not None and count > high:
        return Text(zh=f"最多选 {high:g} 项。", en=f"Choose at most {high:g}.")
    return None


def _day(field: Field, value: str, now: datetime, zone: ZoneInfo) -> Text | None:
    today = now.astimezone(zone).date()
    day = date.fromisoformat(value) if field.kind == "date" else datetime.fromisoformat(value).astimezone(zone).date()
    low, high = read_day(field.min, today), read_day(field.max, today)
    if low is not None and day < low:
        return Text(zh=f"不能早于 {low.isoformat()}。", en=f"Not before {low.isoformat()}.")
    if high is not None and day > high:
        return Text(zh=f"不能晚于 {high.isoformat()}。", en=f"Not after {high.isoformat()}.")
    return None


def _number(bound: Any) -> float | None:
    return None if isinstance(bound, bool) or not isinstance(bound, int | float) else bound

