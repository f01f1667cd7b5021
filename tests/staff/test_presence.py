"""Presence: chosen, proved by the screen, and kept as a history without gaps."""

import secrets
from datetime import timedelta

import pytest

from playerdesk.brands import add_brand
from playerdesk.kernel import Reactions, Rejected, Text, Wiring, connect
from playerdesk.staff import (
    PresenceChanged,
    add_member,
    add_queue,
    default_queue,
    on_duty,
    people,
    queues,
    seen,
    set_presence,
    vip_pool,
)
from playerdesk.staff.presence import let_go
from tests.staff.given import given_agent

pytestmark = pytest.mark.anyio

_HISTORY = """
    SELECT state, started_at, ended_at, reason FROM staff.presence_interval WHERE person_id = $1 ORDER BY id
"""


async def choose(database, agent, *states, reason="chosen"):
    for state in states:
        async with database.transaction() as tx:
            await set_presence(tx, agent.id, state, reason)


async def test_every_change_closes_an_interval_and_leaves_no_gap(database, agent):
    await choose(database, agent, "online", "online", "break", "online", "offline")
    async with database.reading() as reader:
        history = await reader.fetch(_HISTORY, agent.id)
        since = await reader.value("SELECT since FROM staff.presence WHERE person_id = $1", agent.id)
    assert [record[0] for record in history] == ["offline", "online", "break", "online"]
    ends = [record[2] for record in history]
    starts = [record[1] for record in history]
    assert [*starts[1:], since] == ends
    assert all(start < end for start, end in zip(starts, ends, strict=True))


async def test_the_same_state_again_is_no_change(dsn):
    heard = []
    reactions = Reactions("test")

    @reactions.within(PresenceChanged)
    async def listen(_, batch):
        heard.extend(batch)

    database = await connect(dsn, wiring=Wiring(reactions), size=2)
    agent = await given_agent(database)
    await choose(database, agent, "online", "online", "busy")
    await database.close()
    assert [(event.state_before, event.state) for event in heard] == [("offline", "online"), ("online", "busy")]
    assert heard[0].topics() == ["staff", f"agent:{agent.id}"]


async def test_a_state_nobody_knows_is_refused(database, agent):
    with pytest.raises(Rejected, match="state_unknown"):
        await choose(database, agent, "asleep")


async def test_on_duty_is_who_is_online_and_heard(database, agent):
    queue = f"q-{secrets.token_hex(4)}"
    async with database.transaction() as tx:
        queue_id = await add_queue(tx, queue, Text(zh="队列", en="Queue"))
        await add_member(tx, queue_id, agent.id)
        await add_member(tx, queue_id, agent.id)
    quiet, busy = await given_agent(database), await given_agent(database)
    await choose(database, agent, "online")
    await choose(database, quiet, "online")
    await choose(database, busy, "busy")
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.presence SET seen_at = now() - interval '2 minutes' WHERE person_id = $1", quiet.id)
    async with database.reading() as reader:
        duty = {each.person_id: each for each in await on_duty(reader)}
    assert agent.id in duty
    assert not {quiet.id, busy.id} & set(duty)
    assert duty[agent.id].queue_ids == [queue_id]
    assert duty[agent.id].serves(99)


async def test_a_closed_laptop_is_offline_after_the_grace_time_and_a_heard_one_is_not(database, agent):
    other = await given_agent(database)
    await choose(database, agent, "online")
    await choose(database, other, "busy")
    async with database.transaction() as tx:
        await tx.execute(
            "UPDATE staff.presence SET seen_at = now() - interval '2 minutes' WHERE person_id = ANY($1::bigint[])",
            [agent.id, other.id],
        )
    await seen(database, [other.id])
    await let_go(database, timedelta(seconds=60))
    async with database.reading() as reader:
        states = dict(await reader.fetch(
            "SELECT person_id, state FROM staff.presence WHERE person_id = ANY($1::bigint[])", [agent.id, other.id]
        ))
        history = await reader.fetch(_HISTORY, agent.id)
    assert states == {agent.id: "offline", other.id: "busy"}
    assert (history[-1][0], history[-1][3]) == ("online", "vanished")


async def test_a_brands_own_queue_comes_before_a_common_one(fresh_dsn):
    database = await connect(fresh_dsn, size=2)
    async with database.transaction() as tx:
        brand = await add_brand(tx, "own", Text(zh="有", en="Own"))
        other = await add_brand(tx, "other", Text(zh="无", en="Other"))
        first = await add_queue(tx, "first", Text(zh="一", en="First"), position=1)
        general = await add_queue(tx, "general", Text(zh="综合", en="General"), position=2)
        mine = await add_queue(tx, "mine", Text(zh="专属", en="Mine"), brand_id=brand, position=3)
        vip = await add_queue(tx, "vip", Text(zh="贵宾", en="VIP"), is_vip_pool=True)
        assert (await default_queue(tx, brand)).id == mine
        assert (await default_queue(tx, other)).id == general
        assert (await vip_pool(tx, brand)).id == vip
        assert [queue.id for queue in await queues(tx)] == [vip, first, general, mine]
        assert await people(tx) == []
    await database.close()
