"""What the clocks show, and the targets and calendars they are set by."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal, LiteralString

import msgspec
import structlog

from playerdesk.kernel import Reader, Remembered, Text, now
from playerdesk.sla.calendars import HOLIDAYS_KNOWN_UNTIL, Calendar, Minutes
from playerdesk.sla.chains import Chains, ChainStep
from playerdesk.sla.machine import Clock
from playerdesk.sla.rules import Policy, Target

log = structlog.get_logger("sla")

POLICY_SECONDS = 5.0
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

CLOCK: LiteralString = """
    ticket_id, kind, round, target_seconds, warn_fraction, calendar_id, state, started_at, due_at, warn_at,
    paused_at, paused_late_seconds, ended_at, ring_at, pauses
"""


class ClockView(msgspec.Struct, frozen=True, rename="camel"):
    """A clock as a screen shows it; a paused one has no due time until it runs again."""

    ticket_id: int
    kind: Literal["first", "next", "resolution"]
    state: Literal["running", "paused", "met", "breached"]
    target_seconds: int
    due_at: datetime | None
    warn_at: datetime | None
    ended_at: datetime | None
    calendar: Text


class Breach(msgspec.Struct, frozen=True, rename="camel"):
    """A target that was missed, and why."""

    ticket_id: int
    clock: str
    due_at: datetime
    noticed_at: datetime
    assignee_id: int | None
    queue_id: int | None
    why: str


async def clock_rows(reader: Reader, ticket_ids: Sequence[int]) -> list[Clock]:
    """The clocks as the rules need them."""
    return await reader.rows(
        Clock, f"SELECT {CLOCK} FROM sla.clock WHERE ticket_id = ANY($1::bigint[])", list(ticket_ids)
    )


async def clocks(reader: Reader, ticket_ids: Sequence[int]) -> list[ClockView]:
    """The clocks of these tickets, ready to show."""
    records = await reader.fetch(
        "SELECT c.ticket_id, c.kind, c.state, c.target_seconds,"
        " CASE WHEN c.paused_at IS NULL THEN c.due_at END, CASE WHEN c.paused_at IS NULL THEN c.warn_at END,"
        " c.ended_at, k.name ->> 'zh', k.name ->> 'en'"
        " FROM sla.clock c JOIN sla.calendar k ON k.id = c.calendar_id"
        " WHERE c.ticket_id = ANY($1::bigint[]) AND c.state <> 'void'"
        " ORDER BY c.ticket_id, array_position('{first,next,resolution}', c.kind)",
        list(ticket_ids),
    )
    return [
        ClockView(r[0], r[1], r[2], r[3], r[4], r[5], r[6], Text(zh=r[7], en=r[8])) for r in records
    ]


async def breaches(reader: Reader, ticket_id: int) -> list[Breach]:
    """Every target this ticket has missed, oldest first."""
    return await reader.rows(
        Breach,
        "SELECT ticket_id, clock, due_at, noticed_at, assignee_id, queue_id, why"
        " FROM sla.breach WHERE ticket_id = $1 ORDER BY id",
        ticket_id,
    )


# -- targets and calendars, known for a few seconds

_policies: Remembered[str, Policy] = Remembered(POLICY_SECONDS)
_calendars: Remembered[str, dict[str, Calendar]] = Remembered(POLICY_SECONDS)
_chains: Remembered[str, Chains] = Remembered(POLICY_SECONDS)
_complaints: Remembered[str, bool] = Remembered(86400.0)


def forget_policy(reader: Reader) -> None:
    """Read targets and calendars afresh the next time; called when they are changed here."""
    _policies.forget(reader)
    _chains.forget(reader)
    _calendars.forget(reader)


async def policy(reader: Reader) -> Policy:
    """The targets and calendars that apply; at most `POLICY_SECONDS` old."""
    known = _policies.get(reader, "all")
    return known or _policies.put(reader, "all", await _read_policy(reader))


# Of each category the one above it; one that was merged stands below the one it became. Read with the policy, every few
# seconds: what happens to a ticket asks nothing more.
_ABOVE: LiteralString = """
    SELECT c.id, coalesce((
        SELECT o.id FROM forms.category o
        WHERE c.retired_at IS NOT NULL AND o.retired_at IS NULL AND c.key = ANY (o.aliases)
          AND o.brand_id IS NOT DISTINCT FROM c.brand_id LIMIT 1
    ), c.parent_id) AS above FROM forms.category c WHERE c.parent_id IS NOT NULL OR c.retired_at IS NOT NULL
"""


async def _read_policy(reader: Reader) -> Policy:
    targets = await reader.rows(
        Target,
        "SELECT brand_id, channel, category_id, tier, first_seconds, next_seconds, resolution_seconds,"
        " warn_fraction, calendar_id, id, position FROM sla.target ORDER BY id",
    )
    records = await reader.fetch("SELECT id, time_zone, week, chinese_holidays, exceptions FROM sla.calendar")
    calendars = {record[0]: calendar_of(*record[1:]) for record in records}
    _complain_about_holidays(reader, calendars.values())
    return Policy(targets, calendars, {row[0]: row[1] for row in await reader.fetch(_ABOVE)})


async def fresh_policy(reader: Reader) -> Policy:
    """As the database has it at this moment, for those who must not be seconds behind."""
    return await _read_policy(reader)


async def calendars_by_key(reader: Reader) -> dict[str, Calendar]:
    """Every calendar, retired ones too; at most `POLICY_SECONDS` old."""
    known = _calendars.get(reader, "all")
    if known is not None:
        return known
    rows = await reader.fetch("SELECT key, time_zone, week, chinese_holidays, exceptions FROM sla.calendar")
    return _calendars.put(reader, "all", {row[0]: calendar_of(*tuple(row)[1:]) for row in rows})


async def chains(reader: Reader) -> Chains:
    """The escalation chains; at most `POLICY_SECONDS` old."""
    known = _chains.get(reader, "all")
    if known is not None:
        return known
    rows = await reader.fetch("SELECT brand_id, escalation FROM sla.policy")
    return _chains.put(reader, "all", Chains({row[0]: msgspec.convert(row[1], list[ChainStep]) for row in rows}))


def calendar_of(time_zone: str, week: dict[str, Any], chinese_holidays: bool, exceptions: dict[str, Any]) -> Calendar:
    """A calendar from its row."""
    return Calendar(
        time_zone,
        [_hours(week.get(day, [])) for day in DAYS],
        chinese_holidays=chinese_holidays,
        exceptions={date.fromisoformat(day): _hours(hours) for day, hours in exceptions.items()},
    )


def _hours(hours: list[list[str]]) -> tuple[Minutes, ...]:
    return tuple(sorted((minutes(start), minutes(end)) for start, end in hours))


def minutes(wall: str) -> int:
    """``"09:30"`` as minutes after midnight; ``"24:00"`` ends the day."""
    hour, minute = wall.split(":")
    return int(hour) * 60 + int(minute)


def _complain_about_holidays(reader: Reader, calendars: Iterable[Calendar]) -> None:
    """Once a day, as long as a calendar wants holidays that nobody has told us."""
    if now().date() <= HOLIDAYS_KNOWN_UNTIL or _complaints.get(reader, "holidays"):
        return
    if any(calendar.chinese_holidays for calendar in calendars):
        _complaints.put(reader, "holidays", value=True)
        log.warning(
            "Chinese holidays are not known any more; weekdays count as working days",
            known_until=HOLIDAYS_KNOWN_UNTIL.isoformat(), remedy="update the package chinesecalendar",
        )
