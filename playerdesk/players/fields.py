"""The field contract: what a company may show beside a ticket without any code. Pure.

A field is a descriptor; a bad one is named by its key and the others are taken all the same.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from playerdesk.kernel import Text, clean_line

MOST_FIELDS = 60
LONGEST_VALUE = 500
LONGEST_LIST = 30
_TIERS = ("none", "low", "mid", "high")

FieldType = Literal["text", "number", "money", "date", "bool", "link", "list"]
Pii = Literal["phone", "email", "id_number", "wechat", "qq"]


class Descriptor(msgspec.Struct, frozen=True, rename="camel", kw_only=True, omit_defaults=True):
    """One field. `tier`: shown for players of this tier and above. Money is {"minor", "currency"}."""

    key: Annotated[str, Meta(min_length=1, max_length=64, pattern="^[A-Za-z0-9_.-]+$")]
    label: Annotated[str, Meta(min_length=1, max_length=40)]
    value: Any = None
    index: Annotated[int, Meta(ge=0, le=10_000)] = 0
    href: Annotated[str, Meta(max_length=1000)] = ""
    hidden: bool = False
    edit: bool = False
    group: Annotated[str, Meta(max_length=40)] = ""
    type: FieldType = "text"
    pii: Pii | None = None
    tier: Literal["none", "low", "mid", "high"] = "none"
    updated_at: datetime | None = None


class BadField(msgspec.Struct, frozen=True):
    """A field that was not taken, and why."""

    key: str
    code: str
    text: Text


class Money(msgspec.Struct, frozen=True):
    minor: Annotated[int, Meta(ge=-(10**15), le=10**15)]
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "CNY"


def read_fields(given: Any) -> tuple[list[Descriptor], list[BadField]]:
    """The good ones in their order (index, then as sent; the last of one key counts), and the bad ones."""
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        return [], [_bad("", "fields_invalid", "fields 应是一个列表。", "`fields` is a list.")]
    good: dict[str, Descriptor] = {}
    bad: list[BadField] = []
    for place, one in enumerate(given):
        found = _read(one, place)
        if isinstance(found, BadField):
            bad.append(found)
        elif len(good) >= MOST_FIELDS and found.key not in good:
            bad.append(_bad(
                found.key, "too_many_fields", f"一次最多 {MOST_FIELDS} 个字段。", f"At most {MOST_FIELDS} fields at a time."
            ))
        else:
            good[found.key] = found
    return sorted(good.values(), key=lambda each: each.index), bad


def tier_reaches(tier: str, wanted: str) -> bool:
    """Whether a player of `tier` is shown a field of `wanted`."""
    return tier in _TIERS and _TIERS.index(tier) >= _TIERS.index(wanted)


def _read(given: Any, place: int) -> Descriptor | BadField:
    named = given.get("key") if isinstance(given, dict) else None
    key = named[:64] if isinstance(named, str) and named else f"#{place}"
    try:
        field = msgspec.convert(given, Descriptor)
    except msgspec.ValidationError as failure:
        return _bad(key, "field_invalid", f"字段不正确：{failure}。", f"The field is wrong: {failure}.")
    label, group = clean_line(field.label), clean_line(field.group)
    if not label:
        return _bad(key, "field_invalid", "label 不能为空。", "`label` is empty.")
    if field.href and not _is_link(field.href):
        return _bad(key, "link_invalid", "href 只能是 http(s) 网址。", "`href` is an http(s) address.")
    value, problem = _VALUES[field.type](field.value)
    if problem is not None:
        return _bad(key, "value_invalid", *problem)
    return msgspec.structs.replace(field, label=label, group=group, value=value)


Problem = tuple[str, str] | None


def _text(value: Any) -> tuple[Any, Problem]:
    if value is None or isinstance(value, str):
        line = clean_line(value or "")
        too_long = len(line) > LONGEST_VALUE
        return line, (f"最长 {LONGEST_VALUE} 个字。", f"At most {LONGEST_VALUE} characters.") if too_long else None
    if isinstance(value, bool | int | float):
        return str(value), None
    return None, ("value 应是文字。", "`value` is a text.")


def _number(value: Any) -> tuple[Any, Problem]:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 10**18):
        return value, None
    return None, ("value 应是数字。", "`value` is a number.")


def _money(value: Any) -> tuple[Any, Problem]:
    if value is None:
        return None, None
    try:
        return msgspec.to_builtins(msgspec.convert(value, Money)), None
    except msgspec.ValidationError:
        return None, ("value 应是 {\"minor\": 分, \"currency\": \"CNY\"}。", "`value` is {\"minor\", \"currency\"}.")


def _date(value: Any) -> tuple[Any, Problem]:
    if value is None:
        return None, None
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return date.fromisoformat(value).isoformat(), None
        return msgspec.to_builtins(msgspec.convert(value, Annotated[datetime, Meta(tz=True)])), None
    except (msgspec.ValidationError, ValueError):
        return None, ("value 应是带时区的 ISO 时间或日期。", "`value` is an ISO date, or a time with its zone.")


def _bool(value: Any) -> tuple[Any, Problem]:
    if value is None or isinstance(value, bool):
        return value, None
    return None, ("value 应是 true 或 false。", "`value` is true or false.")


def _link(value: Any) -> tuple[Any, Problem]:
    if value is None or (isinstance(value, str) and _is_link(value)):
        return value, None
    return None, ("value 应是 http(s) 网址。", "`value` is an http(s) address.")


def _list(value: Any) -> tuple[Any, Problem]:
    if value is None:
        return [], None
    if not isinstance(value, list) or len(value) > LONGEST_LIST:
        return None, (f"value 应是列表，最多 {LONGEST_LIST} 项。", f"`value` is a list of at most {LONGEST_LIST}.")
    lines: list[str] = []
    for each in value:
        line, problem = _text(each)
        if problem is not None:
            return None, problem
        lines.append(line)
    return lines, None


_VALUES = {
    "text": _text, "number": _number, "money": _money, "date": _date, "bool": _bool, "link": _link, "list": _list,
}


def _is_link(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(text) <= 1000 and text.isprintable()


def _bad(key: str, code: str, zh: str, en: str) -> BadField:
    return BadField(key, code, Text(zh=zh, en=en))
