"""The values in a condition: read and checked as written, and later made plain for who asks and when.

What is written stays symbolic until it is used: {"me": true}, "-3d", a category that stands for its subtree.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.kernel.condition_fields import Field, wrong

MOST_VALUES = 200
LONGEST_VALUE = 200
_LARGEST = 10**15
_LONGEST_SPAN = timedelta(days=3660)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_SPAN = re.compile(r"(\d{1,9})([smhdw])")
_MOMENT = re.compile(r"(now|today)?(?:([+-])(\d{1,9})([smhdw]))?")


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and when: what symbolic values stand for.

    `below` gives the categories under one, itself included; a category it does not know stands for itself.
    `named` gives the numbers behind a key, by kind ("category", "queue", "brand", "person"); one key may be several
    categories, of several brands.
    """

    now: datetime
    me: int | None = None
    my_team: Sequence[int] = ()
    my_queues: Sequence[int] = ()
    zone: str = "Asia/Shanghai"
    below: Mapping[int, Sequence[int]] = msgspec.field(default_factory=dict[int, Sequence[int]])
    named: Mapping[tuple[str, str], Sequence[int]] = msgspec.field(default_factory=dict[tuple[str, str], Sequence[int]])


class Symbol(msgspec.Struct, frozen=True):
    """A value that depends on who asks: me, my_team, my_queues."""

    name: str


class Named(msgspec.Struct, frozen=True):
    """A queue, category, brand or person by its key, as documents and text files write it: {"key": "payment"}."""

    kind: str
    key: str


class Moment(msgspec.Struct, frozen=True):
    """A time as written: from `start` ("now", "today", a day or a fixed time), `shift` later."""

    start: datetime | date | str
    shift: timedelta = timedelta(0)

    def at(self, asking: Asking) -> datetime:
        """The time itself."""
        if isinstance(self.start, datetime):
            return self.start
        if self.start == "now":
            return asking.now + self.shift
        zone = ZoneInfo(asking.zone)
        day = self.start if isinstance(self.start, date) else asking.now.astimezone(zone).date()
        return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) + self.shift

    @property
    def moves(self) -> bool:
        """Whether it is another time a second later."""
        return isinstance(self.start, str)


_SYMBOLS = {"person": ("me", "my_team"), "queue": ("my_queues",)}


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
        raise wrong(place, "这里需要填写文字。", "text is expected here.")
    if len(value) > LONGEST_VALUE:
        raise wrong(place, f"文字最多 {LONGEST_VALUE} 个字。", f"text may have {LONGEST_VALUE} characters at most.")
    return value


def _number(value: Any, place: str) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise wrong(place, "这里需要填写数字。", "a number is expected here.")
    return Decimal(str(value))


def _money(value: Any, place: str) -> Decimal:
    if isinstance(value, float) and not value.is_integer():
        raise wrong(place, "金额以最小单位（分）填写整数。", "money is written in minor units, as a whole number.")
    return _number(value, place)


def _bool(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise wrong(place, "这里只能是 true 或 false。", "true or false is expected here.")
    return value


def _id(value: Any, place: str, kind: str) -> Any:
    if isinstance(value, dict):
        for name in _SYMBOLS.get(kind, ()):
            if value == {name: True}:
                return Symbol(name)
        key = cast("dict[str, Any]", value).get("key")
        if len(value) == 1 and isinstance(key, str) and 0 < len(key) <= LONGEST_VALUE:
            return Named(kind, key)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 1 << 63:
        raise wrong(place, "这里需要编号。", "a number that names something is expected here.")
    return value


def moment(value: Any, place: str) -> Moment:
    """A time: ISO with its zone, "2026-11-22", "now", "-3d", "today", "today-7d"."""
    if isinstance(value, str) and value and (found := _MOMENT.fullmatch(value)):
        start, sign, count, unit = found.groups()
        shift = _shift(int(count), unit, place) if sign else timedelta(0)
        return Moment(start or "now", -shift if sign == "-" else shift)
    try:
        if isinstance(value, str) and len(value) == 10:
            day = date.fromisoformat(value)
            if 1900 < day.year < 3000:
                return Moment(day)
        at = datetime.fromisoformat(value) if isinstance(value, str) and len(value) <= 40 else None
        # The driver and Python both need room around the ends of the calendar.
        if at is not None and at.tzinfo is not None and 1900 < at.year < 3000:
            return Moment(at.astimezone(UTC))
    except (ValueError, OverflowError):
        pass
    raise wrong(
        place, "这里需要时间，例如 2026-11-22T12:30:00+08:00、-3d 或 today。",
        "a time is expected here, such as 2026-11-22T12:30:00+08:00, -3d or today.",
    )


def _shift(count: int, unit: str, place: str) -> timedelta:
    span = timedelta(seconds=count * _UNITS[unit])
    if span > _LONGEST_SPAN:
        raise wrong(place, "时间跨度最长十年。", "ten years is the longest span.")
    return span


def span(value: Any, place: str) -> timedelta:
    """A duration: "30m", "12h", "3d", "2w"."""
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or int(found[1]) == 0:
        raise wrong(place, "这里需要时长，例如 30m、12h、3d。", "a duration is expected here, such as 30m, 12h or 3d.")
    return _shift(int(found[1]), found[2], place)


def one(field: Field, value: Any, place: str) -> Any:
    """One value of this field as written, checked."""
    if field.kind == "choice":
        known = field.choices if field.choices is not None else field.options
        if known is not None and (isinstance(value, dict | list | bool) or value not in known):
            raise wrong(place, "没有这个选项。", "there is no such choice.")
        return value if known is not None else _text(value, place)
    if field.kind in ("person", "queue", "category", "brand"):
        return _id(value, place, field.kind)
    return _READERS[field.kind](value, place)


def several(field: Field, value: Any, place: str) -> tuple[Any, ...]:
    """A list of values as written, checked."""
    if not isinstance(value, list) or not value:
        raise wrong(place, "这里需要至少一个值的列表。", "a list of one value or more is expected here.")
    values: list[Any] = value
    if len(values) > MOST_VALUES:
        raise wrong(place, f"最多 {MOST_VALUES} 个值。", f"at most {MOST_VALUES} values.")
    return tuple(one(field, each, f"{place}.{n}") for n, each in enumerate(values))


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "text": _text, "word": _text, "number": _number, "money": _money, "bool": _bool, "tags": _text, "time": moment,
}


def plain(field: Field, values: Sequence[Any], asking: Asking) -> tuple[Any, ...]:
    """What the values stand for now: ids, numbers, texts, times; each once."""
    found: dict[Any, None] = {}
    for value in values:
        if isinstance(value, Symbol):
            meant: Sequence[Any] = {
                "me": () if asking.me is None else (asking.me,), "my_team": asking.my_team, "my_queues": asking.my_queues,
            }[value.name]
        elif isinstance(value, Moment):
            meant = (value.at(asking),)
        elif isinstance(value, Named):
            meant = [
                each for number in asking.named.get((value.kind, value.key), ()) for each in asking.below.get(number, (number,))
            ] if value.kind == "category" else asking.named.get((value.kind, value.key), ())
        elif field.kind == "category":
            meant = asking.below.get(value, (value,))
        else:
            meant = (value,)
        found.update(dict.fromkeys(meant))
    return tuple(field.stored(each) for each in found)
