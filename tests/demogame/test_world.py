"""The world is believable, and the same in every run."""

from collections import Counter
from datetime import timedelta

import pytest

from demogame import ledger
from demogame.ledger import between, spent_in_90_days, tier
from demogame.world import BRANDS, CAST, account_of, brand_of, player

SEED = "playerdesk"


def some_players(every=7):
    return [player(SEED, account_of(b, n)) for b in BRANDS for n in range(20, b.players + 1, every)]


def test_the_same_account_is_the_same_person_in_every_run():
    once = player(SEED, "sr-000123")
    player.cache_clear()
    assert player(SEED, "sr-000123") == once
    assert player("other seed", "sr-000123") != once


def test_there_are_20000_players_on_6_servers():
    assert sum(b.players for b in BRANDS) == 20_000
    assert [len(b.servers) for b in BRANDS] == [4, 2]


@pytest.mark.parametrize("account", ["sr-000000", "sr-012001", "hc-1", "xx-000001", "sr-00000x", "sr-０００００１"])
def test_an_account_that_does_not_exist_is_nobodys(account):
    assert brand_of(account) is None


def test_few_pay_much_and_most_pay_nothing(now):
    people = some_players()
    share = Counter(tier(spent_in_90_days(SEED, who, now)) for who in people)
    percent = {kind: 100 * n / len(people) for kind, n in share.items()}
    assert 1 <= percent["high"] <= 2.3
    assert 6 <= percent["mid"] <= 10
    assert 20 <= percent["low"] <= 29


def test_spend_has_a_heavy_tail(now):
    spends = sorted((spent_in_90_days(SEED, who, now) for who in some_players()), reverse=True)
    payers = [s for s in spends if s]
    assert sum(payers[: len(payers) // 10]) > sum(payers) / 2


@pytest.mark.parametrize("days", [0, 13, 40, 200])
def test_the_cast_keeps_its_tiers(now, days):
    for account, (_, kind, _) in CAST.items():
        assert tier(spent_in_90_days(SEED, player(SEED, account), now + timedelta(days=days))) == kind, account


def test_two_spans_of_time_say_the_same_as_one(now):
    who = player(SEED, "sr-000001")
    start, middle = now - timedelta(days=90), now - timedelta(days=33, seconds=7)
    whole = between(SEED, who, start, now)
    parts = between(SEED, who, start, middle), between(SEED, who, middle, now)
    for events in ("purchases", "refunds", "sessions"):
        one = [e.record_id for e in getattr(whole, events)]
        two = [e.record_id for part in parts for e in getattr(part, events)]
        assert sorted(one) == sorted(two)
        assert len(set(one)) == len(one)


def test_nothing_lies_in_the_future(now):
    for who in some_players(500):
        past = between(SEED, who, now - timedelta(days=60), now)
        assert all(p.at <= now for p in past.purchases)
        assert all(s.started_at < s.ended_at <= now for s in past.sessions)


def test_a_refund_takes_its_purchase_out_of_the_spend(now):
    bought = ledger.Purchase("p1", "月卡", 3000, "paid", now)
    failed = ledger.Purchase("p2", "月卡", 3000, "failed", now)
    refund = ledger.Refund("r1", "p1", 3000, "误触购买", now)
    assert ledger.spent(ledger.Ledger([bought, failed], [], [])) == 3000
    assert ledger.spent(ledger.Ledger([bought, failed], [refund], [])) == 0
