"""One value of a form, read as what the field asks for; `limits` looks at how long, how much and when. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from playerdesk.kernel import Text, clean_line, clean_text

LONGEST_LINE = 200
LONGEST_TEXT = 5000
LARGEST_NUMBER = 10**15
LARGEST_MONEY = 10**12

MOST_FILES = 6

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FILE = re.compile(r"[0-9a-f]{32}")
_MONEY_SIGNS = re.compile(r"[¥￥$€£,，\s]|元|CNY|RMB|USD", re.IGNORECASE)


class BadValue(Exception):
    """The value cannot be kept; the text says what would be right."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


def read_value(kind: str, value: Any, choices: Sequence[str], time_zone: str) -> Any:
    """The value as it is kept (JSON), or None when the field was left empty."""
    if value is None or (value == [] and kind in ("choices", "file")) or (isinstance(value, str) and not value.strip()):
        return None
    if kind in ("choice", "tree"):
        if isinstance(value, str) and value in choices:
            return value
        raise BadValue("请从给出的选项中选择。", "Choose one of the options.")
    if kind == "choices":
        return _several(value, choices)
    if kind == "datetime":
        return _datetime(value, time_zone)
    return _READERS[kind](value)


def _string(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadValue("请填写文字。", "Write text here.")
    return str(value)


def _text(text: str, longest: int) -> str | None:
    if len(text) > longest:
        raise BadValue(
            f"最多 {longest} 个字，现在有 {len(text)} 个。", f"At most {longest} characters; this has {len(text)}."
        )
    return text or None


def _decimal(value: Any, bad: BadValue) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 40:
        raise bad
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation as failure:
        raise bad from failure
    if not number.is_finite():
        raise bad
    return number


def _number(value: Any) -> int | float:
    bad = BadValue("请填写数字，例如 12。", "Write a number, such as 12.")
    number = _decimal(value, bad)
    if abs(number) > LARGEST_NUMBER:
        raise BadValue("数字太大，请核对。", "This number is too large; please check it.")
    return int(number) if number == number.to_integral_value() else float(number)


def _money(value: Any) -> int:
    """Kept in minor units. A number is minor units already; a text is what people write: ¥648, 648.00 元."""
    bad = BadValue("请填写金额，例如 648 或 648.00。", "Write an amount, such as 648 or 648.00.")
    amount = _decimal(_MONEY_SIGNS.sub("", value), bad) * 100 if isinstance(value, str) else _decimal(value, bad)
    if amount != amount.to_integral_value():
        raise bad
    if not 0 <= amount <= LARGEST_MONEY:
        raise BadValue("金额超出范围，请核对。", "This amount is out of range; please check it.")
    return int(amount)


def _datetime(value: Any, time_zone: str) -> str:
    bad = BadValue("请填写时间，例如 2026-11-22 12:30。", "Write a time, such as 2026-11-22 12:30.")
    if not isinstance(value, str) or len(value) > 40:
        raise bad
    try:
        moment = datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as failure:
        raise bad from failure


def _date(value: Any) -> str:
    bad = BadValue("请填写日期，例如 2026-11-22。", "Write a day, such as 2026-11-22.")
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise bad
    try:
        return date.fromisoformat(value.strip()).isoformat()
    except ValueError as failure:
        raise bad from failure


def _several(value: Any, choices: Sequence[str]) -> list[str]:
    """Each once, in the order of the form."""
    given: list[Any] = value if isinstance(value, list) else [value]
    if len(given) > len(choices) or any(each not in choices for each in given):
        raise BadValue("请从给出的选项中选择。", "Choose from the options.")
    return [each for each in choices if each in given]


def _files(value: Any) -> list[str]:
    given: list[Any] = value if isinstance(value, list) else [value]
    if len(given) > MOST_FILES or not all(isinstance(each, str) and _FILE.fullmatch(each) for each in given):
        raise BadValue(f"请上传文件，最多 {MOST_FILES} 个。", f"Upload files here, {MOST_FILES} at most.")
    return list(dict.fromkeys(given))


def _consent(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value or None
    raise BadValue("请勾选。", "Tick this, please.")


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": lambda value: _text(clean_line(_string(value)), LONGEST_LINE),
    "longtext": lambda value: _text(clean_text(_string(value)), LONGEST_TEXT),
    "number": _number,
    "money": _money,
    "date": _date,
    "file": _files,
    "consent": _consent,
    **{
        kind: lambda value: _text(clean_line(_string(value)), LONGEST_LINE)
        for kind in ("server", "character", "purchase", "lookup")
    },
}
