"""What is said: in order, numbered without gaps, never twice, and never over what was not read."""

import asyncio
import random
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, NotFound, Rejected
from playerdesk.tickets import (
    Post,
    Posted,
    Writers,
    close,
    detail,
    post_messages,
    resolve,
    row,
    timeline,
    visible_entries,
)
from tests.given import NOON, a_player, a_ticket, number, said

LATER = NOON + timedelta(minutes=5)


def a_post(ticket_id, author, author_id, body="好的", **changes):
    values = {"client_key": f"m-{number()}", **changes}
    return Post(ticket_id=ticket_id, author=author, author_id=author_id, body=body, **values)


@pytest.fixture
async def ticket(database, desk):
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)


async def post(database, *posts, at=LATER):
    async with database.transaction() as tx:
        return await post_messages(tx, posts, at)


async def standing(database, ticket):
    async with database.reading() as reader:
        return await detail(reader, ticket)


async def test_the_first_answer_takes_the_ticket_and_hands_the_turn_to_the_player(database, desk, ticket):
    (answer,) = await post(database, a_post(ticket, "staff", desk.agent_id, "已补发，请查收。", base_seq=1))
    found = await standing(database, ticket)
    assert (answer.seq, answer.number) == (3, 2)  # between them the line that says who took it
    assert (found.status, found.assignee_id, found.waiting_since) == ("pending", desk.agent_id, None)
    assert (found.first_response_at, found.player_unread, found.staff_unread) == (LATER, 1, 0)
    assert (found.preview, found.last_author) == ("已补发，请查收。", "staff")


async def test_the_player_s_word_makes_us_the_ones_who_are_waited_for(database, desk, ticket):
    await post(database, a_post(ticket, "staff", desk.agent_id))
    await post(database, a_post(ticket, "player", desk.player_id, "还是没有"), at=LATER + timedelta(hours=1))
    found = await standing(database, ticket)
    assert (found.status, found.waiting_since) == ("open", LATER + timedelta(hours=1))
    assert (found.staff_unread, found.last_author) == (1, "player")
    assert found.rank_at == found.waiting_since


async def test_asking_again_does_not_lose_the_place_in_line(database, desk, ticket):
    await post(database, a_post(ticket, "player", desk.player_id, "在吗？"))
    found = await standing(database, ticket)
    assert (found.waiting_since, found.rank_at, found.staff_unread) == (NOON, NOON, 2)


async def test_twenty_who_write_at_once_get_numbers_without_gaps(database, desk, ticket):
    lanes = [Writers(database) for _ in range(4)]  # as four server processes

    async def one(i: int) -> list[Posted]:
        author, author_id = ("player", desk.player_id) if i % 3 else ("staff", desk.agent_id)
        return [await lanes[i % 4].post(a_post(ticket, author, author_id, f"{i}-{n}")) for n in range(4)]

    sent = await asyncio.gather(*(one(i) for i in range(20)))
    async with database.reading() as reader:
        seen = await visible_entries(reader, ticket, 0)
        whole = await timeline(reader, ticket)
    assert [entry.number for entry in seen] == list(range(1, 82))
    assert [entry.seq for entry in whole] == list(range(1, len(whole) + 1))
    for i, posted in enumerate(sent):
        numbers = [each.number for each in posted]
        assert numbers == sorted(numbers), "each author's words stay in their order"
        assert [seen[each.number - 1].body for each in posted] == [f"{i}-{n}" for n in range(4)]


async def test_a_message_sent_twice_is_there_once(database, desk, ticket):
    message = a_post(ticket, "player", desk.player_id)
    (first,) = await post(database, message)
    again, fresh = await post(database, message, a_post(ticket, "player", desk.player_id))
    same_batch = await post(database, *[a_post(ticket, "player", desk.player_id, client_key="twice")] * 2)
    assert again == Posted(ticket, first.seq, first.number, again=True)
    assert fresh.number == first.number + 1
    assert [(each.number, each.again) for each in same_batch] == [(4, False), (4, True)]


async def test_a_message_sent_ten_times_at_once_is_there_once(database, desk, ticket):
    message = a_post(ticket, "player", desk.player_id)
    lanes = [Writers(database) for _ in range(5)]
    results = await asyncio.gather(*(lanes[i % 5].post(message) for i in range(10)))
    assert {each.number for each in results} == {2}
    assert sorted(each.again for each in results) == [False] + [True] * 9


async def test_a_key_used_for_other_words_is_refused(database, desk, ticket):
    await post(database, a_post(ticket, "player", desk.player_id, "一", client_key="k"))
    (refused,) = await post(database, a_post(ticket, "player", desk.player_id, "二", client_key="k"))
    assert isinstance(refused, Conflict)
    assert refused.code == "key_reused"
    (taken,) = await post(database, a_post(ticket, "staff", desk.agent_id, "二", client_key="k"))
    assert isinstance(taken, Posted), "the other side's keys are its own"


async def test_an_answer_that_has_not_seen_the_newest_word_is_refused_until_confirmed(database, desk, ticket):
    await post(database, a_post(ticket, "player", desk.player_id, "等等，到账了"))
    stale = a_post(ticket, "staff", desk.agent_id, "请发截图", base_seq=1)
    (refused,) = await post(database, stale)
    assert isinstance(refused, Conflict)
    assert (refused.code, refused.extra) == ("stale_reply", {"baseSeq": 1, "publicSeq": 2})
    (forced,) = await post(database, a_post(ticket, "staff", desk.agent_id, "请发截图", base_seq=None))
    assert isinstance(forced, Posted)


async def test_of_two_agents_who_answer_at_once_the_second_has_to_look_first(database, desk, ticket):
    lane = Writers(database)
    results = await asyncio.gather(
        lane.post(a_post(ticket, "staff", desk.agent_id, "甲", base_seq=1)),
        lane.post(a_post(ticket, "staff", desk.other_agent_id, "乙", base_seq=1)), return_exceptions=True,
    )
    assert [type(each) for each in results] == [Posted, Conflict]


async def test_notes_and_changes_do_not_make_an_answer_stale(database, desk, ticket):
    await post(database, a_post(ticket, "staff", desk.other_agent_id, "查过流水", private=True))
    (answer,) = await post(database, a_post(ticket, "staff", desk.agent_id, base_seq=1))
    assert isinstance(answer, Posted)


async def test_a_note_has_no_number_and_changes_nothing_the_player_sees(database, desk, ticket):
    before = await standing(database, ticket)
    (noted,) = await post(database, a_post(ticket, "staff", desk.agent_id, "疑似盗号", private=True))
    after = await standing(database, ticket)
    assert (noted.seq, noted.number) == (2, None)
    assert (after.public_count, after.public_seq, after.player_unread, after.preview, after.status, after.assignee_id) == (
        before.public_count, before.public_seq, before.player_unread, before.preview, before.status, None
    )
    async with database.reading() as reader:
        assert [entry.body for entry in await visible_entries(reader, ticket, 0)] == ["充值648元没到账"]


async def test_within_the_window_a_word_opens_a_resolved_ticket_again(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "已补发", LATER)
    at = LATER + timedelta(days=7)
    (posted,) = await post(database, a_post(ticket, "player", desk.player_id, "又没了"), at=at)
    found = await standing(database, ticket)
    assert isinstance(posted, Posted)
    assert (found.status, found.reopened, found.resolved_at, found.waiting_since) == ("open", 1, None, at)
    async with database.reading() as reader:
        lines = await visible_entries(reader, ticket, 0)
    assert [line.change and line.change["what"] for line in lines] == [None, "resolved", "reopened", None]


async def test_after_the_window_a_word_is_refused_and_says_what_to_do(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "已补发", LATER)
    late = a_post(ticket, "player", desk.player_id)
    (refused,) = await post(database, late, at=LATER + timedelta(days=7, seconds=1))
    async with database.transaction() as tx:
        await close(tx, [ticket], LATER)
    (closed,) = await post(database, late)
    for each in (refused, closed):
        assert isinstance(each, Conflict)
        assert (each.code, "提交" in each.message.zh) == ("ticket_closed", True)
    assert (await standing(database, ticket)).public_count == 2


async def test_a_brand_s_own_window_counts(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "已补发", LATER)
    (refused,) = await post(
        database, a_post(ticket, "player", desk.player_id, reopen_days=1), at=LATER + timedelta(days=1, seconds=1)
    )
    assert isinstance(refused, Conflict)


async def test_an_agent_s_last_word_does_not_open_a_resolved_ticket(database, desk, ticket):
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent_id, "已补发", LATER)
    (posted,) = await post(database, a_post(ticket, "staff", desk.agent_id, "祝游戏愉快"))
    assert isinstance(posted, Posted)
    assert (await standing(database, ticket)).status == "resolved"


async def test_nobody_speaks_in_somebody_else_s_ticket(database, desk, ticket):
    async with database.transaction() as tx:
        stranger = await a_player(tx)
    foreign, missing, own = await post(
        database, a_post(ticket, "player", stranger), a_post(-1, "player", stranger), a_post(ticket, "player", desk.player_id)
    )
    assert isinstance(foreign, NotFound)
    assert isinstance(missing, NotFound)
    assert foreign.code == missing.code, "one cannot learn that it exists"
    assert isinstance(own, Posted)


@pytest.mark.parametrize("body", ["", " \n", "长" * 5001])
async def test_nothing_and_too_much_are_refused_alone(database, desk, ticket, body):
    refused, taken = await post(
        database, a_post(ticket, "player", desk.player_id, body), a_post(ticket, "player", desk.player_id)
    )
    assert isinstance(refused, Rejected)
    assert isinstance(taken, Posted)


async def test_batches_over_the_same_tickets_in_any_order_never_wait_for_each_other_in_a_circle(database, desk):
    async with database.transaction() as tx:
        tickets = [await a_ticket(tx, desk.brand_id, desk.player_id) for _ in range(6)]
    dice = random.Random(7)

    async def batch() -> None:
        order = dice.sample(tickets, 6)
        for each in await post(database, *(a_post(t, "player", desk.player_id) for t in order)):
            assert isinstance(each, Posted)

    await asyncio.gather(*(batch() for _ in range(20)))
    async with database.reading() as reader:
        assert [(await row(reader, t)).seq for t in tickets] == [21] * 6


async def test_a_live_chat_stays_open_while_both_sides_take_turns(database, desk):
    async with database.transaction() as tx:
        chat = await a_ticket(tx, desk.brand_id, desk.player_id, live=True)
        await said(tx, chat, "staff", desk.agent_id, "您好")
        await said(tx, chat, "player", desk.player_id, "在的")
    found = await standing(database, chat)
    assert (found.status, found.live) == ("open", True)


async def test_a_message_saved_the_short_way_leaves_the_ticket_as_the_long_way_does(database, desk):
    """Alone it moves only what is said; beside one that changes its ticket's status every column is written."""
    async with database.transaction() as tx:
        alone, beside, other = [
            await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id) for _ in range(3)
        ]
    await post(database, a_post(other, "staff", desk.agent_id))
    await post(database, a_post(alone, "player", desk.player_id, "还有，截图在这"))
    await post(database, a_post(beside, "player", desk.player_id, "还有，截图在这"), a_post(other, "player", desk.player_id))
    short, long = await standing(database, alone), await standing(database, beside)
    apart = {"id", "client_key", "created_at", "rank_at", "waiting_since", "due_at", "warn_at"}
    differ = {name for name in short.__struct_fields__ if getattr(short, name) != getattr(long, name)}
    assert differ <= apart
    assert (short.preview, short.staff_unread, short.updated_at) == ("还有，截图在这", long.staff_unread, LATER)
    assert [(e.seq, e.number, e.body) for e in await entries(database, alone)] == [
        (e.seq, e.number, e.body) for e in await entries(database, beside)
    ]


async def entries(database, ticket):
    async with database.reading() as reader:
        return await timeline(reader, ticket)
