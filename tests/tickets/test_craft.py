"""Split, link, follow, tick off, count time, learn."""

from datetime import timedelta

import pytest

from playerdesk.forms import define_category
from playerdesk.kernel import Conflict, NotFound, Rejected, Text
from playerdesk.staff import Scope
from playerdesk.tickets import detail, timeline
from playerdesk.tickets.craft import checklists, efforts, follows, lessons, links, practices, splitting
from playerdesk.tickets.craft.overview import craft_of
from tests.given import NOON, a_ticket, number, said

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
async def ticket(database, desk):
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)


async def craft(database, desk, ticket):
    async with database.reading() as reader:
        return await craft_of(reader, ticket, desk.agent_id, Scope([desk.brand_id]))


async def entries(database, ticket):
    async with database.reading() as reader:
        return await timeline(reader, ticket)


async def split(database, desk, ticket, seq, key="k", **more):
    async with database.transaction() as tx:
        wish = splitting.Split(ticket_id=ticket, seq=seq, client_key=key, with_following=more.pop("following", False), **more)
        return await splitting.split(tx, wish, desk.agent_id, LATER)


async def test_split_off_a_message_is_a_ticket_and_both_say_so(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent_id, "您好")
        third = await said(tx, ticket, "player", desk.player_id, "另外，我的坐骑不见了", NOON + timedelta(minutes=1))
        await said(tx, ticket, "player", desk.player_id, "昨天还在", NOON + timedelta(minutes=2))
    before = await entries(database, ticket)
    new = await split(database, desk, ticket, third.seq, following=True, subject="坐骑不见了")
    assert await split(database, desk, ticket, third.seq, following=True, subject="坐骑不见了") == new, "sent twice"
    made = [e for e in await entries(database, new) if e.kind == "message"]
    assert [(e.number, e.author, e.body, e.created_at) for e in made] == [
        (1, "player", "另外，我的坐骑不见了", NOON + timedelta(minutes=1)), (2, "player", "昨天还在", NOON + timedelta(minutes=2)),
    ]
    async with database.reading() as reader:
        row = await detail(reader, new)
    assert (row.subject, row.player_id, row.preview, row.staff_unread) == ("坐骑不见了", desk.player_id, "昨天还在", 2)
    assert (row.status, row.waiting_since, row.created_at) == ("new", LATER, LATER)
    after = await entries(database, ticket)
    assert after[: len(before)] == before, "nothing is rewritten"
    assert [e.change for e in after[len(before):]] == [{"what": "split_off", "to": new, "seqs": [third.seq, third.seq + 1]}]
    assert [(link.relation, link.id) for link in (await craft(database, desk, ticket)).links] == [("split_off", new)]
    assert [(link.relation, link.id) for link in (await craft(database, desk, new)).links] == [("split_from", ticket)]


async def test_a_ticket_begins_with_a_word_of_the_player(database, desk, ticket):
    async with database.transaction() as tx:
        ours = await said(tx, ticket, "staff", desk.agent_id, "您好")
    for seq in (ours.seq, 99):
        with pytest.raises(Rejected, match="split_where"):
            await split(database, desk, ticket, seq)


async def test_links_read_in_both_directions_and_can_be_taken_back(database, desk, ticket):
    async with database.transaction() as tx:
        other = await a_ticket(tx, desk.brand_id, desk.player_id)
        for kind in ("related", "caused_by", "duplicate_of", "child_of"):
            await links.link(tx, ticket, other, kind, desk.agent_id, LATER)
            said_so = len(tx.events)
            await links.link(tx, ticket, other, kind, desk.agent_id, LATER)
            assert len(tx.events) == said_so, "said twice"
        await links.link(tx, other, ticket, "related", desk.agent_id, LATER)
    seen = [link.relation for link in (await craft(database, desk, ticket)).links]
    assert sorted(seen) == ["caused_by", "duplicate_of", "parent", "related"]
    seen = [link.relation for link in (await craft(database, desk, other)).links]
    assert sorted(seen) == ["causes", "child", "duplicated_by", "related"]
    assert (await entries(database, other))[-1].change == {"what": "linked", "kind": "child_of", "from": ticket}
    async with database.transaction() as tx:
        await links.unlink(tx, other, ticket, "related", desk.agent_id, LATER)
        await links.unlink(tx, ticket, other, "child_of", desk.agent_id, LATER)
    assert sorted(link.relation for link in (await craft(database, desk, ticket)).links) == ["caused_by", "duplicate_of"]


async def test_no_ticket_is_its_own_ancestor_and_each_has_one_parent(database, desk):
    async with database.transaction() as tx:
        one, two, three = [await a_ticket(tx, desk.brand_id, desk.player_id) for _ in range(3)]
        await links.link(tx, two, one, "child_of", desk.agent_id, LATER)
        await links.link(tx, three, two, "child_of", desk.agent_id, LATER)
    for child, parent, code in ((one, three, "link_circle"), (one, two, "link_circle"), (three, one, "has_parent")):
        with pytest.raises(Conflict, match=code):
            async with database.transaction() as tx:
                await links.link(tx, child, parent, "child_of", desk.agent_id, LATER)
    with pytest.raises(Rejected, match="link_with_itself"):
        async with database.transaction() as tx:
            await links.link(tx, one, one, "related", desk.agent_id, LATER)
    with pytest.raises(NotFound):
        async with database.transaction() as tx:
            await links.link(tx, one, 1 << 50, "related", desk.agent_id, LATER)


async def test_what_is_out_of_scope_is_not_shown_among_the_links(database, desk, ticket):
    async with database.transaction() as tx:
        other = await a_ticket(tx, desk.brand_id, desk.player_id)
        await links.link(tx, ticket, other, "related", desk.agent_id, LATER)
    async with database.reading() as reader:
        for scope in (Scope([]), Scope([desk.brand_id], [desk.agent_id], [])):
            assert (await craft_of(reader, ticket, desk.agent_id, scope)).links == []


async def test_who_follows_is_told_what_is_new(database, desk, ticket):
    async with database.transaction() as tx:
        for _ in range(2):
            await follows.follow(tx, ticket, desk.agent_id, LATER)
    scope = Scope([desk.brand_id])

    async def mine():
        async with database.reading() as reader:
            return [(one.row.id, one.news) for one in await follows.followed(reader, desk.agent_id, scope)]

    assert await mine() == [(ticket, False)]
    async with database.transaction() as tx:
        told = await said(tx, ticket, "player", desk.player_id, "在吗", LATER)
    assert await mine() == [(ticket, True)]
    async with database.transaction() as tx:
        await follows.seen(tx, ticket, desk.agent_id, told.seq)
        await follows.seen(tx, ticket, desk.agent_id, 1)
    assert await mine() == [(ticket, False)]
    assert (await craft(database, desk, ticket)).followers == [desk.agent_id]
    async with database.reading() as reader:
        assert await follows.followed(reader, desk.agent_id, Scope([desk.brand_id], [], [])) == []
    async with database.transaction() as tx:
        await follows.unfollow(tx, ticket, desk.agent_id, LATER)
    assert await mine() == []


async def test_a_checklist_is_filled_ticked_and_put_in_order(database, desk, ticket):
    async with database.transaction() as tx:
        await practices.set_practice(tx, practices.Practice(desk.category_id, checklist=["查流水", " 回复  玩家 "]), desk.agent_id)
        for _ in range(2):
            await checklists.add_usual_steps(tx, ticket, LATER)
            await checklists.add_steps(tx, ticket, [("补发", "k1")], LATER)
    one, two, three = (await craft(database, desk, ticket)).steps
    assert [s.body for s in (one, two, three)] == ["查流水", "回复 玩家", "补发"]
    async with database.transaction() as tx:
        await checklists.change_step(tx, ticket, three.id, desk.agent_id, LATER, done=True, before_id=one.id)
        await checklists.change_step(tx, ticket, one.id, desk.agent_id, LATER, last=True, body="查充值流水")
    steps = (await craft(database, desk, ticket)).steps
    assert [(s.body, s.done_by) for s in steps] == [("补发", desk.agent_id), ("回复 玩家", None), ("查充值流水", None)]
    async with database.transaction() as tx:
        await checklists.change_step(tx, ticket, three.id, desk.agent_id, LATER, done=False)
        await checklists.drop_step(tx, ticket, two.id, LATER)
    assert [(s.body, s.done_at) for s in (await craft(database, desk, ticket)).steps] == [("补发", None), ("查充值流水", None)]
    for body in ("", "长" * 201):
        with pytest.raises(Rejected, match="bad_step"):
            async with database.transaction() as tx:
                await checklists.add_steps(tx, ticket, [(body, "k2")], LATER)
    with pytest.raises(NotFound):
        async with database.transaction() as tx:
            await checklists.change_step(tx, ticket, two.id, desk.agent_id, LATER, done=True)


async def test_time_is_counted_once_however_often_it_is_told(database, desk, ticket):
    async with database.transaction() as tx:
        for seconds in (30, 60, 45):
            await efforts.visited(tx, ticket, desk.agent_id, seconds, "visit", LATER)
        for _ in range(2):
            await efforts.add_effort(tx, ticket, desk.agent_id, 600, "电话", "hand", LATER)
        await efforts.visited(tx, ticket, desk.other_agent_id, 90, "visit", LATER)
    assert [(s.person_id, s.seconds, s.by_hand) for s in (await craft(database, desk, ticket)).spent] == [
        (desk.agent_id, 660, 600), (desk.other_agent_id, 90, 0),
    ]
    async with database.transaction() as tx:
        await efforts.drop_effort(tx, ticket, desk.other_agent_id, "hand", LATER)
        await efforts.drop_effort(tx, ticket, desk.agent_id, "hand", LATER)
    assert [s.seconds for s in (await craft(database, desk, ticket)).spent] == [90, 60]
    for seconds in (0, 59, 86401):
        with pytest.raises(Rejected, match="bad_time"):
            async with database.transaction() as tx:
                await efforts.add_effort(tx, ticket, desk.agent_id, seconds, "", "x", LATER)


@pytest.fixture
async def strict(database, desk):
    """A category that wants the cause and an order number."""
    async with database.transaction() as tx:
        category = await define_category(tx, f"strict-{number()}", Text("充值", "Payments"), fields=[
            {"key": "order", "kind": "text", "label": {"zh": "订单号", "en": "Order"}, "required": False},
        ])
        await practices.set_practice(tx, practices.Practice(category, cause=True, fields=["order"]), desk.agent_id)
        return category, await a_ticket(tx, desk.brand_id, desk.player_id, category_id=category)


async def test_a_category_may_want_a_cause_a_solution_and_fields(database, desk, strict):
    _, ticket = strict

    async def end(**lesson):
        async with database.transaction() as tx:
            await lessons.resolve_with(tx, ticket, desk.agent_id, lessons.Lesson(**lesson), LATER)

    with pytest.raises(Rejected, match="lesson_incomplete") as refused:
        await end(solution="")
    assert set(refused.value.fields) == {"solution", "causeId", "fields.order"}
    async with database.reading() as reader:
        cause = next(each for each in await practices.causes(reader) if each.parent_id)
    with pytest.raises(Rejected, match="no_cause"):
        await end(solution="补发", cause_id=1 << 40, fields={"order": "A1"})
    with pytest.raises(Rejected, match="lesson_incomplete"):
        await end(solution="补发", cause_id=cause.id, fields={"strange": "x"})
    await end(solution="补发", cause_id=cause.id, fields={"order": "A1"})
    async with database.reading() as reader:
        row = await detail(reader, ticket)
    assert (row.status, row.solution, row.fields) == ("resolved", "补发", {"order": "A1"})
    assert (await craft(database, desk, ticket)).cause_id == cause.id


async def test_a_child_category_follows_its_parent_s_practice(database, desk, strict):
    category, _ = strict
    async with database.transaction() as tx:
        child = await define_category(tx, f"child-{number()}", Text("子", "Child"), parent_id=category)
        assert (await practices.practice_of(tx, child)).cause
        await practices.set_practice(tx, practices.Practice(child), desk.agent_id)
        assert not (await practices.practice_of(tx, child)).cause
        traced = await tx.value("SELECT count(*)::int FROM audit.trace WHERE action = 'practice.changed' AND object_id = $1", str(child))
    assert traced == 1


async def test_causes_are_added_once_renamed_and_retired(database, desk):
    async with database.transaction() as tx:
        made = [
            await practices.set_cause(
                tx, desk.agent_id, cause_id=None, parent_id=None, name={"zh": "外挂"}, retired=False, key="k-cheat"
            ) for _ in range(2)
        ]
        assert made[0] == made[1]
        await practices.set_cause(
            tx, desk.agent_id, cause_id=made[0], parent_id=None, name={"zh": "外挂", "en": "Cheating"}, retired=True, key="-"
        )
        found = next(each for each in await practices.causes(tx) if each.id == made[0])
    assert (found.name, found.retired) == (Text("外挂", "Cheating"), True)


async def test_a_proposal_is_made_once_and_decided_once(database, desk, ticket):
    async with database.transaction() as tx:
        for _ in range(2):
            await lessons.propose(tx, ticket, desk.agent_id, "充值未到账怎么办", "先查**流水**。", "p1", LATER)
    (made,) = (await craft(database, desk, ticket)).proposals
    scope = Scope([desk.brand_id])
    async with database.transaction() as tx:
        await lessons.decide(tx, made.id, "accepted", desk.other_agent_id, LATER, title="充值没到账", expected="proposed")
        (listed,) = await lessons.proposals(tx, "accepted", scope)
        assert (listed.title, listed.body, listed.decided_by) == ("充值没到账", "先查**流水**。", desk.other_agent_id)
        assert await lessons.proposals(tx, "proposed", scope) == []
        assert await lessons.proposals(tx, "accepted", Scope([])) == []
    with pytest.raises(Conflict, match="decided_already"):
        async with database.transaction() as tx:
            await lessons.decide(tx, made.id, "declined", desk.agent_id, LATER, expected="proposed")
    async with database.transaction() as tx:
        await lessons.decide(tx, made.id, "proposed", desk.agent_id, LATER)
        (back,) = await lessons.proposals(tx, "proposed", scope)
    assert back.decided_at is None
