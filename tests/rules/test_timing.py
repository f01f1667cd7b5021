"""Rules of time: once for each time, never old ones, and what the player hears."""

from datetime import timedelta

from playerdesk.kernel import now
from playerdesk.rules.timing import fire_due
from playerdesk.tickets import change_ticket, detail
from tests.given import a_ticket, said

WAITS = {"field": "status", "is": "pending"}
REMIND = {"do": "reply", "text": "还在吗？"}


async def a_silence(desk, hours):
    """A ticket whose player has said nothing for so long."""
    at = now() - timedelta(hours=hours)
    ticket = await desk.do(a_ticket, desk.brand, desk.player, at)
    await desk.do(said, ticket, "staff", desk.agent, "请提供订单号", at)
    return ticket


async def began(desk, hours):
    """As if the rules had been published so long ago."""
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE rules.rule SET since = now() - $1::interval", timedelta(hours=hours))
    desk.database.memory.clear()


async def test_reminded_after_three_days_closed_after_five_each_once(desk):
    await desk.rule([], WAITS, REMIND, since="last_message", hours=72)
    await desk.rule([], WAITS, {"do": "status", "to": "resolved", "text": "没有回音"}, since="last_message", hours=120)
    await began(desk, 200)
    young, old, older = await a_silence(desk, 71), await a_silence(desk, 73), await a_silence(desk, 121)
    assert await fire_due(desk.database) == 3
    assert await fire_due(desk.database) == 0, "each time counts once"
    states = [await desk.ask(detail, each) for each in (young, old, older)]
    assert [each.status for each in states] == ["pending", "pending", "resolved"]
    assert [each.player_unread for each in states] == [1, 2, 2]
    assert states[2].solution == "没有回音"


async def test_a_word_of_hers_starts_it_anew(desk):
    await desk.rule([], WAITS, REMIND, since="last_message", hours=1)
    await began(desk, 100)
    ticket = await a_silence(desk, 2)
    assert await fire_due(desk.database) == 1
    await desk.do(said, ticket, "player", desk.player, "在", now() - timedelta(minutes=70))
    await desk.do(said, ticket, "staff", desk.agent, "好的", now() - timedelta(minutes=65))
    assert await fire_due(desk.database) == 1


async def test_publishing_floods_no_old_tickets_and_what_comes_to_fit_later_is_found(desk):
    await desk.rule([], WAITS, REMIND, since="last_message", hours=72)
    await a_silence(desk, 100)
    assert await fire_due(desk.database) == 0, "it was due before the rule was there"
    await began(desk, 25)
    late = await a_silence(desk, 74)
    await desk.do(change_ticket, late, desk.agent, now(), status="open")
    assert await fire_due(desk.database) == 0
    await desk.do(change_ticket, late, desk.agent, now(), status="pending")
    assert await fire_due(desk.database) == 1


async def test_before_its_due_time_and_past_it_each_once_for_each_due_time(desk):
    await desk.rule([], {"all": []}, {"do": "tag", "add": ["将到期"]}, since="due_in", hours=2)
    await desk.rule([], {"all": []}, {"do": "tag", "add": ["已超时"]}, since="due", hours=1)
    await began(desk, 100)
    tickets = [await desk.do(a_ticket, desk.brand, desk.player, now()) for _ in range(5)]
    due = [now() + timedelta(minutes=each) for each in (121, 119, -59, -61)]

    async def promised(ticket, at):
        async with desk.database.transaction() as tx:
            await tx.execute("UPDATE tickets.ticket SET due_at = $2 WHERE id = $1", ticket, at)

    for ticket, at in zip(tickets, due, strict=False):
        await promised(ticket, at)
    await fire_due(desk.database)
    assert [(await desk.ask(detail, each)).tags for each in tickets] == [[], ["将到期"], ["将到期"], ["将到期", "已超时"], []]
    assert await fire_due(desk.database) == 0
    # Another promise: it counts anew.
    await promised(tickets[1], now() + timedelta(minutes=60))
    assert await fire_due(desk.database) == 1
