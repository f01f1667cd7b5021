"""A free hand reaches whatever she may take, however much stands before it that she may not."""

from datetime import timedelta

import pytest

from playerdesk.app.standing_in import stand_in
from playerdesk.kernel import now
from playerdesk.routing import give_out
from playerdesk.routing.actions import end_chats_of_deserted_queues
from playerdesk.staff import set_presence
from playerdesk.tickets import detail, open_tickets
from tests.given import a_brand, a_category, a_player, a_question, a_queue, a_ticket, an_agent

EARLIER = timedelta(minutes=20)


async def waiting(database, brand, category, count, *, live=False, at=None):
    async with database.transaction() as tx:
        player = await a_player(tx)
        return [each.ticket_id for each in await open_tickets(
            tx, [a_question(brand, player, category_id=category, live=live) for _ in range(count)], at or now() - EARLIER,
        )]


async def owners(database, tickets):
    async with database.reading() as reader:
        return {row[0] for row in await reader.fetch("SELECT assignee_id FROM tickets.ticket WHERE id = ANY($1)", tickets)}


async def test_a_chat_is_not_blocked_by_older_tickets_nobody_has_room_for(database):
    async with database.transaction() as tx:
        brand, queue = await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=3, tickets=2)
    await waiting(database, brand, category, 40)
    assert await give_out(database) == 2
    (chat,) = await waiting(database, brand, category, 1, live=True, at=now())
    assert await give_out(database) == 1
    assert await owners(database, [chat]) == {agent}


async def test_a_ticket_is_not_blocked_by_chats_nobody_has_room_for(database):
    async with database.transaction() as tx:
        brand, queue = await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=1, tickets=2)
    await waiting(database, brand, category, 30, live=True)
    (ticket,) = await waiting(database, brand, category, 1, at=now())
    assert await give_out(database) == 2
    assert await owners(database, [ticket]) == {agent}


@pytest.mark.parametrize("live", [True, False])
async def test_an_agent_of_one_game_is_not_blocked_by_the_other_game(database, live):
    async with database.transaction() as tx:
        mine, other, queue = await a_brand(tx), await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=2, tickets=2, brand_ids=(mine,))
        # Somebody is there for the other game, and has her hands full.
        await an_agent(tx, queue, chats=0, tickets=0)
    await waiting(database, other, category, 30, live=live)
    (wanted,) = await waiting(database, mine, category, 1, live=live, at=now())
    await give_out(database)
    assert await owners(database, [wanted]) == {agent}


async def test_the_pool_overflows_to_a_free_hand_whatever_stands_before(database):
    async with database.transaction() as tx:
        brand, queue, pool = await a_brand(tx), await a_queue(tx), await a_queue(tx, vip=True)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=1, tickets=0)
        vip = await a_player(tx, tier="high")
        for _ in range(5):
            await a_ticket(tx, brand, vip, category_id=category)
        chat = await a_ticket(tx, brand, vip, category_id=category, live=True)
    assert await give_out(database) == 1
    assert await owners(database, [chat]) == {agent}
    assert pool


async def test_a_server_stands_in_for_a_worker_that_is_away(database):
    async with database.transaction() as tx:
        brand, queue = await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=1)
    (fresh,) = await waiting(database, brand, category, 1, live=True, at=now() + timedelta(seconds=30))
    assert await stand_in(database) == 0, "a living worker has it in a moment"
    (old,) = await waiting(database, brand, category, 1, live=True, at=now() - timedelta(seconds=3))
    assert await stand_in(database) == 1
    assert await owners(database, [old]) == {agent}
    assert await owners(database, [fresh]) == {None}


# -- nobody who could ever take it


async def test_a_chat_only_agents_of_another_game_could_take_becomes_a_ticket(database):
    async with database.transaction() as tx:
        brand, queue = await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        await an_agent(tx, queue, brand_ids=(await a_brand(tx),))
        chat = await a_ticket(tx, brand, await a_player(tx), category_id=category, live=True)
    async with database.reading() as reader:
        found = await detail(reader, chat)
    assert found
    assert not found.live


@pytest.mark.parametrize("gone", ["offline", "break"])
async def test_waiting_chats_become_tickets_when_the_last_one_leaves(database, gone):
    async with database.transaction() as tx:
        brand, queue = await a_brand(tx), await a_queue(tx)
        category = await a_category(tx, queue)
        agent = await an_agent(tx, queue, chats=1)
    held, line = await waiting(database, brand, category, 2, live=True, at=now())
    assert await give_out(database) == 1
    assert await end_chats_of_deserted_queues(database, timedelta(0)) == 0
    async with database.transaction() as tx:
        await set_presence(tx, agent, gone)
    assert await end_chats_of_deserted_queues(database) == 0, "she may be back in a moment"
    # What she had is hers during a break; whoever signs off gives it back.
    assert await end_chats_of_deserted_queues(database, timedelta(0)) == (2 if gone == "offline" else 1)
    async with database.reading() as reader:
        ended = await reader.fetch("SELECT ticket_id FROM tickets.session WHERE end_reason = 'nobody_on_duty' ORDER BY 1")
    assert [row[0] for row in ended] == ([held, line] if gone == "offline" else [line])
