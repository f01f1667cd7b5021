"""Categories of a brand and of everybody, and the directory of the workspace."""

import msgspec
import pytest

from playerdesk.brands import add_brand, add_server
from playerdesk.forms import (
    Field,
    categories,
    category_by_id,
    category_by_key,
    define_category,
    retire_category,
)
from playerdesk.forms.http import directory
from playerdesk.kernel import Rejected, Text
from playerdesk.staff import Agent, add_queue, permissions_of
from tests.given import an_agent

pytestmark = pytest.mark.anyio

NAME = Text(zh="充值", en="Payments")
ORDER = {"key": "order", "kind": "text", "label": {"zh": "订单号", "en": "Order"}, "required": True}


async def test_a_brands_own_category_stands_before_the_common_one(database):
    async with database.transaction() as tx:
        brand = await add_brand(tx, "one", NAME)
        other = await add_brand(tx, "two", NAME)
        common = await define_category(tx, "payments", NAME, fields=[ORDER])
        own = await define_category(tx, "payments", NAME, brand_id=brand, priority=0)
        assert [each.id for each in await categories(tx, brand)] == [own]
        assert [each.id for each in await categories(tx, other)] == [common]
        found = await category_by_key(tx, other, "payments")
        assert found is not None
        assert found.fields == [Field("order", "text", Text("订单号", "Order"), required=True)]
        assert await category_by_key(tx, other, "nothing") is None


async def test_defining_a_category_again_changes_it(database):
    async with database.transaction() as tx:
        first = await define_category(tx, "payments", NAME)
        again = await define_category(tx, "payments", NAME, fields=[ORDER], icon="wallet")
        assert again == first
        assert (await category_by_id(tx, first)).icon == "wallet"


async def test_a_retired_category_cannot_be_chosen_but_old_tickets_keep_it(database):
    async with database.transaction() as tx:
        brand = await add_brand(tx, "one", NAME)
        category = await define_category(tx, "payments", NAME)
        await retire_category(tx, category)
        await retire_category(tx, category)
        assert await categories(tx, brand) == []
        assert (await category_by_id(tx, category)).key == "payments"
        assert await category_by_id(tx, 10**9) is None


@pytest.mark.parametrize(
    "fields",
    [
        [ORDER, ORDER], [{**ORDER, "kind": "colour"}], [{**ORDER, "kind": "choice"}], [{"key": "order"}],
        [{**ORDER, "key": "order number"}],
    ],
)
async def test_a_form_that_cannot_be_filled_is_refused(database, fields):
    async with database.transaction() as tx:
        with pytest.raises(Rejected, match="form_invalid"):
            await define_category(tx, "payments", NAME, fields=fields)


async def test_a_category_needs_a_plain_key(database):
    async with database.transaction() as tx:
        with pytest.raises(Rejected, match="category_key_invalid"):
            await define_category(tx, "充值", NAME)


async def test_the_directory_names_what_somebody_works_for_and_nothing_else(database):
    async with database.transaction() as tx:
        brand, other = await add_brand(tx, "one", NAME), await add_brand(tx, "two", NAME)
        await add_server(tx, brand, "s1", "云海")
        await add_server(tx, other, "s2", "星落")
        await add_queue(tx, "common", NAME)
        await add_queue(tx, "others", NAME, brand_id=other)
        await define_category(tx, "payments", NAME, brand_id=other)
        await define_category(tx, "general", NAME, fields=[ORDER])
        person = await an_agent(tx, state="busy")

    async def seen(brand_ids):
        agent = Agent(
            id=person, name="林", roles=["agent"], permissions=permissions_of(["agent"]), brand_ids=brand_ids,
            locale="zh-CN",
        )
        async with database.reading() as reader:
            return msgspec.json.decode(msgspec.json.encode(await directory(reader, agent)))

    everything, own = await seen([]), await seen([brand])
    assert [each["key"] for each in everything["brands"]] == ["one", "two"]
    assert [each["key"] for each in own["brands"]] == ["one"]
    assert [each["key"] for each in own["queues"]] == ["common"]
    assert [each["key"] for each in own["categories"]] == ["general"]
    assert own["servers"] == [{"brandId": brand, "key": "s1", "name": "云海"}]
    assert own["people"][0]["presence"]["state"] == "busy"
    assert set(own["queues"][0]) == {"id", "key", "name", "brandId", "push", "isVipPool"}
    assert own["serverTime"].endswith("Z")
