"""A question comes in: once, however often it is sent, and in the right place in line."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import Conflict, Rejected
from playerdesk.tickets import Opened, Writers, open_tickets, row, timeline
from playerdesk.tickets.rules import HEAD_START_SECONDS, PRIORITY_HEAD_START_SECONDS
from tests.given import NOON, a_category, a_player, a_question, number


async def opened(database, *questions, at=NOON):
    async with database.transaction() as tx:
        return await open_tickets(tx, questions, at)


async def test_a_question_becomes_a_new_ticket_that_waits_since_it_was_asked(database, desk):
    (ticket,) = await opened(database, a_question(
        desk.brand_id, desk.player_id, category_id=desk.category_id, body="  充值648元\n没到账  ", server_key="s1",
        server_name="云海", role_id="r7", character_name="剑来", language="en", fields={"amount": 64800},
        attachments=[{"id": "f1", "name": "截图.png"}],
    ))
    async with database.reading() as reader:
        found = await row(reader, ticket.ticket_id)
        (entry,) = await timeline(reader, ticket.ticket_id)
    assert (found.status, found.assignee_id, found.queue_id) == ("new", None, desk.queue_id)
    assert (found.waiting_since, found.created_at, found.last_message_at) == (NOON, NOON, NOON)
    assert (found.subject, found.preview, found.last_author) == ("充值648元 没到账", "充值648元 没到账", "player")
    assert (found.player_name, found.server_name, found.character_name, found.language) == ("云中客", "云海", "剑来", "en")
    assert (found.seq, found.public_seq, found.staff_unread, found.player_unread) == (1, 1, 1, 0)
    assert (entry.seq, entry.number, entry.kind, entry.author, entry.author_id) == (1, 1, "message", "player", desk.player_id)
    assert (entry.body, entry.attachments) == ("  充值648元\n没到账  ", [{"id": "f1", "name": "截图.png"}])


async def test_a_batch_is_answered_in_its_order(database, desk):
    questions = [a_question(desk.brand_id, desk.player_id, body=f"问题{i}") for i in range(40)]
    results = await opened(database, *questions)
    async with database.reading() as reader:
        bodies = [(await timeline(reader, each.ticket_id))[0].body for each in results]
    assert bodies == [question.body for question in questions]
    assert [each.again for each in results] == [False] * 40


async def test_nothing_asked_is_answered_by_nothing(database):
    assert await opened(database) == []


async def test_the_same_key_twice_in_one_batch_is_one_ticket(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    first, second, other = await opened(database, question, question, a_question(desk.brand_id, desk.player_id))
    assert (first.ticket_id, first.again, second.again) == (second.ticket_id, False, True)
    assert other.ticket_id != first.ticket_id


async def test_the_same_key_later_is_the_same_ticket(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    (first,) = await opened(database, question)
    fresh, again = await opened(database, a_question(desk.brand_id, desk.player_id), question, at=NOON + timedelta(days=1))
    assert again == Opened(first.ticket_id, again=True)
    assert not fresh.again


async def test_the_same_key_of_another_player_is_another_ticket(database, desk):
    async with database.transaction() as tx:
        somebody_else = await a_player(tx)
    first, second = await opened(
        database,
        a_question(desk.brand_id, desk.player_id, client_key="k"), a_question(desk.brand_id, somebody_else, client_key="k"),
    )
    assert first.ticket_id != second.ticket_id


async def test_a_key_used_for_another_question_is_refused_and_harms_nobody_beside_it(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    other = a_question(desk.brand_id, desk.player_id, client_key=question.client_key, body="别的问题")
    first, refused, beside = await opened(database, question, other, a_question(desk.brand_id, desk.player_id))
    (refused_later,) = await opened(database, other)
    for each in (refused, refused_later):
        assert isinstance(each, Conflict)
        assert (each.code, list(each.fields)) == ("key_reused", ["clientKey"])
    assert isinstance(first, Opened)
    assert isinstance(beside, Opened)


@pytest.mark.parametrize("body", ["", "  \n ", "字" * 5001])
async def test_an_empty_or_endless_question_is_refused_alone(database, desk, body):
    refused, taken = await opened(
        database, a_question(desk.brand_id, desk.player_id, body=body), a_question(desk.brand_id, desk.player_id)
    )
    assert isinstance(refused, Rejected)
    assert list(refused.fields) == ["body"]
    assert isinstance(taken, Opened)


async def test_a_picture_says_enough(database, desk):
    (ticket,) = await opened(database, a_question(desk.brand_id, desk.player_id, body="", attachments=[{"id": "f"}]))
    async with database.reading() as reader:
        assert (await row(reader, ticket.ticket_id)).preview == "📎"


async def test_many_who_send_it_at_once_open_it_once(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    results = [each for (each,) in await asyncio.gather(*(opened(database, question) for _ in range(16)))]
    assert len({each.ticket_id for each in results}) == 1
    assert sorted(each.again for each in results) == [False] + [True] * 15


async def test_whoever_comes_second_waits_for_the_first_to_be_written(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    async with database.transaction() as tx:
        (first,) = await open_tickets(tx, [question], NOON)
        second = asyncio.create_task(opened(database, question))
        await asyncio.sleep(0.15)
        assert not second.done()
    assert await second == [Opened(first.ticket_id, again=True)]


async def test_when_the_first_is_rolled_back_the_second_opens_it(database, desk):
    question = a_question(desk.brand_id, desk.player_id)
    waiting = []

    async def change_one_s_mind():
        async with database.transaction() as tx:
            await open_tickets(tx, [question], NOON)
            waiting.append(asyncio.create_task(opened(database, question)))
            await asyncio.sleep(0.1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change_one_s_mind()
    (result,) = await waiting[0]
    assert not result.again


async def test_two_processes_with_the_same_questions_in_another_order_agree(database, desk):
    questions = [a_question(desk.brand_id, desk.player_id) for _ in range(30)]
    here, there = Writers(database), Writers(database)
    forth = [here.open(each) for each in questions]
    back = [there.open(each) for each in reversed(questions)]
    results = await asyncio.gather(*forth, *back)
    assert [each.ticket_id for each in results[:30]] == [each.ticket_id for each in results[30:]][::-1]
    assert sum(not each.again for each in results) == 30


@pytest.mark.parametrize("tier", HEAD_START_SECONDS)
@pytest.mark.parametrize("priority", PRIORITY_HEAD_START_SECONDS)
async def test_tier_and_priority_are_worth_time_already_waited(database, desk, tier, priority):
    async with database.transaction() as tx:
        player = await a_player(tx, tier=tier)
        category = await a_category(tx, desk.queue_id, priority=priority)
    (ticket,) = await opened(database, a_question(desk.brand_id, player, category_id=category))
    async with database.reading() as reader:
        found = await row(reader, ticket.ticket_id)
    worth = HEAD_START_SECONDS[tier] + PRIORITY_HEAD_START_SECONDS[priority]
    assert (found.tier, found.priority, found.rank_at) == (tier, priority, NOON - timedelta(seconds=worth))


async def test_one_bad_question_in_the_lane_does_not_take_the_others_with_it(database, desk):
    writers = Writers(database)
    no_such_brand = a_question(-1, desk.player_id)
    good = [a_question(desk.brand_id, desk.player_id, client_key=f"lane-{number()}") for _ in range(10)]
    results = await asyncio.gather(
        *(writers.open(each) for each in [*good[:5], no_such_brand, *good[5:]]), return_exceptions=True
    )
    assert isinstance(results[5], Exception)
    assert all(isinstance(each, Opened) for each in results[:5] + results[6:])
