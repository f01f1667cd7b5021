"""What is promised unless the company says otherwise: the standards of the handbook, per channel and tier."""

from typing import Any

import msgspec

MINUTE, HOUR = 60, 3600
DAY = 24 * HOUR


class Default(msgspec.Struct, frozen=True):
    """A row of sla.target on the 24/7 calendar; tier None serves every tier without a row of its own."""

    channel: str
    tier: str | None
    first: int
    next: int | None
    resolution: int


DEFAULTS = (
    Default("chat", None, 30, 60, DAY),
    Default("chat", "high", 15, 60, DAY),
    Default("game", None, 8 * HOUR, 8 * HOUR, 3 * DAY),
    Default("game", "high", 10 * MINUTE, 10 * MINUTE, 12 * HOUR),
    Default("game", "mid", HOUR, HOUR, DAY),
    Default("mail", None, DAY, DAY, 3 * DAY),
    Default("mail", "high", 4 * HOUR, 4 * HOUR, DAY),
    Default("forum", None, 2 * DAY, 2 * DAY, 7 * DAY),
    Default("wechat", None, 12 * HOUR, 12 * HOUR, 3 * DAY),
    Default("phone", None, MINUTE, None, DAY),
)

_OFFICE = [["09:00", "12:00"], ["13:30", "18:00"]]

ALWAYS_OPEN: dict[str, Any] = {
    "key": "always",
    "name": {"zh": "7×24 小时", "en": "24/7"},
    "time_zone": "Asia/Shanghai",
    "week": {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
}

OFFICE_HOURS: dict[str, Any] = {
    "key": "office",
    "name": {"zh": "工作时间（含法定节假日与调休）", "en": "Office hours with Chinese holidays"},
    "time_zone": "Asia/Shanghai",
    "week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _OFFICE),
    "chinese_holidays": True,
}
