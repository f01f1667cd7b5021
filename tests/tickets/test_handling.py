"""Changing, resolving, reopening, closing, reading."""

from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, now
from playerdesk.tickets import (
    change_ticket,
    close,
    detail,
    escalate,
    mark_read,
    player_unread,
    reopen,
    resolve,
    timeline,
)
from playerdesk.tickets.handling import add_note
from playerdesk.tickets.jobs import close_old
from tests.given import NOON, a_category, a_ticket, said

LATER = NOON + timedelta(minutes=5)


@pytest.fixture
async def ticket(database, desk):
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)


async def shown(database, ticket):
    async with database.reading() as reader:
        return await detail(reader, ticket)


async def lines(database, ticket):
    async with database.reading() as reader:
        return [entry.change for entry in await timeline(reader, ticket) if entry.kind == "change"]


async def test_each_change_by_hand_is_a_line_in_the_timeline(database, desk, ticket):
    async with database.transaction() as tx:
        category = await a_category(tx, desk.queue_id)
        await change_ticket(tx, ticket, desk.agent_id, LATER, category_id=category, priority=0, status="hold")
    after = await shown(database, ticket)
    assert (after.category_id, after.priority, after.status) == (category, 0, "hold")
    assert await lines(database, ticket) == [
        {"what": "category", "from": desk.category_id, "to": category}, {"what": "priority", "from": 2, "to": 0},
        {"what": "status", "from": "new", "to": "hold"},
    ]


async def test_what_stays_as_it_is_is_no_change(database, desk, ticket):
    before = await shown(database, ticket)
    async with database.transaction() as tx:
        await change_ticket(tx, ticket, desk.agent_id, LATER, priority=2, category_id=desk.category_id)
        assert tx.events == []
    assert await shown(database, ticket) == before


async def test_an_urgent_ticket_moves_up(database, desk, ticket):
    async with database.transaction() as tx:
        await change_ticket(tx, ticket, desk.agent_id, LATER, priority=0)
    assert (await shown(database, ticket)).rank_at == NOON - timedelta(minutes=30)


async def test_what_waits_for_the_player_does_not_wait_for_us(database, desk, ticket):
    async with database.transaction() as tx:
        await change_ticket(tx, ticket, desk.agent_id, LATER, status="pending")
    assert (await shown(database, ticket)).waiting_since is None
    async with database.transaction() as tx:
        await change_ticket(tx, ticket, desk.agent_id, LATER, status="open")
    assert (await shown(database, ticket)).waiting_since == NOON


async def test_a_resolved_ticket_says_how_and_by_whom(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "补发648元", LATER)
    after = await shown(database, ticket)
    assert (after.status, after.resolved_at, after.solution) == ("resolved", LATER, "补发648元")
    assert (after.waiting_since, after.staff_unread) == (None, 0)
    assert await lines(database, ticket) == [{"what": "resolved", "solution": "补发648元"}]


async def test_it_is_resolved_once(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "补发", LATER)
    with pytest.raises(Conflict, match="already_resolved"):
        async with database.transaction() as tx:
            await resolve(tx, ticket, desk.agent_id, "补发", LATER)
    with pytest.raises(Conflict, match="ticket_over"):
        async with database.transaction() as tx:
            await change_ticket(tx, ticket, desk.agent_id, LATER, status="open")


async def test_a_chat_ends_when_it_is_resolved(database, desk):
    async with database.transaction() as tx:
        chat = await a_ticket(tx, desk.brand_id, desk.player_id, live=True)
        await resolve(tx, chat, desk.agent_id, "好了", LATER)
        ended = await tx.fetch("SELECT ended_at, end_reason FROM tickets.session WHERE ticket_id = $1", chat)
    assert [tuple(row) for row in ended] == [(LATER, "resolved")]
    assert not (await shown(database, chat)).live


async def test_reopened_it_waits_from_now_and_counts_how_often(database, desk, ticket):
    with pytest.raises(Conflict, match="not_resolved"):
        async with database.transaction() as tx:
            await reopen(tx, ticket, "staff", desk.agent_id, LATER)
    for times in (1, 2):
        at = LATER + timedelta(hours=times)
        async with database.transaction() as tx:
            await resolve(tx, ticket, desk.agent_id, "好了", LATER)
            await reopen(tx, ticket, "player", None, at)
        after = await shown(database, ticket)
        assert (after.status, after.reopened, after.waiting_since, after.resolved_at) == ("open", times, at, None)


async def test_closing_is_for_what_is_resolved_and_staff_can_still_open_it(database, desk, ticket):
    async with database.transaction() as tx:
        await close(tx, [ticket], LATER)
    assert (await shown(database, ticket)).status == "new"
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "好了", LATER)
        await close(tx, [ticket, -1], LATER)
    assert (await shown(database, ticket)).closed_at == LATER
    async with database.transaction() as tx:
        await reopen(tx, ticket, "staff", desk.agent_id, LATER)
    after = await shown(database, ticket)
    assert (after.status, after.closed_at) == ("open", None)


async def test_the_desk_closes_what_can_no_longer_be_reopened(database, desk):
    async with database.transaction() as tx:
        await tx.execute("UPDATE brands.brand SET reopen_days = 3 WHERE id = $1", desk.brand_id)
        old, fresh = [await a_ticket(tx, desk.brand_id, desk.player_id) for _ in range(2)]
        await resolve(tx, old, desk.agent_id, "好了", now() - timedelta(days=3, seconds=1))
        await resolve(tx, fresh, desk.agent_id, "好了", now() - timedelta(days=2, hours=23))
    await close_old(database)
    assert [(await shown(database, each)).status for each in (old, fresh)] == ["closed", "resolved"]


async def test_what_has_been_read_is_not_unread_and_nothing_is_unread_backwards(database, desk, ticket):
    async with database.transaction() as tx:
        for text in ("一", "二", "三"):
            await said(tx, ticket, "staff", desk.agent_id, text)
        assert await player_unread(tx, desk.player_id) == 3
    for number, left, read in ((2, 2, 2), (1, 2, 2), (4, 0, 4), (99, 0, 4)):
        async with database.transaction() as tx:
            await mark_read(tx, ticket, "player", number, LATER)
        after = await shown(database, ticket)
        assert (after.player_unread, after.player_read) == (left, read)


async def test_reading_what_was_read_says_nothing(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent_id, "您好")
        await mark_read(tx, ticket, "player", 2, LATER)
        said_so = len(tx.events)
        await mark_read(tx, ticket, "player", 2, LATER)
        await mark_read(tx, ticket, "player", -3, LATER)
        assert len(tx.events) == said_so


async def test_each_side_reads_for_itself(database, desk, ticket):
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent_id, "您好")
        await said(tx, ticket, "player", desk.player_id, "在")
        await mark_read(tx, ticket, "staff", 3, LATER)
    after = await shown(database, ticket)
    assert (after.staff_unread, after.staff_read, after.player_unread) == (0, 3, 1)


async def test_a_note_beside_something_else_is_in_the_timeline(database, desk, ticket):
    async with database.transaction() as tx:
        await add_note(tx, ticket, desk.agent_id, "交给支付组", LATER)
    async with database.reading() as reader:
        note = (await timeline(reader, ticket))[-1]
    assert (note.kind, note.number, note.body, note.author_id) == ("note", None, "交给支付组", desk.agent_id)


async def test_once_on_the_lead_s_list_is_enough(database, ticket):
    async with database.transaction() as tx:
        await escalate(tx, [ticket], LATER)
        await escalate(tx, [ticket], LATER + timedelta(days=1))
    assert (await shown(database, ticket)).escalated_at == LATER
