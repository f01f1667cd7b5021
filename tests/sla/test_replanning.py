"""A policy that is changed: open tickets follow in pieces, each once, whoever dies, and are told."""

import asyncio
import signal
import subprocess
import sys
from datetime import timedelta

import msgspec
import pytest

from playerdesk.blueprints import Kinds, Place, publish_body
from playerdesk.blueprints.actions import Unfit
from playerdesk.forms import CategoryKind
from playerdesk.kernel import now
from playerdesk.sla import clocks, machine, queries, replanning
from playerdesk.sla.blueprints import CalendarKind, ServiceLevelKind
from playerdesk.tickets import change_ticket, row
from tests.given import a_brand, an_agent, number
from tests.sla.given import a_ticket, events, says

DYING = """
import asyncio, os, signal, sys
from datetime import datetime
from playerdesk.kernel import connect
from playerdesk.sla import replanning

async def die():
    replanning.PIECE = 3
    database = await connect(sys.argv[1], size=1)
    async with database.transaction() as tx:
        looked = await replanning.replan_piece(tx, datetime.fromisoformat(sys.argv[2]))
        assert looked == 3, looked
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(die())
"""
KINDS = Kinds((CalendarKind(), CategoryKind(), ServiceLevelKind()))
AT = now().replace(microsecond=0) - timedelta(hours=2)


def levels(*rows, **more):
    return {"name": {"zh": "标准", "en": "Levels"}, "targets": [{"calendar": "always", **each} for each in rows], **more}


@pytest.fixture(autouse=True)
async def nothing_left_to_replan(database):
    """A change another test made has tickets of its own, and a second look that comes due while this one runs."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE sla.replan SET finished_at = now() WHERE finished_at IS NULL")


async def publish(database, body, brand_id=None, key="standard", kind=None):
    async with database.transaction() as tx:
        brand_key = "" if brand_id is None else await tx.value("SELECT key FROM brands.brand WHERE id = $1", brand_id)
        kind = kind or ServiceLevelKind()
        return await publish_body(tx, KINDS, Place(kind.name, brand_key, key), body, None)


async def pieces(database, most=1000, at=None):
    """Run pieces until nothing is to do, or so many; how many tickets each looked at."""
    looked = []
    while len(looked) < most:
        async with database.transaction() as tx:
            one = await replanning.replan_piece(tx, at or now())
        if one is None:
            break
        looked.append(one)
    return looked


async def due_of(database, ticket):
    async with database.reading() as reader:
        return (await row(reader, ticket)).due_at


async def test_open_tickets_follow_and_screens_are_told(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False)
    assert await due_of(database, ticket) == AT + timedelta(hours=8)
    await publish(database, levels({"channel": "game", "first": 4 * 3600, "resolution": 86400}), brand)
    await pieces(database)
    assert await due_of(database, ticket) == AT + timedelta(hours=4)
    (told,) = await events(database, "DueChanged", ticket)
    assert told["dueKind"] == "first"
    async with database.reading() as reader:
        (last,) = await replanning.replans(reader, limit=1)
    assert (last.what, last.seen, last.changed, last.total, last.version) == ("service_level", 1, 1, 1, 1)
    assert last.finished_at is None, "processes may still know the policy of before"
    await pieces(database, at=now() + replanning.SETTLE)
    async with database.reading() as reader:
        (last,) = await replanning.replans(reader, limit=1)
    assert last.finished_at is not None
    assert len(await events(database, "DueChanged", ticket)) == 1, "each ticket once a change"


async def test_it_goes_on_after_a_death_and_no_ticket_twice(database, dsn, monkeypatch):
    monkeypatch.setattr(replanning, "PIECE", 3)
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    tickets = [await a_ticket(database, AT, brand_id=brand, channel="game", live=False) for _ in range(8)]
    at = now()
    await publish(database, levels({"channel": "game", "first": 3600}), brand)
    assert await pieces(database, most=1, at=at) == [3]
    # The time of the change, however long the other process takes to start: the second look is another test's.
    dying = [sys.executable, "-c", DYING, dsn, at.isoformat()]
    died = await asyncio.to_thread(subprocess.run, dying, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert await pieces(database, at=at) == [3, 2]
    for ticket in tickets:
        assert len(await events(database, "DueChanged", ticket)) == 1


async def test_what_was_opened_by_a_process_that_knew_the_old_policy_is_mended(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        stale = await queries.policy(tx)
    await publish(database, levels({"channel": "game", "first": 3600}), brand)
    assert await pieces(database) == [0]
    async with database.transaction() as tx:
        queries._policies.put(tx, "all", stale)
    ticket = await a_ticket(database, now(), brand_id=brand, channel="game", live=False)
    await pieces(database, at=now() + replanning.SETTLE)
    async with database.reading() as reader:
        (first, *_) = await clocks(reader, [ticket])
    assert first.target_seconds == 3600


async def test_pauses_stay_and_a_change_that_is_taken_back_leaves_everything_as_it_was(database):
    async with database.transaction() as tx:
        brand, agent = await a_brand(tx), await an_agent(tx, state="offline")
    ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False)
    await says(database, ticket, "staff", AT + timedelta(minutes=10), agent)
    await says(database, ticket, "player", AT + timedelta(minutes=40))
    async with database.reading() as reader:
        before = await queries.clock_rows(reader, [ticket])
    resolution = next(clock for clock in before if clock.kind == "resolution")
    assert resolution.due_at == AT + timedelta(days=3, minutes=30)
    assert machine.pairs(resolution.pauses) == [(AT + timedelta(minutes=10), AT + timedelta(minutes=40))]
    await publish(database, levels({"channel": "game", "first": 3600, "next": 7200, "resolution": 86400}), brand)
    await pieces(database)
    async with database.reading() as reader:
        after = {clock.kind: clock for clock in await queries.clock_rows(reader, [ticket])}
    assert after["resolution"].due_at == AT + timedelta(days=1, minutes=30)
    assert after["next"].due_at == AT + timedelta(minutes=40, hours=2)
    async with database.transaction() as tx:
        await ServiceLevelKind().retire(tx, Place("service_level", await tx.value(
            "SELECT key FROM brands.brand WHERE id = $1", brand), "standard"))
    await pieces(database)
    async with database.reading() as reader:
        assert sorted(await queries.clock_rows(reader, [ticket]), key=lambda c: c.kind) == sorted(before, key=lambda c: c.kind)


async def test_what_is_not_promised_any_more_is_void_and_owed_again_from_the_start_when_it_is(database):
    async with database.transaction() as tx:
        brand, agent = await a_brand(tx), await an_agent(tx, state="offline")
    ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False)
    async with database.transaction() as tx:
        await change_ticket(tx, ticket, agent, AT + timedelta(minutes=5), status="hold")
        await change_ticket(tx, ticket, agent, AT + timedelta(minutes=15), status="open")
    await publish(database, levels({"channel": "game", "resolution": 86400}), brand)
    await pieces(database)
    async with database.reading() as reader:
        assert [clock.kind for clock in await clocks(reader, [ticket])] == ["resolution"]
    await publish(database, levels({"channel": "game", "first": 5 * 3600, "resolution": 86400}), brand)
    await pieces(database)
    assert await due_of(database, ticket) == AT + timedelta(hours=5, minutes=10)


async def test_a_calendar_that_changes_moves_what_counts_by_it(database):
    key = f"cal-{number()}"
    calendar = {"name": {"zh": "白天", "en": "Day"}, "week": {d: [["00:00", "24:00"]] for d in queries.DAYS}}
    await publish(database, calendar, key=key, kind=CalendarKind())
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    await publish(database, levels({"channel": "game", "first": 4 * 3600, "calendar": key}), brand)
    ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False)
    assert await due_of(database, ticket) == AT + timedelta(hours=4)
    today = AT.astimezone(queries.calendar_of("Asia/Shanghai", {}, False, {}).zone).date()
    closed = {(today + timedelta(days=n)).isoformat(): {"hours": []} for n in range(3)}
    await publish(database, {**calendar, "exceptions": closed}, key=key, kind=CalendarKind())
    await pieces(database)
    assert await due_of(database, ticket) > AT + timedelta(days=2)


async def test_a_later_change_takes_the_tickets_of_an_earlier_one(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    await publish(database, levels({"channel": "game", "first": 3600}), brand)
    await publish(database, levels({"channel": "game", "first": 7200}), brand)
    async with database.reading() as reader:
        newest, before = await replanning.replans(reader, limit=2)
    assert (newest.superseded, before.superseded) == (False, True)


@pytest.mark.parametrize(("row", "place"), [
    ({"channel": "pigeon", "first": 60}, "targets.0.channel"), ({"channel": "game", "tier": "whale", "first": 60}, "targets.0.tier"),
    ({"channel": "game", "category": "nothing", "first": 60}, "targets.0.category"),
    ({"channel": "game", "first": 0}, "targets.0.first"), ({"channel": "game", "first": 60, "warn": 1.0}, "targets.0.warn"),
    ({"channel": "game", "first": 60, "calendar": "lunar"}, "targets.0.calendar"),
])
async def test_a_row_that_is_wrong_is_refused_at_its_place(database, row, place):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
    with pytest.raises(Unfit) as refused:
        await publish(database, levels(row), brand)
    assert place in {each.place for each in refused.value.problems}


async def test_a_calendar_that_never_opens_is_refused_at_its_week(database):
    with pytest.raises(Unfit) as refused:
        await publish(database, {"name": {"zh": "从不", "en": "Never"}, "week": {}}, key=f"cal-{number()}", kind=CalendarKind())
    assert [each.place for each in refused.value.problems] == ["week"]
    assert msgspec.json.encode(refused.value.problems)
