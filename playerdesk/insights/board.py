"""The team lead's page: queues and people as they are now, today's figures as they were counted."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import LiteralString
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.brands import brands
from playerdesk.insights.queries import Figures, HourOfChannel, figures, hours_of, hours_within
from playerdesk.kernel import Reader, now
from playerdesk.staff import Scope, State, people, queues
from playerdesk.tickets import Filter, TicketRow, loads, page

MOST_ESCALATED = 20

_NOT_ON_THE_FLOOR = frozenset({"admin"})
_STATES = ("online", "busy", "break", "offline")


class Tiers(msgspec.Struct, frozen=True):
    """How many of each tier."""

    high: int
    mid: int
    low: int
    none: int


class QueueNow(msgspec.Struct, frozen=True, rename="camel"):
    """Who waits in a queue; queue 0 is none."""

    queue_id: int
    waiting: int
    tiers: Tiers
    longest_wait_seconds: float
    oldest_ticket_id: int | None


class AgentNow(msgspec.Struct, frozen=True, rename="camel"):
    """Who is there, and with what in hand."""

    person_id: int
    name: str
    state: State
    since: datetime
    chats: int
    tickets: int
    chat_capacity: int
    ticket_capacity: int


class Hour(msgspec.Struct, frozen=True):
    """One channel in one hour."""

    hour: datetime
    channel: str
    figures: Figures


class Channel(msgspec.Struct, frozen=True):
    """One channel over the day."""

    channel: str
    figures: Figures


class Board(msgspec.Struct, frozen=True, rename="camel"):
    """Everything on the page, of one moment."""

    at: datetime
    day: date
    time_zone: str
    """Whose day it is: the brand's, not that of whoever looks."""
    queues: list[QueueNow]
    agents: list[AgentNow]
    total: Figures
    hours: list[Hour]
    channels: list[Channel]
    escalated: list[TicketRow]


_WAITING: LiteralString = """
    SELECT coalesce(queue_id, 0), count(*)::int, count(*) FILTER (WHERE tier = 'high')::int,
           count(*) FILTER (WHERE tier = 'mid')::int, count(*) FILTER (WHERE tier = 'low')::int,
           count(*) FILTER (WHERE tier NOT IN ('high', 'mid', 'low'))::int,
           min(coalesce(waiting_since, created_at)),
           (array_agg(id ORDER BY coalesce(waiting_since, created_at), id))[1]
    FROM tickets.ticket
    WHERE assignee_id IS NULL AND status IN ('new', 'open') AND brand_id = ANY($1::bigint[])
    GROUP BY 1
"""


async def board(
    reader: Reader, brand_ids: Sequence[int] | None = None, day: date | None = None, scope: Scope | None = None
) -> Board:
    """The board of these brands (all, if None). The day is that of the first brand's time zone.

    `scope`: of somebody who sees a part of the desk; people, queues and every figure are of what she may see.
    """
    known = await brands(reader)
    chosen = [brand for brand in known if brand_ids is None or brand.id in brand_ids]
    ids, at = [brand.id for brand in chosen], now()
    zone = ZoneInfo(chosen[0].time_zone if chosen else "Asia/Shanghai")
    day = day or at.astimezone(zone).date()
    limited = scope if scope is not None and scope.person_ids is not None else None
    rolled = await hours_of(reader, ids, day) if limited is None else await hours_within(reader, ids, day, limited)
    everyone = Filter(brand_ids=ids, person_id=0, scope=limited)
    line, present = await _queues(reader, ids, at), await _agents(reader, ids)
    if limited is not None:
        # Who waits in a queue is nobody's yet: hers to see, if the queue is.
        line = [each for each in line if each.queue_id in (limited.queue_ids or ())]
        present = [each for each in present if each.person_id in (limited.person_ids or ())]
    return Board(
        at=at,
        day=day,
        time_zone=zone.key,
        queues=line,
        agents=present,
        total=figures(rolled),
        hours=[Hour(hour, name, figures(rows)) for (hour, name), rows in groupby(rolled, _hour_and_channel)],
        channels=_channels(rolled),
        escalated=(await page(reader, "escalated", everyone, None, MOST_ESCALATED)).typed,
    )


def _hour_and_channel(row: HourOfChannel) -> tuple[datetime, str]:
    return row.hour, row.channel


def _channels(rolled: Sequence[HourOfChannel]) -> list[Channel]:
    names = sorted({row.channel for row in rolled})
    return [Channel(name, figures(row for row in rolled if row.channel == name)) for name in names]


async def _queues(reader: Reader, brand_ids: Sequence[int], at: datetime) -> list[QueueNow]:
    waiting = {row[0]: row for row in await reader.fetch(_WAITING, list(brand_ids))}
    shown = [queue.id for queue in await queues(reader) if queue.brand_id is None or queue.brand_id in brand_ids]
    rows: list[QueueNow] = []
    for queue_id in dict.fromkeys([*shown, *waiting]):
        row = waiting.get(queue_id)
        if row is None:
            rows.append(QueueNow(queue_id, 0, Tiers(0, 0, 0, 0), 0.0, None))
        else:
            seconds = max(0.0, (at - row[6]).total_seconds())
            rows.append(QueueNow(queue_id, row[1], Tiers(*tuple(row)[2:6]), round(seconds, 1), row[7]))
    return rows


async def _agents(reader: Reader, brand_ids: Sequence[int]) -> list[AgentNow]:
    in_hand = {load.person_id: load for load in await loads(reader, brand_ids)}
    rows: list[AgentNow] = []
    for person in await people(reader):
        serves = not person.brand_ids or not set(person.brand_ids).isdisjoint(brand_ids)
        if not serves or _NOT_ON_THE_FLOOR.issuperset(person.roles):
            continue
        load = in_hand.get(person.id)
        rows.append(AgentNow(
            person.id, person.name, person.state, person.since, load.chats if load else 0,
            load.tickets if load else 0, person.chat_capacity, person.ticket_capacity,
        ))
    return sorted(rows, key=lambda row: (_STATES.index(row.state), row.person_id))
