"""Where a ticket goes when it comes, and where it goes back to when its owner leaves."""

import asyncio
from datetime import timedelta

import pytest

from playerdesk.kernel import now
from playerdesk.routing import give_out, pull_next, take_back
from playerdesk.staff import add_member, seen, set_presence
from playerdesk.staff.jobs import loops
from playerdesk.staff.queries import GRACE
from playerdesk.tickets import detail, resolve, timeline, visible_entries
from playerdesk.tickets.handling import reopen
from tests.given import NOON, a_brand, a_category, a_player, a_queue, a_ticket, an_agent, said


class Desk:
    """A brand with an ordinary queue and a VIP pool, and who works there."""

    def __init__(self, **ids: int) -> None:
        self.__dict__.update(ids)


@pytest.fixture
async def desk(database):
    async with database.transaction() as tx:
        queue, pool = await a_queue(tx), await a_queue(tx, vip=True)
        manager, deputy, agent = [
            await an_agent(tx, pool), await an_agent(tx, pool, state="offline"), await an_agent(tx, queue, state="offline"),
        ]
        await tx.execute("UPDATE staff.person SET deputy_id = $2 WHERE id = $1", manager, deputy)
        return Desk(
            brand=await a_brand(tx), queue=queue, pool=pool, category=await a_category(tx, queue), manager=manager,
            deputy=deputy, agent=agent, vip=await a_player(tx, tier="high", manager_id=manager), player=await a_player(tx),
        )


async def asked(database, desk, player, **changes):
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand, player, category_id=desk.category, **changes)


async def found(database, ticket):
    async with database.reading() as reader:
        return await detail(reader, ticket)


async def goes(database, person, state):
    async with database.transaction() as tx:
        await set_presence(tx, person, state)


async def reason(database, ticket):
    async with database.reading() as reader:
        return await reader.value("SELECT reason FROM routing.assignment WHERE ticket_id = $1 ORDER BY id DESC LIMIT 1", ticket)


async def test_a_vips_ticket_goes_straight_to_her_manager(database, desk):
    ticket = await asked(database, desk, desk.vip)
    after = await found(database, ticket)
    assert (after.assignee_id, after.status, after.queue_id) == (desk.manager, "open", desk.pool)
    assert await reason(database, ticket) == "vip_manager"


async def test_where_a_brand_has_no_vip_managers_she_waits_in_the_queue_as_everybody(database, desk):
    async with database.transaction() as tx:
        await tx.execute("UPDATE brands.brand SET modules = '{\"vip_managers\": false}' WHERE id = $1", desk.brand)
    database.memory.clear()
    after = await found(database, await asked(database, desk, desk.vip))
    assert (after.assignee_id, after.queue_id) == (None, desk.queue)


async def test_a_vips_chat_is_accepted_the_moment_it_starts(database, desk):
    ticket = await asked(database, desk, desk.vip, live=True)
    async with database.reading() as reader:
        told = [line.change["what"] for line in await visible_entries(reader, ticket, 1)]
    assert told == ["chat_accepted"]
    assert (await found(database, ticket)).live


@pytest.mark.parametrize("state", ["busy", "break", "offline"])
async def test_while_she_is_away_her_deputy_has_it(database, desk, state):
    await goes(database, desk.manager, state)
    await goes(database, desk.deputy, "online")
    ticket = await asked(database, desk, desk.vip)
    assert ((await found(database, ticket)).assignee_id, await reason(database, ticket)) == (desk.deputy, "deputy")


async def test_while_both_are_away_it_waits_in_the_vip_pool_and_its_first_free_hand_takes_it(database, desk):
    await goes(database, desk.manager, "break")
    ticket = await asked(database, desk, desk.vip)
    after = await found(database, ticket)
    assert (after.queue_id, after.assignee_id) == (desk.pool, None)
    async with database.transaction() as tx:
        colleague = await an_agent(tx, desk.pool)
        await an_agent(tx, desk.queue)
    assert await give_out(database) == 1
    assert ((await found(database, ticket)).assignee_id, await reason(database, ticket)) == (colleague, "queue")


async def test_with_nobody_at_the_vip_desk_anybody_helps_a_high_payer(database, desk):
    await goes(database, desk.manager, "offline")
    ticket = await asked(database, desk, desk.vip)
    assert await give_out(database) == 0
    await goes(database, desk.agent, "online")
    assert await give_out(database) == 1
    assert ((await found(database, ticket)).assignee_id, await reason(database, ticket)) == (desk.agent, "vip_overflow")


async def test_pulling_reaches_the_vip_pool_only_when_nobody_is_at_the_vip_desk(database, desk):
    await goes(database, desk.manager, "offline")
    ticket = await asked(database, desk, desk.vip)
    await goes(database, desk.deputy, "online")
    async with database.transaction() as tx:
        assert await pull_next(tx, desk.agent, now()) is None
    await goes(database, desk.deputy, "break")
    async with database.transaction() as tx:
        assert await pull_next(tx, desk.agent, now()) == ticket


async def test_a_manager_of_other_games_is_passed_over(database, desk):
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.person SET brand_ids = $2 WHERE id = $1", desk.manager, [await a_brand(tx)])
    ticket = await asked(database, desk, desk.vip)
    assert (await found(database, ticket)).assignee_id is None, "she could not even see it"
    assert await give_out(database) == 0


async def test_everybody_else_waits_in_the_queue_of_the_category(database, desk):
    ticket = await asked(database, desk, desk.player)
    after = await found(database, ticket)
    assert (after.queue_id, after.assignee_id) == (desk.queue, None)


async def test_without_a_category_it_waits_in_the_brand_s_own_queue_before_a_common_one(database, desk):
    async with database.transaction() as tx:
        own_brand = await a_brand(tx)
        own = await a_queue(tx, brand_id=own_brand)
        mine = await a_ticket(tx, own_brand, desk.player)
        common = await a_ticket(tx, desk.brand, desk.player)
    assert [(await found(database, each)).queue_id for each in (mine, common)] == [own, desk.queue]


async def test_a_queue_that_does_not_push_is_pulled_from(database, desk):
    async with database.transaction() as tx:
        quiet = await a_queue(tx, push=False)
        await add_member(tx, quiet, desk.manager)
        ticket = await a_ticket(tx, desk.brand, desk.player, category_id=await a_category(tx, quiet))
    assert await give_out(database) == 0
    async with database.transaction() as tx:
        assert await pull_next(tx, desk.manager, now()) == ticket
    assert await reason(database, ticket) == "pulled"


async def test_an_agent_pulls_from_her_brands_only(database, desk):
    async with database.transaction() as tx:
        elsewhere = await an_agent(tx, desk.queue, brand_ids=(await a_brand(tx),))
    await asked(database, desk, desk.player)
    async with database.transaction() as tx:
        assert await pull_next(tx, elsewhere, now()) is None
    assert await give_out(database) == 0


async def test_a_chat_nobody_on_duty_could_take_becomes_a_ticket_and_says_so(database, desk):
    ticket = await asked(database, desk, desk.player, live=True)
    after = await found(database, ticket)
    assert (after.live, after.status, after.queue_id, after.waiting_since) == (False, "new", desk.queue, NOON)
    async with database.reading() as reader:
        (told,) = await visible_entries(reader, ticket, 1)
        ended = await reader.value("SELECT end_reason FROM tickets.session WHERE ticket_id = $1", ticket)
    assert (told.author, told.number, told.change["what"]) == ("system", 2, "nobody_on_duty")
    assert ended == "nobody_on_duty"


async def test_a_chat_waits_while_the_people_of_its_queue_are_busy(database, desk):
    await goes(database, desk.agent, "busy")
    assert (await found(database, await asked(database, desk, desk.player, live=True))).live


# -- when the owner leaves

async def vanish(database, but=(), meanwhile=None):
    """The lid is closed; the loop that looks for the vanished comes by before and after a short grace."""
    (run, *_) = [loop.run for loop in loops(timedelta(seconds=0.3))]
    await run(database)
    if meanwhile:
        await meanwhile()
    await asyncio.sleep(0.35)
    await seen(database, but)
    await run(database)


async def test_when_an_agent_vanishes_her_work_goes_back_to_its_place_in_line(database, desk):
    await goes(database, desk.agent, "online")
    before = {}
    for minutes, live in ((0, False), (3, True), (1, False)):
        async with database.transaction() as tx:
            ticket = await a_ticket(
                tx, desk.brand, desk.player, NOON + timedelta(minutes=minutes), category_id=desk.category, live=live
            )
            before[ticket] = (await detail(tx, ticket)).rank_at
    assert await give_out(database) == 3

    async def the_grace_is_not_over():
        assert {(await found(database, t)).assignee_id for t in before} == {desk.agent}

    await vanish(database, meanwhile=the_grace_is_not_over)
    for ticket, rank in before.items():
        after = await found(database, ticket)
        assert (after.assignee_id, after.queue_id, after.rank_at) == (None, desk.queue, rank)
        async with database.reading() as reader:
            line = (await timeline(reader, ticket))[-1]
            taken = await reader.value("SELECT taken_back_at FROM routing.assignment WHERE ticket_id = $1", ticket)
        assert (line.change["what"], line.change["person"]) == ("taken_back", desk.agent)
        assert taken is not None
    async with database.transaction() as tx:
        colleague = await an_agent(tx, desk.queue)
    assert await give_out(database) == 3
    assert {(await found(database, t)).assignee_id for t in before} == {colleague}


async def test_what_waits_for_the_player_stays_with_whom_she_knows(database, desk):
    await goes(database, desk.agent, "online")
    ticket = await asked(database, desk, desk.player)
    await give_out(database)
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent, "请提供订单号")
    await vanish(database)
    assert (await found(database, ticket)).assignee_id == desk.agent


async def test_when_the_player_answers_while_her_agent_is_away_somebody_else_can_have_it(database, desk):
    await goes(database, desk.agent, "online")
    ticket = await asked(database, desk, desk.player)
    await give_out(database)
    async with database.transaction() as tx:
        await said(tx, ticket, "staff", desk.agent, "请提供订单号")
    await goes(database, desk.agent, "offline")
    async with database.transaction() as tx:
        await said(tx, ticket, "player", desk.player, "订单号 123", now())
    after = await found(database, ticket)
    assert (after.assignee_id, after.queue_id, after.status) == (None, desk.queue, "open")
    async with database.transaction() as tx:
        colleague = await an_agent(tx, desk.queue)
    assert await give_out(database) == 1
    assert (await found(database, ticket)).assignee_id == colleague


async def test_when_the_player_answers_while_her_agent_takes_a_break_she_keeps_her_agent(database, desk):
    await goes(database, desk.agent, "online")
    ticket = await asked(database, desk, desk.player)
    await give_out(database)
    await goes(database, desk.agent, "break")
    async with database.transaction() as tx:
        await said(tx, ticket, "player", desk.player, "在吗")
    assert (await found(database, ticket)).assignee_id == desk.agent


@pytest.mark.parametrize("word", [True, False], ids=["with a word", "without a word"])
async def test_a_ticket_opened_again_does_not_lie_with_somebody_who_has_gone_home(database, desk, word):
    await goes(database, desk.agent, "online")
    ticket = await asked(database, desk, desk.player)
    await give_out(database)
    async with database.transaction() as tx:
        await resolve(tx, ticket, desk.agent, "好了", now())
    await goes(database, desk.agent, "offline")
    async with database.transaction() as tx:
        if word:
            await said(tx, ticket, "player", desk.player, "又没了", now())
        else:
            await reopen(tx, ticket, "player", None, now())
    after = await found(database, ticket)
    assert (after.assignee_id, after.queue_id, after.status) == (None, desk.queue, "open")
    async with database.reading() as reader:
        moves = [e.change["what"] for e in await timeline(reader, ticket) if e.kind == "change"]
    assert moves.count("queue") == 1


async def test_a_vips_ticket_taken_back_goes_to_her_deputy_and_later_words_find_her_manager(database, desk):
    ticket = await asked(database, desk, desk.vip)
    await goes(database, desk.deputy, "online")
    await vanish(database, but=[desk.deputy])
    assert ((await found(database, ticket)).assignee_id, await reason(database, ticket)) == (desk.deputy, "deputy")
    await goes(database, desk.manager, "online")
    await goes(database, desk.deputy, "offline")
    assert (await found(database, ticket)).assignee_id == desk.manager


async def test_nothing_is_taken_from_somebody_who_has_nothing(database, desk):
    async with database.transaction() as tx:
        assert await take_back(tx, desk.agent, "vanished", now()) == []
        assert tx.events == []


def test_the_grace_is_long_enough_for_a_reload_and_short_enough_for_a_player():
    assert timedelta(seconds=30) <= GRACE <= timedelta(minutes=2)
