"""The worker's second hand: on time, once, whoever else is busy."""

import asyncio
import time
from datetime import timedelta

import pytest

from playerdesk.kernel import Wiring, connect, now
from playerdesk.sla import breaches, clocks, ring, set_default_targets
from playerdesk.sla.jobs import ANYTHING, AT_ONCE, LOOPS, RING, ring_once
from playerdesk.sla.reactions import reactions
from playerdesk.tickets import row, timeline
from tests.given import a_brand, a_category, a_player, a_queue, an_agent
from tests.sla.given import a_ticket, events, later, says


async def rings(database, at):
    total = 0
    while True:
        async with database.transaction() as tx:
            rang = await ring_once(tx, at)
        total += rang
        if rang < AT_ONCE:
            return total


async def test_it_warns_at_half_time_and_breaches_when_due_each_once(database):
    ticket = await a_ticket(database)
    await rings(database, later(14.9))
    assert await events(database, "ClockWarned", ticket) == []
    for at in (15.1, 16, 29):
        await rings(database, later(at))
    (warned,) = await events(database, "ClockWarned", ticket)
    assert (warned["clock"], warned["ticketId"]) == ("first", ticket)
    for at in (30.1, 31, 60):
        await rings(database, later(at))
    (breached,) = await events(database, "ClockBreached", ticket)
    assert (breached["clock"], breached["round"], breached["targetSeconds"]) == ("first", 1, 30)
    async with database.reading() as reader:
        (noted,) = await breaches(reader, ticket)
        shown = await row(reader, ticket)
        (first, _) = await clocks(reader, [ticket])
        last = (await timeline(reader, ticket))[-1]
    assert (noted.clock, noted.due_at, noted.noticed_at) == ("first", later(30), later(30.1))
    assert (shown.breached, shown.due_at, shown.due_kind, shown.escalated_at) == (True, later(30), "first", later(30.1))
    assert (first.state, first.ended_at) == ("breached", None)
    assert last.change == {"what": "breached", "clock": "first"}


async def test_after_a_breach_the_late_answer_ends_the_clock_and_clears_the_list(database):
    ticket = await a_ticket(database)
    await rings(database, later(31))
    await says(database, ticket, "staff", later(45))
    (stopped,) = await events(database, "ClockStopped", ticket)
    assert (stopped["met"], stopped["tookSeconds"]) == (False, 45)
    assert len(await events(database, "ClockBreached", ticket)) == 1
    async with database.reading() as reader:
        shown = await row(reader, ticket)
    assert (shown.breached, shown.due_kind) == (False, "resolution")


@pytest.mark.parametrize(("state", "assigned", "why"), [
    ("offline", False, "nobody_on_duty"), ("break", False, "nobody_on_duty"), ("online", False, "waiting_in_queue"),
    ("online", True, "with_agent"),
])
async def test_it_is_written_down_why_a_target_was_missed(database, state, assigned, why):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        queue = await a_queue(tx, brand_id=brand)
        agent = await an_agent(tx, queue, state=state)
        category = await a_category(tx, queue, brand_id=brand)
    ticket = await a_ticket(database, brand_id=brand, category_id=category)
    if assigned:
        async with database.transaction() as tx:
            await tx.execute("UPDATE tickets.ticket SET assignee_id = $2 WHERE id = $1", ticket, agent)
    await rings(database, later(31))
    (breached,) = await events(database, "ClockBreached", ticket)
    assert breached["why"] == why
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.presence SET state = 'offline' WHERE person_id = $1", agent)


async def test_a_clock_that_was_answered_or_paused_does_not_ring(database):
    answered, paused = await a_ticket(database), await a_ticket(database, channel="game", live=False)
    await says(database, answered, "staff", later(10))
    await says(database, paused, "staff", later(10))
    await rings(database, later(80_000))
    assert [e["clock"] for e in await events(database, "ClockWarned", answered)] == ["resolution"]
    assert await events(database, "ClockWarned", paused) == []


async def test_a_ticket_somebody_is_working_on_is_passed_over_and_rings_a_second_later(database):
    busy, free = await a_ticket(database), await a_ticket(database)
    async with database.transaction() as other:
        await other.execute("SELECT 1 FROM tickets.ticket WHERE id = $1 FOR UPDATE", busy)
        await asyncio.wait_for(rings(database, later(31)), 5)
        assert await events(database, "ClockBreached", busy) == []
        assert len(await events(database, "ClockBreached", free)) == 1
    await rings(database, later(32))
    assert len(await events(database, "ClockBreached", busy)) == 1


async def test_several_workers_ring_each_clock_once(database):
    tickets = [await a_ticket(database) for _ in range(30)]
    await asyncio.gather(*(rings(database, later(31)) for _ in range(5)))
    await rings(database, later(31))
    assert [len(await events(database, "ClockBreached", ticket)) for ticket in tickets] == [1] * 30


@pytest.fixture
async def full(fresh_dsn):
    """A desk of its own with 100,000 pending deadlines."""
    database = await connect(fresh_dsn, wiring=Wiring(reactions), size=4, statement_timeout_ms=60_000)
    async with database.transaction() as tx:
        await set_default_targets(tx)
        brand, player = await a_brand(tx), await a_player(tx)
        await tx.execute(
            "INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, last_message_at, rank_at)"
            " SELECT $1, $2, 'game', 's', 'p', now(), now() FROM generate_series(1, 50000)",
            brand, player,
        )
        await tx.execute(
            "INSERT INTO sla.clock (ticket_id, kind, target_seconds, warn_fraction, calendar_id, started_at, due_at,"
            " warn_at, ring_at) SELECT t.id, k, 28800, 0.5, 1, now(), now() + interval '8 hours',"
            " now() + interval '4 hours', now() + interval '4 hours' + t.id * interval '100 ms'"
            " FROM tickets.ticket t, unnest('{first,resolution}'::text[]) AS k",
        )
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE sla.clock, tickets.ticket")
    yield database
    await database.close()


@pytest.mark.slow
async def test_with_a_hundred_thousand_pending_deadlines_it_is_on_time_and_an_empty_look_costs_nothing(full):
    polls = []
    for _ in range(200):
        started = time.perf_counter()
        assert await ring(full) == 0
        polls.append(time.perf_counter() - started)
    assert sorted(polls)[100] < 0.005  # the aim is 1 ms on a quiet machine
    print(f"\nempty poll p50 {sorted(polls)[100] * 1000:.2f} ms")  # shown with -s
    await _due_over(full, seconds=5, n=500)
    late = []
    async with asyncio.timeout(60):
        while len(late) < 500:
            await ring(full)
            await asyncio.sleep(LOOPS[0].seconds - time.time() % LOOPS[0].seconds)
            async with full.reading() as reader:
                late = [r[0] for r in await reader.fetch(
                    "SELECT extract(epoch FROM noticed_at - due_at)::float8 FROM sla.breach ORDER BY 1"
                )]
    print(f"late p50 {late[250]:.3f} s p99 {late[-5]:.3f} s")
    assert late[-5] <= 1.0


async def _due_over(database, seconds, n):
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE sla.clock SET due_at = $1::timestamptz + ticket_id * make_interval(secs => $2::float8 / $3),"
            " warn_at = now(), ring_at = $1::timestamptz + ticket_id * make_interval(secs => $2::float8 / $3)"
            " WHERE kind = 'first' AND ticket_id <= $3",
            now() + timedelta(seconds=0.5), float(seconds), n,
        )


@pytest.mark.slow
async def test_looking_for_what_is_due_walks_the_index_of_deadlines_only(full):
    async with full.transaction() as tx:
        # A statement that is used every second gets a plan for any moment, not for this one.
        await tx.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        for name, statement in (("anything", ANYTHING), ("ring", RING)):
            await tx.execute(f"PREPARE {name} (timestamptz) AS {statement}")
            plan = "\n".join([r[0] for r in await tx.fetch(f"EXPLAIN EXECUTE {name} (now())")])
            assert "clock_ring" in plan
            assert "Seq Scan" not in plan
            assert "Sort" not in plan
            await tx.execute(f"DEALLOCATE {name}")
