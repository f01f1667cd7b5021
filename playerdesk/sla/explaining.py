"""Why is this due then: the row that decides, since when the clock runs, what did not count, and what comes of it."""

from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Reader, Text
from playerdesk.sla import machine, queries
from playerdesk.sla.calendars import Calendar, open_seconds_between
from playerdesk.sla.machine import Clock
from playerdesk.sla.replanning import facts_of
from playerdesk.sla.rules import KINDS, Target
from playerdesk.sla.years import Counted, days_between
from playerdesk.tickets import Standing

MOST_DAYS = 90


class DecidingRow(msgspec.Struct, frozen=True, rename="camel"):
    """A row of the grid that fits a ticket."""

    brand_key: str
    policy: Text
    version: int
    changed_at: datetime | None
    channel: str
    tier: str | None
    category: Text | None
    seconds: int | None
    decides: bool


class Pause(msgspec.Struct, frozen=True, rename="camel"):
    """A stretch in which we waited for somebody else; `until` empty: it goes on. Open time only is what it moved."""

    since: datetime
    until: datetime | None
    open_seconds: float


class ExplainedClock(msgspec.Struct, frozen=True, rename="camel"):
    """One clock of a ticket, so that a person can reckon it up herself."""

    kind: Literal["first", "next", "resolution"]
    state: str
    target_seconds: int
    warn_fraction: float
    started_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    used_seconds: float
    calendar: Text
    time_zone: str
    always: bool
    rows: list[DecidingRow]
    """Those that fit, the one that decides first."""
    current: bool
    """It is planned by the row that decides now; if not, it was set by an earlier version and is over or followed soon."""
    pauses: list[Pause]
    pauses_known: bool
    days: list[Counted]
    """From the start to the due time, how much each counts; none on a calendar that never closes."""
    more_days: bool


class Explanation(msgspec.Struct, frozen=True, rename="camel"):
    """What a ticket's due time comes of."""

    channel: str
    tier: str
    category: Text | None
    live: bool
    clocks: list[ExplainedClock]
    missed: list[queries.Breach]
    """Every target it has missed, and why: nobody_on_duty, waiting_in_queue or with_agent."""


_POLICIES: LiteralString = """
    SELECT p.brand_id, coalesce(b.key, ''), p.name, p.version, p.changed_at
    FROM sla.policy p LEFT JOIN brands.brand b ON b.id = p.brand_id
"""
_CALENDARS: LiteralString = """
    SELECT id, name, time_zone, notes FROM sla.calendar WHERE id = ANY($1::bigint[])
"""
_CATEGORIES: LiteralString = "SELECT id, name FROM forms.category WHERE id = ANY($1::bigint[])"
_NAMELESS = ("", {"zh": "服务标准", "en": "Service levels"}, 0, None)


async def explain(reader: Reader, standing: Standing, at: datetime) -> Explanation:
    """Everything of one ticket; some small statements, for one person who asks."""
    policy, who = await queries.policy(reader), facts_of(standing)
    rows = policy.rows_for(who)
    clocks = sorted(
        (clock for clock in await queries.clock_rows(reader, [standing.id]) if clock.state != "void"),
        key=lambda clock: KINDS.index(clock.kind),
    )
    policies: dict[int | None, Any] = {row[0]: tuple(row)[1:] for row in await reader.fetch(_POLICIES)}
    shown = {target.category_id for target in rows} | {who.category_id}
    names = {row[0]: Text(**row[1]) for row in await reader.fetch(_CATEGORIES, [each for each in shown if each])}
    calendars = {
        row[0]: tuple(row)[1:] for row in await reader.fetch(_CALENDARS, sorted({clock.calendar_id for clock in clocks}))
    }
    return Explanation(
        who.channel, who.tier, names.get(who.category_id or 0), standing.live,
        [
            _clock(
                clock, at, policy.calendar(clock.calendar_id), calendars[clock.calendar_id],
                _rows(rows, clock.kind, policies, names),
            )
            for clock in clocks
        ],
        await queries.breaches(reader, standing.id),
    )


def _rows(
    rows: list[Target], kind: str, policies: dict[int | None, Any], names: dict[int, Text]
) -> list[tuple[Target, DecidingRow]]:
    found: list[tuple[Target, DecidingRow]] = []
    for n, row in enumerate(rows):
        brand_key, name, version, changed_at = policies.get(row.brand_id, _NAMELESS)
        plan = row.plan(kind)
        found.append((row, DecidingRow(
            brand_key, Text(**name), version, changed_at, row.channel, row.tier,
            names.get(row.category_id or 0), plan and plan.target_seconds, n == 0,
        )))
    return found


def _clock(
    clock: Clock, at: datetime, calendar: Calendar, named: tuple[Any, ...], rows: list[tuple[Target, DecidingRow]]
) -> ExplainedClock:
    def book(_: int) -> Calendar:
        return calendar

    name, zone, notes = named
    plan = machine.Plan(clock.target_seconds, clock.warn_fraction, clock.calendar_id)
    moment = clock.ended_at or at
    pauses = [
        Pause(since, until, open_seconds_between(calendar, since, until)) for since, until in machine.pairs(clock.pauses or [])
    ]
    if clock.paused_at is not None:
        pauses.append(Pause(clock.paused_at, None, open_seconds_between(calendar, clock.paused_at, moment)))
    days = [] if calendar.always else list(days_between(calendar, clock.started_at, clock.due_at, notes))
    return ExplainedClock(
        clock.kind, clock.state, clock.target_seconds, clock.warn_fraction, clock.started_at,  # type: ignore[arg-type]
        None if clock.paused_at is not None and clock.state == "paused" else clock.due_at, clock.ended_at,
        round(machine.used_seconds(clock, max(moment, clock.started_at), book), 3), Text(**name), zone, calendar.always,
        [row for _, row in rows], bool(rows) and rows[0][0].plan(clock.kind) == plan,
        pauses, clock.pauses is not None, days[:MOST_DAYS], len(days) > MOST_DAYS,
    )


