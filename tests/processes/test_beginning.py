"""What begins a process besides a hand: a category's leaf, and a rule; and the game hears of its stages."""

import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.brands import add_signing_key, set_webhook
from playerdesk.forms import define_category
from playerdesk.kernel import Text, now
from tests.given import a_player, a_ticket, number
from tests.processes.given import at_steps, body, by, does, end, published, step, text

pytestmark = pytest.mark.anyio


def drawn(office):
    return body(
        step("ask", "do", by=[by("department", office.front)], stage=text("正在登记")),
        step("do", "end", by=[by("department", office.back)], tells=text("后台正在处理"), stage=text("后台处理中")), end(),
    )


async def running(reader, ticket):
    rows = await reader.fetch(
        "SELECT i.id, p.key, i.client_key FROM processes.instance i JOIN processes.process p ON p.id = i.process_id"
        " WHERE i.ticket_id = $1 AND i.state = 'running'", ticket,
    )
    return [tuple(row) for row in rows]


async def test_a_ticket_of_a_leaf_begins_its_process_and_one_of_the_branch_does_not(database, office):
    async with database.transaction() as tx:
        key = await published(tx, drawn(office))
        name = Text("问题", "Question")
        branch = await define_category(tx, f"c{number()}", name, queue_id=office.queue_id)
        leaf = await define_category(tx, f"c{number()}", name, queue_id=office.queue_id, parent_id=branch, process_key=key)
    async with database.transaction() as tx:
        of_leaf, of_branch = await office.ticket(tx, category_id=leaf), await office.ticket(tx, category_id=branch)
    async with database.reading() as reader:
        ((instance, begun, why),) = await running(reader, of_leaf)
        assert (begun, why) == (key, "category")
        assert await at_steps(reader, instance) == ["ask"]
        assert await running(reader, of_branch) == []


async def test_a_rule_begins_a_process_once(database, office):
    async with database.transaction() as tx:
        key = await published(tx, drawn(office))
        brand = await tx.value("SELECT key FROM brands.brand WHERE id = $1", office.brand_id)
        await publish_body(tx, KINDS, Place("rule", brand, f"r{number()}"), {
            "name": text("被盗"), "when": {"events": ["opened", "player_message"]}, "if": {"field": "said", "contains": "被盗"},
            "then": [{"do": "process", "to": key}],
        }, None)
    async with database.transaction() as tx:
        stolen, other = await office.ticket(tx, body="我的号被盗了"), await office.ticket(tx, body="充值没到账")
    async with database.reading() as reader:
        assert [each[1] for each in await running(reader, stolen)] == [key]
        assert await running(reader, other) == []


async def test_the_game_is_told_what_the_player_is_told(database, office):
    async with database.transaction() as tx:
        key = await published(tx, drawn(office))
        brand = await tx.value("SELECT key FROM brands.brand WHERE id = $1", office.brand_id)
        await add_signing_key(tx, office.brand_id, f"{brand}-1", "HS256", "s" * 40)
        await set_webhook(tx, office.brand_id, "https://game.example/hook", f"{brand}-1")
        player = await a_player(tx)
        await tx.execute(
            "INSERT INTO players.identity (player_id, kind, issuer, value) VALUES ($1, 'game_account', $2, $3)", player, brand, f"mei{number()}"
        )
        leaf = await define_category(tx, f"c{number()}", Text("问题", "Question"), queue_id=office.queue_id, process_key=key)
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, office.brand_id, player, now(), category_id=leaf)
    async with database.transaction() as tx:
        ((instance, *_),) = await running(tx, ticket)
        assert await pushed(tx, ticket) == [], "where it stands is no message"
        await does(tx, office, "fay", instance, "ask")
    async with database.reading() as reader:
        assert await pushed(reader, ticket) == ["后台正在处理"]


async def pushed(reader, ticket):
    return [row[0] for row in await reader.fetch(
        "SELECT body -> 'message' ->> 'body' FROM channels.delivery"
        " WHERE ticket_id = $1 ORDER BY id", ticket,
    )]
