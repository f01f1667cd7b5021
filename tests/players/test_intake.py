"""What a game sends: any order, any number of times, good and bad together."""

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.players import card
from tests.players.given import (
    NOW,
    a_brand,
    a_character,
    a_player,
    a_purchase,
    a_refund,
    a_session,
    ago,
    everything,
    send,
    who,
)

pytestmark = pytest.mark.anyio


async def test_the_same_batch_again_changes_nothing(database, brand):
    batch = [
        a_player("a", registeredAt=ago(days=300), lastSeenAt=ago(hours=1), language="en-US"), a_character("a", "r1"),
        a_session("a", "g1", endedAt=ago(hours=4), endReason="quit"), a_purchase("a", "p1"), a_refund("f1", "p1", 100),
        {"type": "server", "key": "s1", "name": "云海"},
    ]
    first = await send(database, brand, *batch)
    assert (first.accepted, first.unchanged, first.rejected) == (6, 0, [])
    before = await everything(database, brand)
    again = await send(database, brand, *batch)
    assert (again.accepted, again.unchanged, again.rejected) == (0, 6, [])
    assert await everything(database, brand) == before


async def test_a_refund_may_come_before_its_purchase(database, brand):
    await send(database, brand, a_refund("f1", "p1", 64700))
    await send(database, brand, a_purchase("a", "p1", 64800))
    player = await who(database, brand, "a")
    async with database.reading() as reader:
        shown = await card(reader, player.id)
    assert (shown.spent90d_minor, shown.tier, shown.purchases[0].refunded_minor) == (100, "low", 64700)


async def test_a_character_before_its_player_makes_one_named_like_the_account(database, brand):
    await send(database, brand, a_character("acc-9", "r1"))
    assert (await who(database, brand, "acc-9")).name == "acc-9"
    await send(database, brand, a_player("acc-9", name="云中客"))
    assert (await who(database, brand, "acc-9")).name == "云中客"


async def test_an_older_record_never_overwrites_a_newer_one(database, brand):
    await send(database, brand, a_character("a", "r1", name="新名", level=80, at=ago(hours=1)))
    late = await send(database, brand, a_character("a", "r1", name="旧名", level=20, at=ago(hours=9)))
    assert late.unchanged == 1
    await send(database, brand, a_player("a", name="新", lastSeenAt=ago(hours=1)))
    await send(database, brand, a_player("a", name="旧", lastSeenAt=ago(hours=9), registeredAt=ago(days=9)))
    player = await who(database, brand, "a")
    async with database.reading() as reader:
        shown = await card(reader, player.id)
    assert (shown.characters[0].name, shown.characters[0].level, shown.name) == ("新名", 80, "新")
    assert shown.registered_at == datetime.fromisoformat(ago(days=9))


@pytest.mark.parametrize("states", [["pending", "paid"], ["paid", "pending"], ["failed", "paid"], ["pending", "failed"]])
async def test_of_two_states_of_one_purchase_at_the_same_moment_the_settled_one_stays(database, brand, states):
    for state in states:
        await send(database, brand, a_purchase("a", "p1", 5000, state=state))
    async with database.reading() as reader:
        shown = await card(reader, (await who(database, brand, "a")).id)
    settled = "paid" if "paid" in states else "failed"
    assert shown.purchases[0].state == settled
    assert shown.spent90d_minor == (5000 if settled == "paid" else 0)


async def test_a_corrected_purchase_moves_the_money_to_its_real_payer(database, brand):
    await send(database, brand, a_purchase("a", "p1", 300_000, at=ago(days=3)))
    assert (await who(database, brand, "a")).tier == "high"
    await send(database, brand, a_purchase("b", "p1", 300_000, at=ago(days=2)))
    assert (await who(database, brand, "a")).tier == "none"
    assert (await who(database, brand, "b")).tier == "high"


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"type": "gift"}, "type_unknown"),
        ({"account": "a"}, "type_unknown"),
        ([], "record_unreadable"),
        (None, "record_unreadable"),
        (a_player(""), "field_invalid"),
        (a_player("a" * 201), "field_invalid"),
        (a_player("a\x00b"), "id_invalid"),
        (a_player(" a"), "id_invalid"),
        (a_player("a", lastSeenAt="2026-11-22T10:00:00"), "field_invalid"),
        (a_purchase("a", "p", -1), "field_invalid"),
        (a_purchase("a", "p", 10**30), "field_invalid"),
        (a_purchase("a", "p", 6.5), "field_invalid"),
        (a_purchase("a", "p", currency="元"), "field_invalid"),
        (a_purchase("a", "p", state="stolen"), "field_invalid"),
        (a_purchase("a", "p", at="2099-01-01T00:00:00Z"), "time_in_future"),
        (a_purchase("a", "p", at="0001-01-01T00:00:00+08:00"), "time_too_early"),
        (a_refund("f", "p", 0), "field_invalid"),
        ({"type": "purchase", "account": "a"}, "field_missing"),
    ],
)
@pytest.mark.parametrize("raw", [True, False])
async def test_a_bad_record_is_named_and_the_others_are_taken(database, brand, record, code, raw):
    bad = msgspec.Raw(msgspec.json.encode(record)) if raw else record
    answer = await send(database, brand, a_player("x"), bad, a_purchase("x", "p1"), language="en")
    assert [(each.index, each.code) for each in answer.rejected] == [(1, code)]
    assert answer.rejected[0].message.endswith(".")
    assert answer.accepted == 2


async def test_broken_utf8_and_halves_of_characters_are_bad_records_too(database, brand):
    broken = msgspec.Raw(b'{"type": "player", "account": "a\xff", "name": "x"}')
    half = msgspec.Raw(b'{"type": "player", "account": "b", "name": "\\ud83d"}')
    answer = await send(database, brand, broken, half, a_player("c"))
    assert {each.index for each in answer.rejected} >= {0}
    assert answer.accepted + answer.unchanged + len(answer.rejected) == 3
    assert (await who(database, brand, "c")).name == "玩家c"


async def test_names_lose_their_tricks(database, brand):
    await send(database, brand, a_player("a", name="  龙\u202e\x07 骑  士 "))
    assert (await who(database, brand, "a")).name == "龙 骑 士"


async def test_sessions_get_their_end_later_or_earlier(database, brand):
    await send(database, brand, a_session("a", "g1", endedAt=ago(hours=1), endReason="disconnect"))
    assert (await send(database, brand, a_session("a", "g1"))).unchanged == 1
    async with database.reading() as reader:
        shown = await card(reader, (await who(database, brand, "a")).id)
    assert shown.sessions[0].end_reason == "disconnect"


async def test_batches_at_once_lose_and_double_nothing(database, brand):
    batches = [
        [a_purchase("whale", f"p{n}-{m}", 1000) for m in range(20)] + [a_refund(f"f{n}", f"p{(n + 1) % 8}-0", 1000)]
        for n in range(8)
    ]
    await asyncio.gather(*(send(database, brand, *batch) for batch in batches))
    async with database.reading() as reader:
        shown = await card(reader, (await who(database, brand, "whale")).id)
    assert shown.spent_total_minor == 8 * 20 * 1000 - 8 * 1000


async def test_five_thousand_mixed_records_take_a_moment(database, brand):
    dice = random.Random(7)
    batch = []
    for n in range(1000):
        account = f"acc-{n}"
        batch += [
            a_player(account), a_character(account, f"r{n}", at=ago(hours=n % 50)), a_session(account, f"g{n}"),
            a_purchase(account, f"p{n}", dice.randrange(1, 400_000)), a_refund(f"f{n}", f"p{dice.randrange(1000)}", 50),
        ]
    dice.shuffle(batch)
    started = time.perf_counter()
    answer = await send(database, brand, *(msgspec.Raw(msgspec.json.encode(record)) for record in batch))
    assert (answer.accepted, answer.rejected) == (5000, [])
    assert time.perf_counter() - started < 5


ACCOUNTS, RECORDS = st.sampled_from("ab"), st.sampled_from("123")
# Few, so that records of the same moment meet; on both sides of the windows of 30 and 90 days.
HOURS = st.sampled_from([1, 2, 700, 730, 2100, 2200]).map(lambda hours: ago(hours=hours))
NAMES = st.sampled_from(["甲", "乙", "丙"])
MIXED = st.one_of(
    st.builds(lambda a, n, at, lang: a_player(a, name=n, lastSeenAt=at, **({"language": lang} if lang else {})),
              ACCOUNTS, NAMES, HOURS, st.sampled_from([None, "zh", "en"])),
    st.builds(lambda a, at: a_player(a, name="", registeredAt=at, lastSeenAt=at), ACCOUNTS, HOURS),
    # A character and a purchase stay with their account: a game does not send one id for two people.
    st.builds(lambda a, r, n, level, at: a_character(a, f"{a}{r}", name=n, level=level, at=at),
              ACCOUNTS, RECORDS, NAMES, st.integers(1, 3), HOURS),
    st.builds(lambda a, r, minor, state, at, cur: a_purchase(a, f"{a}{r}", minor, state=state, at=at, currency=cur),
              ACCOUNTS, RECORDS, st.sampled_from([100, 29_999, 30_000, 200_000]),
              st.sampled_from(["paid", "paid", "failed", "pending"]), HOURS, st.sampled_from(["CNY", "CNY", "USD"])),
    st.builds(lambda r, a, p, minor, at: a_refund(r, f"{a}{p}", minor, at=at),
              RECORDS, ACCOUNTS, RECORDS, st.sampled_from([50, 150_000]), HOURS),
    st.builds(lambda a, r, at, end: a_session(a, f"{a}{r}", startedAt=at, endedAt=end),
              ACCOUNTS, RECORDS, HOURS, st.one_of(st.none(), HOURS)),
)


@settings(max_examples=60)
@given(records=st.lists(MIXED, max_size=14), order=st.integers(0, 10**9), pieces=st.integers(1, 5))
async def test_any_order_and_any_split_end_the_same(database, records, order, pieces):
    one, other = await a_brand(database), await a_brand(database)
    await send(database, one, *records)
    dice = random.Random(order)
    shuffled = dice.sample(records, len(records))
    cuts = sorted(dice.randint(0, len(records)) for _ in range(pieces - 1))
    for start, end in zip([0, *cuts], [*cuts, len(records)], strict=True):
        await send(database, other, *shuffled[start:end])
    assert await everything(database, one) == await everything(database, other)


def test_the_builders_speak_of_the_last_days():
    assert NOW - timedelta(days=1) < datetime.fromisoformat(ago(hours=1)) < datetime.now(UTC)
