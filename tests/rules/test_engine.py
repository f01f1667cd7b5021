"""What fires, in which order, what it does, and where it ends."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.rules.firings import fired_on
from playerdesk.tickets import change_ticket, detail, resolve, timeline
from playerdesk.tickets.tags import tag_ticket
from tests.given import NOON, a_brand, a_ticket, said

ALWAYS = {"all": []}


def priority(value):
    return {"do": "priority", "to": value}


def tag(*names):
    return {"do": "tag", "add": list(names)}


async def outcomes(desk, ticket):
    return [(each.rule_key, each.outcome) for each in reversed(await desk.ask(fired_on, ticket))]


async def test_urgent_words_raise_the_priority_tag_and_tell_the_lead(desk):
    key = await desk.rule(
        ["opened", "player_message"], {"field": "said", "contains": "闪退"}, priority(0), tag("急"),
        {"do": "notify", "leads": True, "text": "{{player.name}} 遇到闪退"},
    )
    quiet = await desk.do(a_ticket, desk.brand, desk.player, body="充值没到账")
    ticket = await desk.do(a_ticket, desk.brand, desk.player, body="游戏闪退了")
    found = await desk.ask(detail, ticket)
    assert (found.priority, found.tags) == (0, ["急"])
    assert (await desk.ask(detail, quiet)).tags == []
    (firing,) = await desk.ask(fired_on, ticket)
    assert (firing.rule_key, firing.event, firing.outcome, firing.why) == (key, "opened", "done", {"said": "游戏闪退了"})
    assert firing.acts == [
        {"do": "priority", "outcome": "done", "to": 0}, {"do": "tag", "outcome": "done", "add": ["急"]},
        {"do": "notify", "outcome": "done", "leads": True},
    ]
    lines = await desk.ask(timeline, ticket)
    assert all(line.author == "system" and line.change["rule"]["key"] == key for line in lines[1:])
    told = await desk.ask(lambda reader: reader.fetch("SELECT person_id, by_id FROM tickets.mention WHERE ticket_id = $1", ticket))
    # Leads of every brand, whom other tests left behind, are told, too, but after the brand's own: twenty are told at most.
    assert (desk.lead, None) in [tuple(row) for row in told]
    await desk.do(said, quiet, "player", desk.player, "现在又闪退")
    assert (await desk.ask(detail, quiet)).priority == 0


async def test_rules_see_what_those_before_them_did_and_one_may_end_it(desk):
    third = await desk.rule(["opened"], {"field": "tags", "has": "一"}, tag("三"), position=3)
    second = await desk.rule(["opened"], {"field": "tags", "has": "一"}, tag("二"), position=2, stop=True)
    first = await desk.rule(["opened"], ALWAYS, tag("一"), position=1)
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    assert (await desk.ask(detail, ticket)).tags == ["一", "二"]
    assert [key for key, _ in await outcomes(desk, ticket)] == [first, second]
    assert third not in dict(await outcomes(desk, ticket))


async def test_two_rules_that_take_turns_are_stopped_and_it_is_told(desk):
    up = await desk.rule(["changed"], {"field": "priority", "is": 3}, priority(1))
    down = await desk.rule(["changed"], {"field": "priority", "is": 1}, priority(3))
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    await desk.do(change_ticket, ticket, desk.agent, NOON, priority=3)
    told = await outcomes(desk, ticket)
    assert told == [(up, "done"), (down, "done"), (up, "stopped")]
    fired = {each.id: each for each in await desk.ask(fired_on, ticket)}
    stopped = max(fired.values(), key=lambda one: one.id)
    assert "循环" in stopped.acts[0]["why"]["zh"]
    assert fired[fired[stopped.cause_id].cause_id].cause_id is None, "the way that led there is told"


async def test_what_is_gone_is_skipped_with_a_reason_and_the_rest_is_done(desk):
    await desk.rule(["opened"], ALWAYS, {"do": "assign", "to": desk.login}, priority(1))
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET suspended_at = now() WHERE id = $1", desk.agent)
    desk.database.memory.clear()
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    (firing,) = await desk.ask(fired_on, ticket)
    assert firing.outcome == "partly"
    assert [(act["outcome"], "why" in act) for act in firing.acts] == [("skipped", True), ("done", False)]


async def test_a_rule_that_breaks_harms_nobody(desk, monkeypatch):
    key = await desk.rule(["opened"], ALWAYS, priority(1))

    async def breaks(*_):
        raise ValueError("broken")

    monkeypatch.setattr("playerdesk.rules.engine.carry_out", breaks)
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    assert (await desk.ask(detail, ticket)).priority == 2
    assert await outcomes(desk, ticket) == [(key, "stopped")]


async def test_a_reply_is_the_desks_own_waits_on_and_is_not_said_for_ever(desk):
    await desk.rule(["player_message"], ALWAYS, {"do": "reply", "text": "{{player.name}}，{{server|您的服务器}}正在维护"})
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    before = await desk.ask(detail, ticket)
    for n in range(5):
        await desk.do(said, ticket, "player", desk.player, f"自动回复{n}", NOON + timedelta(minutes=n))
    after = await desk.ask(detail, ticket)
    replies = [line for line in await desk.ask(timeline, ticket) if line.kind == "message" and line.author == "system"]
    assert [line.body for line in replies] == ["云中客，您的服务器正在维护"] * 3
    assert all(line.number for line in replies), "the player reads it"
    assert (after.waiting_since, after.first_response_at, after.player_unread) == (before.waiting_since, None, 3)
    assert [outcome for _, outcome in await outcomes(desk, ticket)] == ["done"] * 3 + ["nothing"] * 2


async def test_nothing_changes_on_a_ticket_that_is_over_but_its_tags(desk):
    await desk.rule(["resolved"], ALWAYS, priority(0), tag("已解决"))
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    await desk.do(resolve, ticket, desk.agent, "补发", NOON)
    found = await desk.ask(detail, ticket)
    assert (found.priority, found.tags) == (2, ["已解决"])


async def test_another_brand_a_rule_that_is_off_and_a_brand_without_rules(desk):
    await desk.rule(["opened"], ALWAYS, tag("停"), on=False)
    await desk.rule(["opened"], ALWAYS, tag("开"))
    async with desk.database.transaction() as tx:
        other = await a_brand(tx)
    ticket = await desk.do(a_ticket, other, desk.player)
    assert (await desk.ask(detail, ticket)).tags == []
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    assert (await desk.ask(detail, ticket)).tags == ["开"]
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE brands.brand SET modules = '{\"rules\": false}' WHERE id = $1", desk.brand)
    desk.database.memory.clear()
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    assert (await desk.ask(detail, ticket)).tags == []


async def test_tags_by_hand_are_a_line_and_safe_to_send_twice(desk):
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    for _ in range(2):
        assert await desk.do(tag_ticket, ticket, [" 外挂 ", "外挂", "急"], [], desk.agent, NOON) == ["外挂", "急"]
    assert await desk.do(tag_ticket, ticket, [], ["急"], desk.agent, NOON) == ["外挂"]
    lines = [line.change for line in await desk.ask(timeline, ticket) if line.kind == "change"]
    assert lines == [
        {"what": "tags", "from": [], "to": ["外挂", "急"]}, {"what": "tags", "from": ["外挂", "急"], "to": ["外挂"]},
    ]


CHAIN = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), min_size=1, max_size=6,
)


@settings(max_examples=25)
@given(chain=CHAIN, start=st.integers(0, 3))
async def test_however_rules_set_each_other_off_it_ends_and_each_fires_once_in_a_chain(desk, chain, start):
    """Rules "from priority a to b", some of which stop: any graph of them, rings included."""
    keys = [
        await desk.rule(["changed"], {"field": "priority", "is": a}, priority(b), stop=stop, position=n)
        for n, (a, b, stop) in enumerate(chain)
    ]
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    await desk.do(change_ticket, ticket, desk.agent, NOON, priority=start)
    told = await outcomes(desk, ticket)
    async with desk.database.transaction() as tx:  # before anything can fail: the next example begins without them
        await tx.execute("UPDATE rules.rule SET retired = true WHERE key = ANY($1::text[])", keys)
    desk.database.memory.clear()
    acted = [key for key, outcome in told if outcome in ("done", "partly")]
    assert len(acted) == len(set(acted)), "no rule acts twice in one chain"
    assert len(told) <= len(keys) * (len(keys) + 1)


async def test_a_queue_action_puts_it_there(desk):
    await desk.rule(["opened"], ALWAYS, {"do": "queue", "to": desk.queue_key})
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    assert (await desk.ask(detail, ticket)).queue_id == desk.queue
