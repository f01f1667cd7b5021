"""Live service: waiting in line, being accepted, ending, and what stays."""

from datetime import timedelta

import pytest

from playerdesk.kernel import now
from playerdesk.tickets import (
    Assignment,
    assign_many,
    detail,
    end_chats,
    expected_seconds,
    put_in_queue,
    visible_entries,
    wait_of,
)
from playerdesk.tickets.chats import end_idle_chats
from tests.given import NOON, a_player, a_ticket, said

LATER = NOON + timedelta(seconds=40)


async def a_chat(tx, desk, at=NOON, tier="none"):
    player = await a_player(tx, tier=tier)
    return await a_ticket(tx, desk.brand_id, player, at, live=True, category_id=desk.category_id)


async def sessions(tx, ticket):
    return [tuple(row) for row in await tx.fetch(
        "SELECT started_at, accepted_at, accepted_by, ended_at, end_reason FROM tickets.session"
        " WHERE ticket_id = $1 ORDER BY id", ticket,
    )]


async def test_a_live_question_starts_a_session_that_waits(database, desk):
    async with database.transaction() as tx:
        chat = await a_chat(tx, desk)
        assert await sessions(tx, chat) == [(NOON, None, None, None, None)]
        quiet = await a_ticket(tx, desk.brand_id, desk.player_id)
        assert await sessions(tx, quiet) == []


async def test_an_accepted_chat_knows_who_and_when_and_tells_the_player(database, desk):
    async with database.transaction() as tx:
        chat = await a_chat(tx, desk)
        await assign_many(tx, [Assignment(chat, desk.agent_id, "queue")], LATER)
        assert await sessions(tx, chat) == [(NOON, LATER, desk.agent_id, None, None)]
        last = (await visible_entries(tx, chat, 0))[-1]
        assert last.change == {"what": "chat_accepted", "by": desk.agent_id}
        assert last.number == 2
        assert await wait_of(tx, chat, LATER) is None


async def test_a_chat_that_changes_hands_was_accepted_once(database, desk):
    async with database.transaction() as tx:
        chat = await a_chat(tx, desk)
        await assign_many(tx, [Assignment(chat, desk.agent_id, "queue")], LATER)
        await put_in_queue(tx, [chat], None, "vanished", LATER)
        await assign_many(tx, [Assignment(chat, desk.other_agent_id, "queue")], LATER + timedelta(seconds=5))
        assert await sessions(tx, chat) == [(NOON, LATER, desk.agent_id, None, None)]


async def test_ended_it_stays_as_a_ticket_and_says_so_once(database, desk):
    async with database.transaction() as tx:
        chat = await a_chat(tx, desk)
        quiet = await a_ticket(tx, desk.brand_id, desk.player_id)
        assert await end_chats(tx, [chat, quiet], "left", LATER) == [chat]
        assert await end_chats(tx, [chat], "left", LATER) == []
        after = await detail(tx, chat)
        assert (after.live, after.status, after.waiting_since) == (False, "new", NOON)
        assert await sessions(tx, chat) == [(NOON, None, None, LATER, "left")]
        assert [line.change for line in await visible_entries(tx, chat, 1)] == [{"what": "chat_ended", "reason": "left"}]


async def test_each_who_waits_knows_how_many_stand_before_her(database, desk):
    async with database.transaction() as tx:
        chats = [await a_chat(tx, desk, NOON + timedelta(seconds=n)) for n in range(4)]
        vip = await a_chat(tx, desk, NOON + timedelta(minutes=10), tier="high")
        await a_ticket(tx, desk.brand_id, desk.player_id, NOON, category_id=desk.category_id)  # no chat, not in this line
        ahead = [(await wait_of(tx, chat, LATER)).ahead for chat in [vip, *chats]]
        assert ahead == [0, 1, 2, 3, 4]
        await assign_many(tx, [Assignment(chats[0], desk.agent_id, "queue")], LATER)
        await end_chats(tx, [chats[1]], "left", LATER)
        assert [(await wait_of(tx, chat, LATER)).ahead for chat in chats[2:]] == [1, 2]
        assert await wait_of(tx, chats[1], LATER) is None


@pytest.mark.parametrize(("ahead", "recently", "agents", "seconds"), [
    (0, 0, 0, None), (0, 0, 2, 60), (5, 0, 2, 360), (2, 30, 1, 90), (0, 3, 9, 300),
])
def test_the_expected_wait_follows_what_the_last_quarter_of_an_hour_has_shown(ahead, recently, agents, seconds):
    assert expected_seconds(ahead, recently, agents) == seconds


async def test_a_chat_whose_player_has_gone_silent_becomes_a_ticket_that_waits_for_her(database, desk):
    long_ago = now() - timedelta(minutes=11)
    async with database.transaction() as tx:
        silent = await a_chat(tx, desk, at=long_ago)
        talking = await a_chat(tx, desk, at=long_ago)
        for chat in (silent, talking):
            await assign_many(tx, [Assignment(chat, desk.agent_id, "queue")], long_ago)
            await said(tx, chat, "staff", desk.agent_id, "请问您在吗？", long_ago)
        player = (await detail(tx, talking)).player_id
        await said(tx, talking, "player", player, "在的", long_ago + timedelta(seconds=30))
    assert await end_idle_chats(database) >= 1
    async with database.reading() as reader:
        ended, going_on = await detail(reader, silent), await detail(reader, talking)
    assert (ended.live, ended.status, ended.assignee_id) == (False, "pending", desk.agent_id)
    assert (going_on.live, going_on.status) == (True, "open")


async def test_a_chat_nobody_has_taken_for_an_hour_keeps_its_place_as_a_ticket(database, desk):
    async with database.transaction() as tx:
        chat = await a_chat(tx, desk, at=now() - timedelta(minutes=61))
        before = await detail(tx, chat)
    assert await end_idle_chats(database) >= 1
    async with database.reading() as reader:
        after = await detail(reader, chat)
    assert (after.live, after.status, after.rank_at) == (False, "new", before.rank_at)
