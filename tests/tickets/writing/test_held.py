"""A reply that can still be undone: said once at its time, or not at all, whatever dies and whoever writes meanwhile."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, NotFound, now
from playerdesk.tickets import timeline
from playerdesk.tickets.writing import held
from playerdesk.tickets.writing.acts import Act, Action
from tests.given import number, said


def act(ticket, desk, body="马上为您核实", base_seq=1, **more):
    return Act(
        ticket_id=ticket, person_id=desk.agent_id, client_key=more.pop("client_key", f"h-{number()}"), body=body,
        base_seq=base_seq, **more,
    )


async def press(database, an_act, seconds=5, ago=0.0):
    async with database.transaction() as tx:
        return await held.hold(tx, an_act, seconds, now() - timedelta(seconds=ago))


async def words(database, ticket):
    async with database.reading() as reader:
        return [each.body for each in await timeline(reader, ticket) if each.kind == "message"]


async def mine(database, desk):
    async with database.reading() as reader:
        return await held.held_of(reader, desk.agent_id)


async def events(database, kind, ticket):
    async with database.reading() as reader:
        return await reader.value(
            "SELECT count(*)::int FROM kernel.event WHERE kind = $1 AND (data->>'ticketId')::bigint = $2", kind, ticket
        )


async def test_nobody_hears_it_before_its_time_and_then_once(database, desk, ticket):
    an_act = act(ticket, desk)
    kept = await press(database, an_act)
    assert timedelta(seconds=4) < kept.send_at - now() <= timedelta(seconds=5)
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账"]
    assert await events(database, "MessagePosted", ticket) == 0, "no outbox, no clock, no player has heard of it"

    async with database.transaction() as tx:
        await held.hurry(tx, ticket, desk.agent_id, an_act.client_key, now())
    # Several workers look at the same second.
    await asyncio.gather(*(held.release(database) for _ in range(8)))
    assert await words(database, ticket) == ["充值648元没到账", "马上为您核实"]
    assert await mine(database, desk) == []
    assert await press(database, an_act) is None, "sent again after it was said: said already"
    assert await words(database, ticket) == ["充值648元没到账", "马上为您核实"]


async def test_what_is_undone_is_never_said_even_if_the_request_comes_again(database, desk, ticket):
    an_act = act(ticket, desk)
    await press(database, an_act, ago=4)
    async with database.transaction() as tx:
        taken = await held.undo(tx, ticket, desk.agent_id, an_act.client_key)
    assert taken.body == "马上为您核实"
    again = await press(database, an_act)
    assert again.state == "undone"
    await asyncio.sleep(1.1)
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账"]


async def test_what_a_macro_would_have_done_is_not_done_when_its_words_are_taken_back_and_is_named(database, desk, ticket):
    """The words return to the composer; the actions belong to the macro, and whoever undoes it is told which they were."""
    an_act = act(ticket, desk, actions=[Action("priority", 0), Action("resolve", text="已补发")])
    await press(database, an_act, ago=4)
    async with database.transaction() as tx:
        taken = await held.undo(tx, ticket, desk.agent_id, an_act.client_key)
    assert [each["do"] for each in taken.actions] == ["priority", "resolve"]
    await asyncio.sleep(1.1)
    await held.release(database)
    async with database.reading() as reader:
        facts = (await reader.fetch("SELECT status, priority FROM tickets.ticket WHERE id = $1", ticket))[0]
    assert tuple(facts) == ("new", 2)


async def test_undo_comes_too_late_or_for_nothing(database, desk, ticket):
    an_act = act(ticket, desk)
    await press(database, an_act, ago=6)
    await held.release(database)
    with pytest.raises(Conflict, match="already_said"):
        async with database.transaction() as tx:
            await held.undo(tx, ticket, desk.agent_id, an_act.client_key)
    with pytest.raises(NotFound):
        async with database.transaction() as tx:
            await held.undo(tx, ticket, desk.agent_id, "never-pressed")


async def test_undo_and_its_time_meet_exactly_one_wins(database, desk, ticket):
    for _ in range(12):
        async with database.reading() as reader:
            base = await reader.value("SELECT public_seq FROM tickets.ticket WHERE id = $1", ticket)
        an_act = act(ticket, desk, f"第 {number()} 次", base_seq=base)
        await press(database, an_act, ago=5)

        async def take_back(which=an_act):
            async with database.transaction() as tx:
                await held.undo(tx, ticket, desk.agent_id, which.client_key)

        _, undone = await asyncio.gather(held.release(database), take_back(), return_exceptions=True)
        spoken = an_act.body in await words(database, ticket)
        assert spoken == isinstance(undone, Conflict), undone


async def test_the_player_writes_meanwhile_and_it_is_stopped_with_its_text_kept(database, desk, ticket):
    an_act = act(ticket, desk)
    await press(database, an_act, ago=6)
    async with database.transaction() as tx:
        await said(tx, ticket, "player", desk.player_id, "找到了，不用了", at=now())
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账", "找到了，不用了"]
    (stopped,) = await mine(database, desk)
    assert (stopped.state, stopped.stopped_code, stopped.body) == ("stopped", "stale_reply", "马上为您核实")
    await held.release(database)
    assert len(await words(database, ticket)) == 2, "a stopped one is not tried again"
    async with database.transaction() as tx:
        await held.undo(tx, ticket, desk.agent_id, an_act.client_key)
    assert await mine(database, desk) == []


async def test_a_colleagues_answer_stops_it_too_unless_it_is_sent_knowingly(database, desk, ticket):
    await press(database, act(ticket, desk, "我的回复"), ago=6)
    knowingly = act(ticket, desk, "我也要说", base_seq=None)
    await press(database, knowingly, ago=6)
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.other_agent_id, "同事先回了", at=now())
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账", "同事先回了", "我也要说"]
    assert [each.body for each in await mine(database, desk)] == ["我的回复"]


async def test_two_quick_replies_of_ones_own_do_not_stop_each_other(database, desk, ticket):
    await press(database, act(ticket, desk, "第一句"), ago=7)
    await press(database, act(ticket, desk, "第二句"), ago=6)
    await held.release(database)
    await press(database, act(ticket, desk, "第三句"), ago=6)
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账", "第一句", "第二句", "第三句"]


async def test_it_is_stale_already_when_it_is_pressed(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "player", desk.player_id, "在吗", at=now())
    with pytest.raises(Conflict, match="stale_reply"):
        await press(database, act(ticket, desk))


async def test_in_a_live_chat_and_before_a_target_the_hold_is_short(database, desk, ticket):
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET due_at = $2 WHERE id = $1", ticket, now() + timedelta(seconds=4))
    kept = await press(database, act(ticket, desk), 15)
    assert kept.send_at - now() < timedelta(seconds=3.1), "a second before the target"
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET due_at = NULL, live = true WHERE id = $1", ticket)
    kept = await press(database, act(ticket, desk), 15)
    assert kept.send_at - now() <= timedelta(seconds=3)
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.ticket SET live = false WHERE id = $1", ticket)
    assert (await press(database, act(ticket, desk), 99)).send_at - now() <= timedelta(seconds=15)


async def test_a_macros_reply_and_actions_are_all_done_or_none(database, desk, ticket):
    await press(database, act(
        ticket, desk, actions=[Action("status", "hold"), Action("queue", 999_999_999)]
    ), ago=6)
    await held.release(database)
    assert await words(database, ticket) == ["充值648元没到账"]
    (stopped,) = await mine(database, desk)
    assert stopped.stopped_code == "macro_outdated"
    await press(database, act(ticket, desk, actions=[Action("resolve", text="补发"), Action("priority", 1)]), ago=6)
    await held.release(database)
    async with database.reading() as reader:
        row = await reader.fetch("SELECT status, priority, solution FROM tickets.ticket WHERE id = $1", ticket)
    assert tuple(row[0]) == ("resolved", 1, "补发")
