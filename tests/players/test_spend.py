"""Spend windows, tiers, and why."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.kernel import Reactions, Rejected, Wiring, connect
from playerdesk.players import TierChanged, TierRule, card, change_tier_rule, recount, tier_of, tier_rule
from playerdesk.players.card import CARD
from playerdesk.players.rules import Thresholds
from playerdesk.players.spend import recount_stale
from tests.players.given import NOW, a_brand, a_player, a_purchase, a_refund, ago, send, who

pytestmark = pytest.mark.anyio

RULE = Thresholds(200_000, 30_000, 1)


@pytest.mark.parametrize(
    ("spent", "tier"),
    [(0, "none"), (1, "low"), (29_999, "low"), (30_000, "mid"), (199_999, "mid"), (200_000, "high"), (10**12, "high")],
)
def test_a_tier_begins_exactly_at_its_threshold(spent, tier):
    assert tier_of(spent, RULE) == tier


@settings(max_examples=25)
@given(spent=st.one_of(st.integers(0, 400_000), st.sampled_from([1, 29_999, 30_000, 199_999, 200_000])))
async def test_the_database_and_the_rule_in_python_agree(database, spent):
    brand = await a_brand(database)
    await send(database, brand, a_player("a"), a_purchase("a", "p", spent))
    assert (await who(database, brand, "a")).tier == tier_of(spent, RULE)


async def shown(database, brand, account="a"):
    player = await who(database, brand, account)
    async with database.reading() as reader:
        return await card(reader, player.id)


async def test_each_window_counts_its_own_days(database, brand):
    await send(
        database, brand, a_purchase("a", "p1", 1_00, at=ago(days=1)), a_purchase("a", "p2", 10_00, at=ago(days=45)),
        a_purchase("a", "p3", 100_00, at=ago(days=200)),
    )
    seen = await shown(database, brand)
    assert (seen.spent30d_minor, seen.spent90d_minor, seen.spent_total_minor) == (1_00, 11_00, 111_00)
    assert seen.last_purchase_at is not None


async def test_only_paid_purchases_in_the_currency_of_the_rule_count(database, brand):
    await send(
        database, brand, a_purchase("a", "p1", 500), a_purchase("a", "p2", 300_000, state="failed"),
        a_purchase("a", "p3", 300_000, state="pending"), a_purchase("a", "p4", 300_000, currency="USD"),
    )
    seen = await shown(database, brand)
    assert (seen.spent_total_minor, seen.tier, seen.currency) == (500, "low", "CNY")


async def test_more_refunded_than_paid_is_nothing_not_less(database, brand):
    await send(
        database, brand, a_purchase("a", "p1", 500), a_refund("f1", "p1", 400), a_refund("f2", "p1", 400),
        a_purchase("a", "p2", 70),
    )
    assert (await shown(database, brand)).spent_total_minor == 70


async def test_a_tier_says_why_and_keeps_its_history(database, brand):
    await send(database, brand, a_purchase("a", "p1", 50_000))
    await send(database, brand, a_purchase("a", "p2", 250_000))
    await send(database, brand, a_refund("f1", "p2", 250_000))
    seen = await shown(database, brand)
    assert [(each.from_tier, each.to_tier) for each in seen.tier_history] == [
        ("high", "mid"), ("mid", "high"), ("none", "mid"),
    ]
    assert seen.tier_history[1].reason.rule == "high>=200000"
    assert (seen.tier_reason.window_days, seen.tier_reason.spent_minor, seen.tier_reason.rule) == (
        90, 50_000, "mid>=30000",
    )
    assert seen.tier_since == seen.tier_history[0].at


async def test_a_change_of_tier_is_said_once(dsn):
    heard = []
    reactions = Reactions("test")

    @reactions.within(TierChanged)
    async def listen(_, batch):
        heard.extend(batch)

    database = await connect(dsn, wiring=Wiring(reactions), size=2)
    brand = await a_brand(database)
    await send(database, brand, a_purchase("a", "p1", 300_000), a_purchase("b", "p2", 50))
    await send(database, brand, a_purchase("a", "p3", 300_000))
    await database.close()
    assert sorted((event.from_tier, event.to_tier) for event in heard) == [("none", "high"), ("none", "low")]
    assert heard[0].topics() == []


async def test_who_stops_spending_falls_by_the_daily_recount_and_not_twice(fresh):
    brand = await a_brand(fresh)
    await send(fresh, brand, a_purchase("a", "p1", 300_000, at=ago(days=80)), a_player("b"))
    assert (await who(fresh, brand, "a")).tier == "high"
    assert await recount_stale(fresh) == 0
    later = NOW + timedelta(days=11)
    counted = await asyncio.gather(recount_stale(fresh, later), recount_stale(fresh, later))
    assert sum(counted) == 1
    seen = await shown(fresh, brand)
    assert (seen.tier, seen.spent90d_minor, seen.spent_total_minor) == ("none", 0, 300_000)
    assert await recount_stale(fresh, later + timedelta(hours=1)) == 0


async def test_other_thresholds_count_everybody_who_ever_paid_again(fresh):
    brand = await a_brand(fresh)
    await send(
        fresh, brand, a_purchase("a", "p1", 60_000), a_purchase("b", "p2", 60_000, at=ago(days=200)),
        a_purchase("c", "p3", 60_000, currency="USD"),
    )
    async with fresh.transaction() as tx:
        await change_tier_rule(tx, TierRule(365, 50_000, 10_000, 1, "CNY"))
    assert await recount_stale(fresh) == 3
    assert {(await who(fresh, brand, account)).tier for account in "ab"} == {"high"}
    async with fresh.transaction() as tx:
        await change_tier_rule(tx, TierRule(365, 50_000, 10_000, 1, "USD"))
        assert (await tier_rule(tx)).currency == "USD"
    assert await recount_stale(fresh) == 3
    assert [(await who(fresh, brand, account)).tier for account in "abc"] == ["none", "none", "high"]
    with pytest.raises(Rejected, match="tier_rule_invalid"):
        async with fresh.transaction() as tx:
            await change_tier_rule(tx, TierRule(90, 5, 10, 1, "CNY"))


async def test_counting_nobody_is_nothing(database):
    async with database.transaction() as tx:
        await recount(tx, [])
        assert tx.events == []


async def test_a_card_has_the_newest_ten_purchases_and_is_none_for_nobody(database, brand):
    await send(database, brand, *(a_purchase("a", f"p{n}", 100, at=ago(hours=n)) for n in range(1, 15)))
    seen = await shown(database, brand)
    assert [each.record_id for each in seen.purchases] == [f"p{n}" for n in range(1, 11)]
    async with database.reading() as reader:
        assert await card(reader, -1) is None


async def test_a_player_nobody_has_counted_has_a_reason_too(database, brand):
    await send(database, brand, a_player("a"))
    reason = (await shown(database, brand)).tier_reason
    assert (reason.window_days, reason.spent_minor, reason.rule) == (90, 0, "none<1")


async def test_the_card_is_read_by_indexes_alone(database, brand):
    await send(database, brand, a_purchase("a", "p1", 100))
    player = await who(database, brand, "a")
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL enable_seqscan = off")
        plan = "\n".join(r[0] for r in await tx.fetch("EXPLAIN " + CARD, player.id, [player.id], [brand.id]))
    # Which of two fitting indexes is taken depends on statistics; tests/app/test_card_plans.py counts the rows.
    for table in ("purchase", "play_session", "identity", "character", "refund", "penalty", "breadcrumb", "contact", "field_record"):
        assert f"Seq Scan on {table}" not in plan
