"""Asleep until a moment: woken on time and once, or at once when the player writes."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, Database, Rejected, Wiring, now
from playerdesk.tickets import change_ticket, detail, resolve, timeline
from playerdesk.tickets.craft import snoozing
from playerdesk.tickets.craft.snoozing import LONGEST, snooze, wake, wake_due
from tests.given import NOON, a_ticket, said

UNTIL = NOON + timedelta(hours=20)


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(snoozing.reactions)


@pytest.fixture
async def database(database: Database) -> Database:
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET snoozed_until = NULL WHERE snoozed_until IS NOT NULL")
    return database


@pytest.fixture
async def ticket(database, desk):
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)
        await snooze(tx, ticket, UNTIL, desk.agent_id, NOON + timedelta(minutes=1))
    return ticket


async def shown(database, ticket):
    async with database.reading() as reader:
        row = await detail(reader, ticket)
        whys = [e.change["why"] for e in await timeline(reader, ticket) if (e.change or {}).get("what") == "woken"]
    return row.status, row.snoozed_until, row.waiting_since, whys


async def test_asleep_it_waits_for_nobody_and_says_until_when(database, ticket):
    assert await shown(database, ticket) == ("hold", UNTIL, None, [])
    async with database.reading() as reader:
        last = (await timeline(reader, ticket))[-1]
    assert last.change == {"what": "snoozed", "until": "2026-11-21T00:00:00Z"}


async def test_it_wakes_on_time_and_once(database, ticket):
    assert await wake_due(database, UNTIL - timedelta(microseconds=1)) == 0
    woken = await asyncio.gather(*(wake_due(database, UNTIL) for _ in range(6)))
    assert sum(woken) == 1
    assert await shown(database, ticket) == ("open", None, NOON, ["time"]), "she has waited since her last word"


async def test_a_clock_that_jumps_wakes_nothing_twice_and_forgets_nothing(database, desk, ticket):
    assert await wake_due(database, UNTIL + timedelta(days=400)) == 1, "put forward: at once"
    assert await wake_due(database, UNTIL - timedelta(days=1)) == 0
    assert await wake_due(database, UNTIL + timedelta(minutes=1)) == 0, "put back and passing the hour again: not again"
    async with database.transaction() as tx:
        await snooze(tx, ticket, UNTIL, desk.agent_id, NOON)
    assert await wake_due(database, NOON - timedelta(days=30)) == 0, "put back while it sleeps: it sleeps on"
    assert await wake_due(database, UNTIL) == 1


async def test_the_player_s_word_wakes_it_at_once(database, desk, ticket):
    at = NOON + timedelta(hours=1)
    async with database.transaction() as tx:
        await said(tx, ticket, "player", desk.player_id, "在吗", at)
    assert await shown(database, ticket) == ("open", None, at, ["player"])
    assert await wake_due(database, UNTIL) == 0


async def test_our_own_word_does_not_wake_it(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent_id, "明早给您答复", NOON + timedelta(hours=1))
    assert (await shown(database, ticket))[:2] == ("hold", UNTIL)
    assert await wake_due(database, UNTIL) == 1
    assert (await shown(database, ticket))[2] == UNTIL, "nobody waited for us; it is our turn from now"


async def test_by_hand_it_wakes_sleeps_longer_or_is_taken_off_hold(database, desk, ticket):
    later = UNTIL + timedelta(days=2)
    async with database.transaction() as tx:
        await snooze(tx, ticket, later, desk.agent_id, NOON + timedelta(hours=1))
        said_so = len(tx.events)
        await snooze(tx, ticket, later, desk.agent_id, NOON + timedelta(hours=1))
        assert len(tx.events) == said_so, "sent twice"
    assert (await shown(database, ticket))[:2] == ("hold", later)
    async with database.transaction() as tx:
        assert await wake(tx, [ticket], desk.agent_id, NOON + timedelta(hours=2)) == 1
        assert await wake(tx, [ticket], desk.agent_id, NOON + timedelta(hours=2)) == 0
        await snooze(tx, ticket, later, desk.agent_id, NOON + timedelta(hours=3))
        await change_ticket(tx, ticket, desk.agent_id, NOON + timedelta(hours=4), status="pending")
    assert (await shown(database, ticket))[:2] == ("pending", None)


async def test_what_is_over_does_not_sleep(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "好了", NOON + timedelta(hours=1))
    assert (await shown(database, ticket))[:2] == ("resolved", None)
    with pytest.raises(Conflict, match="ticket_over"):
        async with database.transaction() as tx:
            await snooze(tx, ticket, UNTIL, desk.agent_id, NOON)


@pytest.mark.parametrize(("until", "code"), [(-timedelta(seconds=1), "not_ahead"), (LONGEST + timedelta(days=1), "too_far")])
async def test_only_a_time_to_come_within_a_year(database, desk, ticket, until, code):
    with pytest.raises(Rejected, match=code):
        async with database.transaction() as tx:
            await snooze(tx, ticket, NOON + until, desk.agent_id, NOON)


async def test_whoever_holds_a_ticket_delays_only_that_one(database, desk, ticket):
    async with database.transaction() as tx:
        other = await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)
        await snooze(tx, other, UNTIL, desk.agent_id, NOON)
    async with database.transaction() as holding:
        await holding.value("SELECT id FROM tickets.ticket WHERE id = $1 FOR UPDATE", ticket)
        assert await wake_due(database, UNTIL) == 1
    assert (await shown(database, other))[0] == "open"
    assert await wake_due(database, UNTIL) == 1


async def test_a_chat_is_not_put_to_sleep(database, desk):
    async with database.transaction() as tx:
        chat = await a_ticket(tx, desk.brand_id, desk.player_id, live=True)
    with pytest.raises(Conflict, match="live_chat"):
        async with database.transaction() as tx:
            await snooze(tx, chat, now() + timedelta(days=1), desk.agent_id, now())
