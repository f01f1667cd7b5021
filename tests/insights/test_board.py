"""The lead's page: what it shows, to whom, and that it costs the same however much there is."""

import json
from datetime import date

import pytest

from playerdesk.insights import board, drill_page
from playerdesk.insights.actions import digest
from playerdesk.insights.http import ROUTES, brands_for
from playerdesk.insights.jobs import digest_news
from playerdesk.kernel import Forbidden, Rejected, encode
from playerdesk.kernel.http import Access
from playerdesk.staff import Agent, permissions_of
from playerdesk.tickets import escalate
from tests.given import a_brand, a_category, a_queue, an_agent
from tests.sla.given import T0, a_ticket, later, says

MONDAY = date(2026, 11, 16)


async def test_waiting_by_queue_and_tier_with_the_longest_wait(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        queue, empty = await a_queue(tx, brand_id=brand), await a_queue(tx)
        elsewhere = await a_queue(tx, brand_id=await a_brand(tx))
        category = await a_category(tx, queue, brand_id=brand)
    first = await a_ticket(database, T0, "high", brand_id=brand, category_id=category)
    await a_ticket(database, later(10), "low", brand_id=brand, category_id=category)
    answered = await a_ticket(database, later(20), "low", brand_id=brand, category_id=category)
    await says(database, answered, "staff", later(30))
    async with database.reading() as reader:
        shown = await board(reader, [brand])
    by_id = {row.queue_id: row for row in shown.queues}
    assert elsewhere not in by_id
    row = by_id[queue]
    assert (row.waiting, row.tiers.high, row.tiers.low, row.oldest_ticket_id) == (2, 1, 1, first)
    assert row.longest_wait_seconds == pytest.approx((shown.at - T0).total_seconds(), abs=0.1)
    assert (by_id[empty].waiting, by_id[empty].oldest_ticket_id) == (0, None)


async def test_agents_with_presence_and_load_present_ones_first(database):
    async with database.transaction() as tx:
        away = await an_agent(tx, state="offline")
        there = await an_agent(tx)
        admin = await an_agent(tx, roles=("admin",))
        stranger = await an_agent(tx)
        await tx.execute("UPDATE staff.person SET brand_ids = '{999999}' WHERE id = $1", stranger)
        brand = await a_brand(tx)
    chat, form = await a_ticket(database, brand_id=brand), await a_ticket(
        database, brand_id=brand, channel="game", live=False
    )
    for ticket in (chat, form):
        await says(database, ticket, "staff", later(5), there)
    await says(database, form, "player", later(9))
    async with database.reading() as reader:
        agents = (await board(reader, [brand])).agents
    assert [agent.person_id for agent in agents] == [there, away]
    assert admin not in [agent.person_id for agent in agents]
    assert (agents[0].chats, agents[0].tickets, agents[0].chat_capacity) == (1, 1, 5)


async def test_the_answer_has_the_agreed_shape(database):
    ticket = await a_ticket(database)
    await a_ticket(database, channel="game", live=False)
    await says(database, ticket, "staff", later(12))
    async with database.transaction() as tx:
        await escalate(tx, [ticket], later(13))
    while await digest_news(database) == 0:
        pass
    async with database.reading() as reader:
        shown = await board(reader, None, MONDAY)
    assert shown.day == MONDAY
    body = encode(shown)
    assert [row["id"] for row in json.loads(body)["escalated"]] == [ticket]
    for key in (
        b'"queueId"', b'"longestWaitSeconds"', b'"oldestTicketId"', b'"firstResponseAverage":12.0', b'"firstResponseP90"',
        b'"withinPercent":100.0', b'"day":"2026-11-16"', b'"channel":"chat"', b'"hour":"2026-11-16T02:00:00Z"',
    ):
        assert key in body


def an_agent_of(brand_ids, roles=("lead",)):
    return Agent(
        id=1, name="L", roles=list(roles), permissions=permissions_of(roles), brand_ids=brand_ids, locale="zh-CN"
    )


def test_a_lead_sees_her_own_brands():
    assert brands_for(an_agent_of([]), "all") is None
    assert brands_for(an_agent_of([3, 4]), "all") == [3, 4]
    assert brands_for(an_agent_of([3, 4]), "3") == [3]
    with pytest.raises(Forbidden):
        brands_for(an_agent_of([3, 4]), "5")
    with pytest.raises(Rejected):
        brands_for(an_agent_of([]), "five")


def test_the_route_is_for_those_who_may_see_the_board():
    (route,) = ROUTES
    (guard,) = route.guards
    assert isinstance(guard, Access)
    assert (guard.kind, guard.permission) == ("staff", "board.see")


async def test_asking_for_what_there_is_not_is_refused_with_the_field(database):
    async with database.reading() as reader:
        for arguments, field in (
            ({"metric": "weather", "day": MONDAY}, "metric"), ({"metric": "opened"}, "day"),
            ({"metric": "opened", "day": MONDAY, "after": "x"}, "after"),
            ({"metric": "opened", "day": MONDAY, "after": "9" * 30 + ".1"}, "after"),
        ):
            with pytest.raises(Rejected) as refused:
                await drill_page(reader, arguments.pop("metric"), [1], **arguments)
            assert list(refused.value.fields) == [field]


@pytest.mark.parametrize("tickets", [1, 12])
async def test_the_board_takes_as_many_statements_for_one_ticket_as_for_many(database, tickets, monkeypatch):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        await an_agent(tx)
    for n in range(tickets):
        ticket = await a_ticket(database, later(n * 600), brand_id=brand)
        await says(database, ticket, "staff", later(n * 600 + 5))
    while await digest_news(database):
        pass
    async with database.reading() as reader:
        await board(reader, [brand], MONDAY)  # brands and queues are remembered from here on
        made = []
        fetch = reader.fetch

        async def counting(sql, *args):
            made.append(sql)
            return await fetch(sql, *args)

        rows = reader.rows

        async def counting_rows(shape, sql, *args):
            made.append(sql)
            return await rows(shape, sql, *args)

        monkeypatch.setattr(reader, "fetch", counting)
        monkeypatch.setattr(reader, "rows", counting_rows)
        await board(reader, [brand], MONDAY)
    assert len(made) == 5


async def test_an_empty_batch_is_no_work(database):
    async with database.transaction() as tx:
        await digest(tx, [])
        assert await tx.value("SELECT count(*) FROM insights.fact") == 0
