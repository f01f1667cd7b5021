"""When? Phrases such as 明天上午, 下周一9点, 3小时后, in 2 hours, tomorrow 9am, next monday: a small grammar. Pure.

A phrase is read whole or not at all: what is left over means that it was not understood, and nothing is guessed.
Spans of minutes and hours are elapsed time; days and clock times are the reader's wall clock, so a change to summer
time in between moves nothing. A wall time that a clock change skips becomes the moment just after the gap.
"""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.tickets.craft.numbers import NUMBER, number

MORNING = time(9)


class _Read(msgspec.Struct):
    """What has been understood so far."""

    today: date
    now: time
    day: date | None = None
    loose: bool = False
    """The day is a weekday or a date that may as well mean the next one."""
    repeat: Callable[[date], date] | None = None
    at: time | None = None
    part: str | None = None
    half: str | None = None
    elapsed: timedelta | None = None
    usual: time | None = None
    """The clock time if none is named."""


_ZH_PARTS: dict[str, tuple[time, str]] = {
    "凌晨": (time(3), "early"), "清晨": (time(7), "am"), "早上": (MORNING, "am"), "早晨": (MORNING, "am"),
    "上午": (MORNING, "am"),
    "中午": (time(12), "noon"), "下午": (time(14), "pm"),
    "傍晚": (time(18), "pm"), "晚上": (time(20), "pm"), "夜里": (time(22), "pm"),
    "早": (MORNING, "am"), "晚": (time(20), "pm"),
}
_MIDNIGHTS = frozenset({"晚上", "夜里", "晚", "night"})
_EN_PARTS: dict[str, tuple[time, str]] = {
    "morning": (MORNING, "am"), "noon": (time(12), "noon"), "midday": (time(12), "noon"), "afternoon": (time(14), "pm"),
    "evening": (time(18), "pm"), "night": (time(20), "pm"), "end of day": (time(18), "pm"), "eod": (time(18), "pm"),
}
_ZH_DAYS = {"今天": 0, "今日": 0, "今": 0, "明天": 1, "明日": 1, "明": 1, "后天": 2, "大后天": 3}
_EN_DAYS = {"today": 0, "tonight": 0, "tomorrow": 1, "tmr": 1, "day after tomorrow": 2, "the day after tomorrow": 2}
_WEEKDAYS = {name: n for n, names in enumerate((
    ("monday", "mon"), ("tuesday", "tue", "tues"), ("wednesday", "wed"), ("thursday", "thu", "thur", "thurs"),
    ("friday", "fri"), ("saturday", "sat"), ("sunday", "sun"),
)) for name in names}
_MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_abbr) if name} | {
    name.lower(): n for n, name in enumerate(calendar.month_name) if name
}
_SPANS = {"分钟": 60, "分": 60, "小时": 3600, "钟头": 3600, "minute": 60, "min": 60, "m": 60, "hour": 3600, "hr": 3600, "h": 3600}
_DAY_SPANS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "day": 1, "d": 1, "week": 7, "wk": 7, "w": 7}


def _one_of(words: object) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))  # type: ignore[arg-type]


def moment(phrase: str, at: datetime, time_zone: ZoneInfo) -> datetime | None:
    """The moment a phrase means, in UTC; None when it is not understood or is not still to come."""
    here = at.astimezone(time_zone)
    read = _Read(here.date(), here.time().replace(tzinfo=None))
    left = re.sub(r"[\s,，。]+", " ", phrase.strip().lower().replace("：", ":").replace("／", "/"))
    # 下周一 9 点 is written with and without spaces.
    left = re.sub(r" ?([\u4e00-\u9fff]) ?", r"\1", left)
    try:
        while left:
            for pattern, take in _RULES:
                found = pattern.match(left)
                if found and take(read, found):
                    left = left[found.end():].lstrip()
                    break
            else:
                return None
        meant = _resolve(read, at, time_zone)
    except (ValueError, OverflowError):
        return None
    return meant if meant is not None and meant > at else None


def _resolve(read: _Read, at: datetime, zone: ZoneInfo) -> datetime | None:
    clock = _clock(read)
    if read.elapsed is not None:
        return None if read.day is not None or clock is not None else at + read.elapsed
    if read.day is None and clock is None:
        return None
    if read.day is None:
        assert clock is not None
        today = _instant(read.today, clock, zone)
        return today if today > at else _instant(read.today + timedelta(days=1), clock, zone)
    if clock is None:
        clock = read.usual or (time(18) if read.day == read.today else MORNING)
    meant = _instant(read.day, clock, zone)
    if meant <= at and read.loose and read.repeat is not None:
        meant = _instant(read.repeat(read.day), clock, zone)
    return meant


def _clock(read: _Read) -> time | None:
    if read.at is None:
        return None if read.part is None else (_ZH_PARTS | _EN_PARTS)[read.part][0]
    half = read.half or (None if read.part is None else (_ZH_PARTS | _EN_PARTS)[read.part][1])
    hour = read.at.hour
    if hour == 12 and read.part in _MIDNIGHTS and not read.half:
        # Twelve at night ends the day: it is the next one's first moment.
        read.day = (read.day or read.today) + timedelta(days=1)
        hour = 0
    elif (half == "pm" and hour < 12) or (half == "noon" and hour < 6):
        hour += 12
    elif (half == "am" and hour > 12) or (half == "early" and hour > 6):
        raise ValueError(hour)
    elif half == "am" and read.half and hour == 12:
        hour = 0
    return read.at.replace(hour=hour)


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone).astimezone(UTC)


# -- rules: each takes what it understands and says whether it does

def _set_day(read: _Read, day: date, repeat: Callable[[date], date] | None = None) -> bool:
    if read.day is not None or read.elapsed is not None:
        return False
    read.day, read.loose, read.repeat = day, repeat is not None, repeat
    return True


def _set_time(read: _Read, hour: int, minute: int, half: str | None = None) -> bool:
    if read.at is not None or (half is not None and hour > 12):
        return False
    read.at, read.half = time(hour, minute), half
    return True


def _set_part(read: _Read, part: str) -> bool:
    if read.part is not None:
        return False
    read.part = part
    return True


def _ahead(read: _Read, days: int) -> bool:
    return _set_day(read, read.today + timedelta(days=days))


def _elapse(read: _Read, seconds: float) -> bool:
    if read.elapsed is not None or read.day is not None or read.at is not None or seconds <= 0:
        return False
    read.elapsed = timedelta(seconds=seconds)
    return True


def _same_clock(read: _Read, days: int = 0, months: int = 0) -> bool:
    """So many days on, at this time of day unless another is named."""
    day = _months_on(read.today, months) + timedelta(days=days)
    if days + months <= 0 or not _set_day(read, day):
        return False
    read.usual = read.now.replace(microsecond=0)
    return True


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _monday(read: _Read, weeks: int) -> date:
    return read.today + timedelta(days=7 * weeks - read.today.weekday())


def _weekday(read: _Read, weekday: int, *, today_too: bool = True) -> bool:
    ahead = (weekday - read.today.weekday()) % 7
    if not ahead and not today_too:
        ahead = 7
    return _set_day(read, read.today + timedelta(days=ahead), lambda day: day + timedelta(days=7))


def _zh_span(read: _Read, found: re.Match[str]) -> bool:
    count = number(found["n"]) + (0.5 if found["half"] else 0) if found["n"] else 0.5
    unit = found["unit"]
    if unit in _SPANS:
        return _elapse(read, count * _SPANS[unit])
    if count != int(count):
        return _elapse(read, count * _DAY_SPANS[unit] * 86400) if unit in _DAY_SPANS else False
    return _same_clock(read, days=int(count) * _DAY_SPANS[unit]) if unit in _DAY_SPANS else _same_clock(read, months=int(count))


def _en_span(read: _Read, found: re.Match[str]) -> bool:
    count = {"half an": 0.5, "half a": 0.5, "a": 1, "an": 1}.get(found["n"])
    count = number(found["n"]) if count is None else count
    unit = found["unit"].removesuffix("s") if len(found["unit"]) > 1 else found["unit"]
    if unit in _SPANS:
        return _elapse(read, count * _SPANS[unit])
    if count != int(count):
        return False
    return _same_clock(read, days=int(count) * _DAY_SPANS[unit]) if unit in _DAY_SPANS else _same_clock(read, months=int(count))


def _zh_week(read: _Read, found: re.Match[str]) -> bool:
    which, name = found["which"] or "", found["day"]
    weeks = which.count("下")
    if name == "末":
        return _set_day(read, _monday(read, weeks) + timedelta(days=5)) if which else _weekday(read, 5)
    if not name:
        return bool(weeks) and _set_day(read, _monday(read, weeks))
    weekday = {"日": 6, "天": 6}.get(name)
    weekday = int(number(name)) - 1 if weekday is None else weekday
    if which:
        return _set_day(read, _monday(read, weeks) + timedelta(days=weekday))
    return _weekday(read, weekday)


def _zh_time(read: _Read, found: re.Match[str]) -> bool:
    minute = found["minute"]
    minutes = {"半": 30, "一刻": 15, "三刻": 45, "整": 0}.get(minute or "整")
    return _set_time(read, int(number(found["hour"])), int(number(minute)) if minutes is None else minutes)


def _day_of_month(read: _Read, month: int | None, day: int, months: int | None = None) -> bool:
    if month is not None:
        return _set_day(read, _date(read.today.year, month, day), lambda was: _date(was.year + 1, month, day)) if (
            _date(read.today.year, month, day) >= read.today
        ) else _set_day(read, _date(read.today.year + 1, month, day))
    first = _months_on(read.today.replace(day=1), months or 0)
    meant = _date(first.year, first.month, day)
    if months is None and meant < read.today:
        after = _months_on(first, 1)
        meant = _date(after.year, after.month, day)
    return _set_day(read, meant)


def _date(year: int, month: int, day: int) -> date:
    return date(year, month, day)


_Take = Callable[[_Read, re.Match[str]], bool]


def _rule(pattern: str, take: _Take) -> tuple[re.Pattern[str], _Take]:
    return re.compile(pattern), take


_ZH_UNIT = r"(?P<unit>分钟|分|小时|钟头|天|日|周|星期|礼拜|月)"
_EN_UNIT = r"(?P<unit>minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|wks?|w|months?)\b"

_RULES = (
    _rule(r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})[日号]?",
          lambda r, f: _set_day(r, _date(int(f["y"]), int(f["m"]), int(f["d"])))),
    _rule(rf"(?:(?P<n>{NUMBER})(?:个)?(?P<half>半)?|半个?){_ZH_UNIT}(?:之后|以后|后)", _zh_span),
    _rule(rf"in (?P<n>half an?|an?|{NUMBER}) ?{_EN_UNIT}", _en_span),
    _rule(rf"(?P<n>\d+(?:\.\d+)?) ?{_EN_UNIT}(?: later| from now)?", _en_span),
    _rule(r"(?P<m>\d{1,2})[-/](?P<d>\d{1,2})(?![\d:])", lambda r, f: _day_of_month(r, int(f["m"]), int(f["d"]))),
    _rule(rf"(?P<m>{NUMBER})月(?P<d>{NUMBER})[日号]", lambda r, f: _day_of_month(r, int(number(f["m"])), int(number(f["d"])))),
    _rule(rf"下个?月(?P<d>{NUMBER})[日号]", lambda r, f: _day_of_month(r, None, int(number(f["d"])), 1)),
    _rule(rf"(?:这个?月|本月)?(?P<d>{NUMBER})[日号]", lambda r, f: _day_of_month(r, None, int(number(f["d"])))),
    _rule(r"(?:月底|月末|end of (?:the )?month|eom\b)",
          lambda r, _: _set_day(r, _months_on(r.today.replace(day=1), 1) - timedelta(days=1))),
    _rule(r"(?:下个?月|next month)", lambda r, _: _set_day(r, _months_on(r.today.replace(day=1), 1))),
    _rule(_one_of(_ZH_DAYS), lambda r, f: _ahead(r, _ZH_DAYS[f[0]])),
    _rule(rf"(?:{_one_of(_EN_DAYS)})\b", lambda r, f: _ahead(r, _EN_DAYS[f[0]]) and (f[0] != "tonight" or _set_part(r, "night"))),
    _rule(r"(?P<which>这个?|本|下+个?)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-6]|)", _zh_week),
    _rule(rf"next (?P<day>{_one_of(_WEEKDAYS)})\b", lambda r, f: _weekday(r, _WEEKDAYS[f["day"]], today_too=False)),
    _rule(rf"(?:on |this )?(?P<day>{_one_of(_WEEKDAYS)})\b", lambda r, f: _weekday(r, _WEEKDAYS[f["day"]])),
    _rule(r"next week\b", lambda r, _: _set_day(r, _monday(r, 1))),
    _rule(r"(?:this |the |on the )?weekend\b", lambda r, _: _weekday(r, 5)),
    _rule(rf"(?:on )?(?P<m>{_one_of(_MONTHS)}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)",
          lambda r, f: _day_of_month(r, _MONTHS[f["m"]], int(f["d"]))),
    _rule(rf"(?:on )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_one_of(_MONTHS)})\b",
          lambda r, f: _day_of_month(r, _MONTHS[f["m"]], int(f["d"]))),
    _rule(r"(?:at )?(?P<h>\d{1,2})(?::(?P<m>\d{2}))? ?(?P<half>am|pm)\b",
          lambda r, f: _set_time(r, int(f["h"]), int(f["m"] or 0), f["half"])),
    _rule(r"(?:at )?(?P<h>\d{1,2}):(?P<m>\d{2})(?!\d)", lambda r, f: _set_time(r, int(f["h"]), int(f["m"]))),
    _rule(r"at (?P<h>\d{1,2})\b", lambda r, f: _set_time(r, int(f["h"]), 0)),
    _rule(rf"(?P<hour>{NUMBER})[点时](?P<minute>半|一刻|三刻|整|{NUMBER})?分?", _zh_time),
    _rule(_one_of(_ZH_PARTS), lambda r, f: _set_part(r, f[0])),
    _rule(rf"(?:in the |this |at )?(?P<part>{_one_of(_EN_PARTS)})\b", lambda r, f: _set_part(r, f["part"])),
    _rule(r"(?:at|on|的)(?= |$)", lambda _r, _f: True),
)
