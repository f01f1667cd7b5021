"""Macros: whose they are, what they do in one go, and that every change is traced."""

from types import SimpleNamespace

import pytest

from playerdesk.kernel import Conflict, Forbidden, NotFound, Rejected, now
from playerdesk.staff import permissions_of
from playerdesk.tickets.macros.actions import Wanted, add_macro, change_macro, note_use, retire_macro
from playerdesk.tickets.macros.queries import macros_for
from playerdesk.tickets.writing.acts import Action, check_actions
from tests.given import a_brand, a_queue


def person(person_id, *roles, brand_ids=()):
    return SimpleNamespace(id=person_id, permissions=permissions_of(roles or ("agent",)), brand_ids=list(brand_ids))


async def add(database, agent, **facts):
    wanted = Wanted(**{"title": "补发", "share": "personal", "body": "已为您补发", **facts})
    async with database.transaction() as tx:
        return await add_macro(tx, agent, wanted, now())


async def usable(database, agent):
    async with database.reading() as reader:
        found = await macros_for(reader, agent.id, agent.brand_ids, shares="macros.share" in agent.permissions)
    return {each.id: each for each in found}


async def test_personal_team_and_everybodys(database, desk):
    async with database.transaction() as tx:
        other_brand, other_queue = await a_brand(tx), await a_queue(tx)
    agent, other, lead = person(desk.agent_id), person(desk.other_agent_id), person(desk.other_agent_id, "lead")
    mine = await add(database, agent)
    team = await add(database, lead, share="team", queue_id=desk.queue_id)
    foreign = await add(database, lead, share="team", queue_id=other_queue)
    theirs = await add(database, lead, share="everybody", brand_id=other_brand)
    everybodys = await add(database, lead, share="everybody", actions=[Action("status", "pending")])
    seen = await usable(database, agent)
    assert {mine, team, theirs, everybodys} <= set(seen)
    assert foreign not in seen
    assert mine not in await usable(database, other)
    assert theirs not in await usable(database, person(desk.agent_id, brand_ids=(desk.brand_id,)))
    with pytest.raises(Forbidden):
        await add(database, agent, share="everybody")
    with pytest.raises(Forbidden):
        async with database.transaction() as tx:
            await retire_macro(tx, agent, everybodys, now())
    with pytest.raises(NotFound):
        async with database.transaction() as tx:
            await retire_macro(tx, lead, mine, now())


async def test_changes_are_traced_and_two_editors_do_not_overwrite_each_other(database, desk):
    agent = person(desk.agent_id)
    macro = await add(database, agent)
    async with database.transaction() as tx:
        await change_macro(tx, agent, macro, Wanted(title="补发2", share="personal", body="好", version=1), now())
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await change_macro(tx, agent, macro, Wanted(title="补发3", share="personal", body="好", version=1), now())
    async with database.transaction() as tx:
        await retire_macro(tx, agent, macro, now())
        traces = await tx.fetch("SELECT action, before->>'title', after->>'title' FROM audit.trace"
                                " WHERE kind = 'macro' AND object_id = $1 ORDER BY id", str(macro))
    assert [tuple(each) for each in traces] == [
        ("macro.added", None, "补发"), ("macro.changed", "补发", "补发2"), ("macro.retired", "补发2", None)
    ]
    assert macro not in await usable(database, agent)


async def test_a_use_is_counted_once(database, desk, ticket):
    agent = person(desk.agent_id)
    macro = await add(database, agent)
    async with database.transaction() as tx:
        assert await note_use(tx, macro, agent.id, ticket, "k1", now())
        assert not await note_use(tx, macro, agent.id, ticket, "k1", now())
    assert (await usable(database, agent))[macro].uses == 1


@pytest.mark.parametrize("actions", [
    [Action("status", "resolved")], [Action("priority", 9)], [Action("assign", "li")], [Action("resolve")],
    [Action("status", "open"), Action("resolve", text="好")], [Action("assign", 0), Action("queue", 1)],
    [Action("note", text="a"), Action("note", text="b")],
])
def test_actions_that_make_no_sense_are_refused_in_words(actions):
    wrong = check_actions(actions)
    assert wrong
    assert wrong.zh


async def test_nothing_is_no_macro(database, desk):
    for facts in ({"title": " "}, {"body": ""}, {"body": "字" * 5001}, {"title": "x" * 81}):
        with pytest.raises(Rejected):
            await add(database, person(desk.agent_id), **facts)
