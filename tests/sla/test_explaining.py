"""Why a ticket is due then, and what a draft would do."""

from datetime import UTC, datetime, timedelta

import msgspec

from playerdesk.kernel import now
from playerdesk.sla import queries
from playerdesk.sla.blueprints.calendar import CalendarBody, read_calendar
from playerdesk.sla.blueprints.service_level import Levels
from playerdesk.sla.explaining import explain
from playerdesk.sla.trying import try_out
from playerdesk.sla.years import year_of
from playerdesk.tickets import standings
from tests.given import a_brand, an_agent
from tests.sla.given import a_ticket, says
from tests.sla.test_replanning import AT, levels, pieces, publish

FRIDAY = datetime(2026, 9, 25, 1, tzinfo=UTC) - timedelta(days=1)
"""The Thursday before the Mid-autumn Festival, nine o'clock in Shanghai."""


async def explained(database, ticket, at):
    async with database.reading() as reader:
        standing = (await standings(reader, [ticket]))[ticket]
        return await explain(reader, standing, at)


async def test_the_row_the_pauses_and_the_holidays_are_named(database):
    async with database.transaction() as tx:
        brand, agent = await a_brand(tx), await an_agent(tx, state="offline")
    await publish(database, levels({"channel": "game", "first": 3600, "resolution": 15 * 3600, "calendar": "office"}), brand)
    ticket = await a_ticket(database, FRIDAY, brand_id=brand, channel="game", live=False)
    await says(database, ticket, "staff", FRIDAY + timedelta(minutes=30), agent)
    await says(database, ticket, "player", FRIDAY + timedelta(minutes=60))
    at = FRIDAY + timedelta(hours=2)
    found = await explained(database, ticket, at)
    clock = next(each for each in found.clocks if each.kind == "resolution")
    assert (clock.target_seconds, clock.current, clock.pauses_known, clock.always) == (15 * 3600, True, True, False)
    assert [(pause.since, pause.open_seconds) for pause in clock.pauses] == [(FRIDAY + timedelta(minutes=30), 1800.0)]
    assert (clock.rows[0].decides, clock.rows[0].version, clock.rows[0].seconds) == (True, 1, 15 * 3600)
    assert [row.brand_key for row in clock.rows[1:]] == [""], "what everybody is promised comes after it"
    skipped = {str(day.day): day.name.zh for day in clock.days if day.why == "holiday"}
    assert skipped == {"2026-09-25": "中秋节", "2026-09-26": "中秋节", "2026-09-27": "中秋节"}
    counted = sum(day.open_seconds for day in clock.days) - sum(pause.open_seconds for pause in clock.pauses)
    assert counted == clock.target_seconds, "whoever reckons it up comes to the target"
    assert clock.used_seconds == 1.5 * 3600


async def test_an_older_target_is_told_as_such_until_the_ticket_has_followed(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False)
    await publish(database, levels({"channel": "game", "first": 3600}), brand)
    first = (await explained(database, ticket, now())).clocks[0]
    assert (first.current, first.target_seconds, first.rows[0].seconds) == (False, 8 * 3600, 3600)
    await pieces(database)
    first = (await explained(database, ticket, now())).clocks[0]
    assert (first.current, first.target_seconds) == (True, 3600)


async def test_a_draft_is_tried_on_the_open_tickets_and_changes_nothing(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        key = await tx.value("SELECT key FROM brands.brand WHERE id = $1", brand)
    at = FRIDAY + timedelta(hours=2)
    tickets = [await a_ticket(database, FRIDAY, brand_id=brand, channel="game", live=False) for _ in range(3)]
    draft = msgspec.convert(levels({"channel": "game", "first": 3600}), Levels)
    async with database.reading() as reader:
        before = await queries.clock_rows(reader, tickets)
        effect = await try_out(reader, key, draft, at)
        assert await queries.clock_rows(reader, tickets) == before
    assert (effect.open, effect.looked, effect.sooner, effect.late_at_once, effect.later) == (3, 3, 3, 3, 0)


def test_a_year_names_its_holidays_make_up_days_and_exceptions():
    body = msgspec.convert({
        "name": {"zh": "办公", "en": "Office"}, "chineseHolidays": True,
        "week": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "exceptions": {"2026-10-02": {"hours": [["10:00", "12:00"]]}},
    }, CalendarBody)
    days = {str(each.day): each for each in year_of(read_calendar(body), 2026, {"2026-10-02": "值班"})}
    assert len(days) == 365
    assert (days["2026-10-01"].why, days["2026-10-01"].name.zh) == ("holiday", "国庆节")
    assert (days["2026-10-02"].why, days["2026-10-02"].name.zh) == ("exception", "值班")
    assert (days["2026-10-10"].why, days["2026-10-10"].hours) == ("makeup", [("09:00", "18:00")])
    assert (days["2026-11-21"].why, days["2026-11-20"].why) == ("closed", "open")
