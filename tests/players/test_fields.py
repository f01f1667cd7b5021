"""The field contract: what is taken, what is named and left aside, and what arrives in any order."""

import itertools

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.players import card
from playerdesk.players.fields import read_fields
from tests.players.given import a_brand, ago, send, who

pytestmark = pytest.mark.anyio


def a_field(key="guild", value="云上人家", **more):
    return {"key": key, "label": "公会", "value": value, **more}


def fields(account="a", version=1, *given, source="play", record="r"):
    return {"type": "fields", "source": source, "recordId": record, "account": account, "version": version, "fields": list(given)}


async def shown(database, brand, permissions=(), account="a"):
    player = await who(database, brand, account)
    async with database.reading() as reader:
        return await card(reader, player.id, None, permissions)


@pytest.mark.parametrize(("field", "code"), [
    ({"label": "x"}, "field_invalid"), ({"key": "a b", "label": "x"}, "field_invalid"), (a_field(label=""), "field_invalid"),
    (a_field(type="colour"), "field_invalid"), (a_field(pii="soul"), "field_invalid"), (a_field(href="javascript:alert(1)"), "link_invalid"),
    (a_field(value="x" * 501), "value_invalid"), (a_field(value={"a": 1}), "value_invalid"), (a_field(type="number", value="12"), "value_invalid"),
    (a_field(type="money", value=648), "value_invalid"), (a_field(type="date", value="yesterday"), "value_invalid"),
    (a_field(type="bool", value=1), "value_invalid"), (a_field(type="link", value="data:text/html,x"), "value_invalid"),
    (a_field(type="list", value=["x"] * 31), "value_invalid"), (a_field(type="list", value=[{}]), "value_invalid"), ("x", "field_invalid"),
])
async def test_a_bad_field_is_named_by_its_key_and_the_others_are_taken(database, brand, field, code):
    answer = await send(database, brand, fields("a", 1, a_field("good"), field), language="en")
    assert (answer.accepted, [(each.index, each.code) for each in answer.rejected]) == (1, [(0, code)])
    assert answer.rejected[0].key
    assert answer.rejected[0].message
    assert [each.key for each in (await shown(database, brand)).blocks[0].fields] == ["good"]


def test_fields_come_in_the_order_of_their_index_and_the_last_of_a_key_counts():
    good, bad = read_fields([a_field("b", index=2), a_field("a", index=1), a_field("b", "neu", index=3), a_field("n", 7)])
    assert ([(each.key, each.value) for each in good], bad) == ([("n", "7"), ("a", "云上人家"), ("b", "neu")], [])


def test_more_fields_than_fit_are_named():
    good, bad = read_fields([a_field(f"k{n}") for n in range(70)])
    assert (len(good), {each.code for each in bad}, len(bad)) == (60, {"too_many_fields"}, 10)


@given(st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4), max_leaves=12))
def test_no_answer_of_a_company_is_more_than_refused(garbage):
    good, bad = read_fields(garbage)
    msgspec.json.encode([good, [each.text for each in bad]])


async def test_of_two_versions_the_newer_stays_whatever_came_first_and_again_changes_nothing(database):
    one, two, other = fields("a", 1, a_field(value="旧")), fields("a", 2, a_field(value="新")), fields("a", 1, a_field("map"), record="s")
    for order in itertools.permutations([one, two, other]):
        brand = await a_brand(database)
        for each in order:
            await send(database, brand, each)
        assert (await send(database, brand, *order)).unchanged == 3
        blocks = (await shown(database, brand)).blocks
        assert [(block.record_id, [field.value for field in block.fields]) for block in blocks] == [("r", ["新"]), ("s", ["云上人家"])]


async def test_hidden_fields_stay_and_fields_for_high_payers_wait_for_one(database, brand):
    await send(database, brand, fields("a", 1, a_field("score", hidden=True), a_field("line", tier="high"), a_field("map")))
    assert [each.key for each in (await shown(database, brand)).blocks[0].fields] == ["map"]


async def test_personal_fields_and_contacts_leave_masked_for_everybody(database, brand):
    await send(database, brand, fields("a", 1, a_field("tel", "13812348000", pii="phone", href="https://example.com/13812348000"),
                                       a_field("ids", ["110101199003074514"], type="list", pii="id_number")),
               {"type": "contact", "account": "a", "kind": "email", "value": "LinLin@Example.com", "verified": True, "at": ago(days=1)})
    found = await shown(database, brand, {"players.phone"})
    wire = msgspec.json.encode(found).decode()
    assert "13812348000" not in wire
    assert "110101199003074514" not in wire
    assert "linlin@" not in wire.lower()
    assert [(each.value, each.masked, each.can_show, each.href) for each in found.blocks[0].fields] == [
        ("138****8000", True, True, ""), (["1****4"], True, False, "")]
    assert [(each.value, each.can_show) for each in found.contacts] == [("l****@example.com", False)]


def a_penalty(record="b1", **facts):
    return {"type": "penalty", "recordId": record, "account": "a", "kind": "mute", "at": ago(days=2), "reason": "刷屏", "by": "风控"} | facts


@settings(max_examples=15)
@given(order=st.permutations(range(7)), cut=st.integers(1, 6))
async def test_penalties_steps_contacts_and_ages_end_the_same_in_any_order(database, order, cut):
    records = [
        a_penalty(), a_penalty(liftedAt=ago(days=1)), a_penalty(reason="误判", updatedAt=ago(hours=5)),
        {"type": "contact", "account": "a", "kind": "phone", "value": "13900001111", "verified": True, "at": ago(days=9)},
        {"type": "contact", "account": "a", "kind": "phone", "value": "", "at": ago(days=2)},
        {"type": "realname", "account": "a", "state": "minor", "age": 15, "at": ago(days=9)},
        {"type": "realname", "account": "a", "state": "adult", "at": ago(days=1)},
    ]
    brand = await a_brand(database)
    shuffled = [records[n] for n in order]
    await send(database, brand, *shuffled[:cut])
    await send(database, brand, *shuffled[cut:], *shuffled[:2])
    found = await shown(database, brand)
    assert [(each.reason, each.lifted_at, each.by) for each in found.penalties] == [("误判", None, "风控")]
    assert (found.contacts, found.realname, found.realname_age) == ([], "adult", None)


async def test_the_newest_fifty_steps_are_kept(database, brand):
    await send(database, brand, *[{"type": "breadcrumb", "recordId": f"s{n}", "account": "a", "text": f"step {n}", "at": ago(minutes=n + 1)} for n in range(60)])
    player = await who(database, brand, "a")
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM players.breadcrumb WHERE player_id = $1", player.id) == 50
    assert [each.text for each in (await shown(database, brand)).breadcrumbs][:2] == ["step 0", "step 1"]
