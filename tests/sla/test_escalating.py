"""An escalation chain: each step once, at its time, unless the player was answered before."""


import pytest

from playerdesk.kernel import Wiring
from playerdesk.sla import escalating
from playerdesk.sla.chains import Action, Chains, ChainStep
from playerdesk.sla.jobs import ring_once
from playerdesk.sla.reactions import reactions
from playerdesk.sla.rules import Facts
from playerdesk.tickets import put_in_queue, row, timeline
from tests.given import a_brand, a_queue, an_agent
from tests.sla.given import T0, a_ticket, events, later, says
from tests.sla.test_replanning import levels, publish

TARGET = {"channel": "chat", "first": 100, "resolution": 86400}


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(reactions, escalating.reactions)


async def look(database, at):
    async with database.transaction() as tx:
        await ring_once(tx, at)
    async with database.transaction() as tx:
        return await escalating.escalate_once(tx, at)


async def a_desk(database, *steps):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        queue = await a_queue(tx, brand_id=brand)
        lead, agent = await an_agent(tx, queue, state="offline", roles=("lead",)), await an_agent(tx, state="offline")
        await tx.execute("UPDATE staff.person SET superior_id = $2 WHERE id = $1", agent, lead)
    await publish(database, levels(TARGET, escalation=list(steps)), brand)
    ticket = await a_ticket(database, T0, brand_id=brand)
    async with database.transaction() as tx:
        await put_in_queue(tx, [ticket], queue, "by_hand", T0)
    return ticket, lead, agent, queue


async def test_each_step_is_taken_once_at_its_time(database):
    ticket, lead, _, _ = await a_desk(
        database,
        {"key": "near", "at": "warning", "do": [{"kind": "notify", "who": "lead"}]},
        {"key": "late", "at": "breach", "afterSeconds": 60, "do": [{"kind": "priority"}]},
    )
    assert await look(database, later(49)) == 0
    assert await look(database, later(51)) == 1
    (told,) = await events(database, "Escalated", ticket)
    assert (told["clock"], told["moment"], told["toIds"]) == ("first", "warning", [lead])
    assert await look(database, later(101)) == 0, "a minute after the breach, not at it"
    assert await look(database, later(162)) == 1
    assert await look(database, later(1000)) == 0, "and never again"
    async with database.reading() as reader:
        assert (await row(reader, ticket)).priority == 1
        assert {"what": "escalated", "clock": "first", "at": "warning", "to": [lead]} in [e.change for e in await timeline(reader, ticket)]
    assert len(await events(database, "Escalated", ticket)) == 1


async def test_an_answer_before_its_time_spares_it(database):
    ticket, _, _, _ = await a_desk(database, {"key": "late", "at": "breach", "afterSeconds": 60, "do": [{"kind": "priority"}]})
    await look(database, later(101))
    await says(database, ticket, "staff", later(120))
    await look(database, later(200))
    async with database.reading() as reader:
        assert (await row(reader, ticket)).priority == 2


async def test_assignee_superior_a_person_and_another_queue(database):
    async with database.transaction() as tx:
        other, boss = await a_queue(tx), await an_agent(tx, state="offline")
        key = await tx.value("SELECT key FROM staff.queue WHERE id = $1", other)
        login = await tx.value("SELECT login FROM staff.person WHERE id = $1", boss)
    ticket, lead, agent, _ = await a_desk(database, {"key": "all", "at": "breach", "do": [
        {"kind": "notify", "who": "assignee"}, {"kind": "notify", "who": "superior"},
        {"kind": "notify", "who": "person", "person": login}, {"kind": "queue", "queue": key},
    ]})
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET assignee_id = $2 WHERE id = $1", ticket, agent)
    await look(database, later(101))
    (told,) = await events(database, "Escalated", ticket)
    assert told["toIds"] == sorted([agent, lead, boss])
    async with database.reading() as reader:
        shown = await row(reader, ticket)
    assert (shown.queue_id, shown.escalated_at is not None) == (other, True)


def test_a_brand_with_a_chain_of_its_own_has_only_that():
    general, own = (ChainStep(key=key, at="breach", do=[Action(kind="priority")]) for key in ("general", "own"))
    chains = Chains({None: [general], 7: [own], 8: []})
    assert [chains.steps(Facts(brand, "chat", None, "none"), "first", "breach") for brand in (7, 8, 9)] == [[own], [general], [general]]
    assert chains.steps(Facts(7, "chat", None, "none"), "first", "warning") == []
