"""What a simulation stands on, read from the desk's own record, and the whole way from there to its answer."""

from datetime import timedelta

import pytest

from playerdesk.insights.simulation.running import Draft, run
from playerdesk.insights.simulation.traffic import traffic
from playerdesk.kernel import Rejected, now
from tests.given import a_brand, a_player, a_queue, an_agent, number

pytestmark = pytest.mark.anyio

# Ten a day for twenty days, one hour after the other from 9 on; every fourth a high payer. Taken after `wait`, done `work` later.
HISTORY = """
    INSERT INTO tickets.ticket (
        brand_id, player_id, channel, subject, player_name, tier, queue_id, status, created_at, assigned_at, first_response_at,
        last_message_at, rank_at, client_key
    )
    SELECT $1, $2, 'game', 'x', 'x', CASE WHEN n % 4 = 0 THEN 'high' ELSE 'none' END, $3, 'closed', at,
           at + interval '60 s', at + interval '60 s' + $4::interval, at, at, $5 || day || '-' || n
    FROM generate_series(1, 20) AS day, generate_series(0, 9) AS n,
         LATERAL (SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - make_interval(days => day, hours => -n - 1)) AS t (at)
"""


@pytest.fixture
async def history(database):
    async with database.transaction() as tx:
        brand, queue, other = await a_brand(tx), await a_queue(tx), await a_queue(tx)
        player, agent = await a_player(tx), await an_agent(tx, queue, state="offline")
        await tx.execute(HISTORY, brand, player, queue, timedelta(seconds=120), f"t{number()}-")
        await tx.execute(
            "INSERT INTO staff.presence_interval (person_id, state, started_at, ended_at)"
            " SELECT $1, 'online', at, at + interval '12 hours' FROM generate_series(1, 20) AS day, LATERAL ("
            "SELECT date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - make_interval(days => day)) AS t (at)", agent,
        )
    return brand, queue, other


async def test_arrivals_work_and_staff_are_those_of_the_record(database, history):
    brand, queue, other = history
    async with database.reading() as reader:
        seen = await traffic(reader, [brand], queue, now(), parallel=3, seed=1, offset=0)
        nothing = await traffic(reader, [brand], other, now(), parallel=3, seed=1, offset=0)
    assert (len(seen.arrivals), seen.measured, seen.presence_known) == (200, 200, True)
    assert {each.work for each in seen.arrivals} == {120.0}
    assert sum(each.tier == "high" for each in seen.arrivals) == 60
    assert [round(each * seen.days) for each in seen.hours[1:11]] == [20] * 10
    assert [round(each * seen.days, 1) for each in seen.staff] == [20.0] * 12 + [0.0] * 12
    assert (nothing.arrivals, nothing.presence_known) == ([], False)


async def test_from_the_record_to_the_answer(database, history):
    brand, queue, other = history
    found = await run(database, [brand], queue, Draft({"high": 3600.0}), now())
    assert (found.arrivals, found.measured) == (200, 200)
    assert {each.tier: each.arrivals for each in found.outcome.draft if each.arrivals} == {"": 200, "high": 60, "none": 140}
    again = await run(database, [brand], queue, Draft({"high": 3600.0}), now())
    assert again.outcome == found.outcome, "the same each time"
    with pytest.raises(Rejected):
        await run(database, [brand], other, Draft({}), now())
