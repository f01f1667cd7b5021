"""Whether a channel is open for somebody now: by brand and tier, by a calendar, and by how many wait already.

Asked only where something new begins; what is running is never cut off.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, LiteralString

import msgspec

from playerdesk.kernel import Conflict, Reader, Remembered, Text
from playerdesk.sla import Calendar, calendars_by_key

Reason = Literal["closed", "hours", "full"]
_LOOK_AHEAD_DAYS = 60

CLOSED_CHAT = Text(
    zh="在线会话暂未对您开放。请留言，我们会尽快在这里回复您。",
    en="Live chat is not open for you at the moment. Leave a message, and we will answer you here.",
)
NOT_THESE_HOURS = Text(
    zh="现在不是在线会话的服务时间。请先留言，我们会在这里回复您。",
    en="Live chat has other hours. Leave a message, and we will answer you here.",
)
TOO_MANY_WAIT = Text(
    zh="现在排队的人很多。请先留言，不必等待，我们会在这里回复您。",
    en="Many are waiting. Leave a message instead of waiting, and we will answer you here.",
)
CLOSED_FORM = Text(
    zh="这里暂时不接收新的问题。已提交的问题会继续处理，请稍后再来。",
    en="New questions are not taken here at the moment. Those you have asked go on; please come back later.",
)


class Door(msgspec.Struct, frozen=True):
    """A row of channels.door."""

    brand_id: int | None
    channel: str
    tier: str | None
    open: bool
    calendar_key: str | None
    most_waiting: int | None
    instead: Text | None

    @property
    def weight(self) -> int:
        """The most specific row decides: brand before tier."""
        return 2 * (self.brand_id is not None) + (self.tier is not None)


class Shut(msgspec.Struct, frozen=True, rename="camel"):
    """A closed door: why, what to do instead, and when it opens again if that is known."""

    reason: Reason
    text: Text
    opens_at: datetime | None
    instead: str | None
    """The channel to use instead."""


_doors: Remembered[str, list[Door]] = Remembered(5.0)

_READ: LiteralString = """
    SELECT brand_id, channel, tier, open, calendar_key, most_waiting, instead FROM channels.door ORDER BY position, id
"""
_WAITING: LiteralString = """
    SELECT count(*)::int FROM (
        SELECT 1 FROM tickets.ticket WHERE brand_id = $1 AND live AND assignee_id IS NULL AND status IN ('new', 'open') LIMIT $2
    ) AS w
"""
_TIER: LiteralString = "SELECT tier FROM players.player WHERE id = $1"


def forget_doors(reader: Reader) -> None:
    """Read afresh the next time."""
    _doors.forget(reader)


async def doors(reader: Reader) -> list[Door]:
    """All of them; at most five seconds old."""
    known = _doors.get(reader, "all")
    if known is not None:
        return known
    rows = await reader.fetch(_READ)
    return _doors.put(reader, "all", [Door(*row[:6], instead=row[6] and Text(**row[6])) for row in map(tuple, rows)])


def door_for(known: Sequence[Door], brand_id: int, channel: str, tier: str) -> Door | None:
    """The row that decides. None: nobody has said anything, so it is open."""
    fitting = [
        door for door in known
        if door.channel == channel and door.brand_id in (None, brand_id) and door.tier in (None, tier)
    ]
    return max(fitting, key=lambda door: door.weight, default=None)


def judge(door: Door | None, calendar: Calendar | None, waiting: int, at: datetime) -> Shut | None:
    """Whether it is shut, and what is said then; None: come in."""
    if door is None:
        return None
    chat = door.channel == "chat"
    instead = "game" if chat else None
    if not door.open:
        return Shut("closed", door.instead or (CLOSED_CHAT if chat else CLOSED_FORM), None, instead)
    if calendar is not None and not is_open(calendar, at):
        return Shut("hours", door.instead or (NOT_THESE_HOURS if chat else CLOSED_FORM), opens_next(calendar, at), instead)
    if door.most_waiting is not None and waiting >= door.most_waiting:
        return Shut("full", door.instead or (TOO_MANY_WAIT if chat else CLOSED_FORM), None, instead)
    return None


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether it is open at this instant."""
    return any(opens <= at < closes for opens, closes in calendar.openings(calendar.day_of(at)))


def opens_next(calendar: Calendar, at: datetime) -> datetime | None:
    """When it opens again; None if not for long."""
    day = calendar.day_of(at)
    for n in range(_LOOK_AHEAD_DAYS):
        for opens, _ in calendar.openings(day + timedelta(days=n)):
            if opens > at:
                return opens
    return None


async def shut_for(reader: Reader, brand_id: int, player_id: int, channel: str, at: datetime) -> Shut | None:
    """Whether this player finds the channel shut. Where nobody has said anything, it costs nothing."""
    known = [door for door in await doors(reader) if door.channel == channel and door.brand_id in (None, brand_id)]
    if not known:
        return None
    tier: str = "none"
    if any(door.tier is not None for door in known):
        tier = await reader.value(_TIER, player_id) or "none"
    door = door_for(known, brand_id, channel, tier)
    calendar = None
    if door is not None and door.calendar_key is not None:
        calendar = (await calendars_by_key(reader)).get(door.calendar_key)
    waiting = 0
    if door is not None and door.open and door.most_waiting is not None and channel == "chat":
        waiting = await reader.value(_WAITING, brand_id, door.most_waiting)
    return judge(door, calendar, waiting, at)


class ChannelClosed(Conflict):
    """409: the door is shut, with words for the player, and what to do instead."""

    def __init__(self, shut: Shut) -> None:
        super().__init__("channel_closed", shut.text, extra={
            "reason": shut.reason, "opensAt": shut.opens_at, "instead": shut.instead,
        })
