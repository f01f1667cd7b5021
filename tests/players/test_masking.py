"""What somebody without the permission may read of a player."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.players import (
    PlayerCard,
    PlayerPreferences,
    mask_card,
    mask_record,
    mask_value,
    masked_account,
    masked_email,
    masked_id_number,
    masked_phone,
)
from playerdesk.players.card import IdentityEntry, PurchaseEntry, TierEntry
from playerdesk.players.events import TierReason

AT = datetime(2026, 11, 20, tzinfo=UTC)
WHY = TierReason(30, 500_000, "CNY", "high>=500000")
EVERYTHING = {"players.phone", "players.email", "players.id_number", "players.spend"}
CARD = PlayerCard(
    id=1, name="云中客", language="zh", tier="high", tier_since=AT, tier_reason=WHY, vip_manager_id=None,
    spent30d_minor=1, spent90d_minor=2, spent_total_minor=3, currency="CNY", last_purchase_at=AT, last_seen_at=AT,
    registered_at=AT, preferences=PlayerPreferences(), characters=[], sessions=[],
    identities=[
        IdentityEntry("game_account", "yhzd", "sr-000001", True), IdentityEntry("phone", "", "13812348000", True),
        IdentityEntry("email", "", "linlin@example.com", True), IdentityEntry("qq", "", "1234567890", False),
    ],
    purchases=[PurchaseEntry("p1", "648 元", 64800, "CNY", "paid", 0, AT)],
    tier_history=[TierEntry("none", "high", WHY, AT)],
)


@pytest.mark.parametrize(("mask", "value", "shown"), [
    (masked_phone, "13812348000", "138****8000"), (masked_phone, "+8613812348000", "+86****8000"),
    (masked_phone, "10086", "****86"), (masked_phone, "110", "****"),
    (masked_email, "linlin@example.com", "l****@example.com"), (masked_email, "a@b.cn", "****@b.cn"),
    (masked_email, "not an address", "no****ss"), (masked_id_number, "110101199003074514", "1****4"),
    (masked_id_number, "1234", "****"), (masked_account, "wx_linruoxi", "wx****xi"), (masked_account, "abc", "a****"),
])
def test_a_mask_keeps_what_helps_to_recognise_and_no_more(mask, value, shown):
    assert mask(value) == shown


@given(st.sampled_from(["phone", "email", "id_number", "wechat", "qq"]), st.text(min_size=3, max_size=40).map(str.strip))
def test_no_mask_lets_a_whole_value_through(kind, value):
    if value and "*" not in value and not value.startswith("@"):
        assert value not in mask_value(kind, value, ())
    assert mask_value(kind, value, EVERYTHING) == value


def test_with_every_permission_the_card_is_whole():
    assert mask_card(CARD, EVERYTHING) == CARD


def test_without_permissions_the_card_tells_the_tier_only():
    card = mask_card(CARD, {"players.read"})
    assert [each.value for each in card.identities] == ["sr-000001", "138****8000", "l****@example.com", "12****90"]
    assert (card.spent30d_minor, card.spent90d_minor, card.spent_total_minor, card.last_purchase_at) == (None,) * 4
    assert (card.tier, card.tier_reason, card.purchases) == ("high", None, [])
    assert [(each.to_tier, each.reason) for each in card.tier_history] == [("high", None)]


def test_each_permission_shows_its_own_field_only():
    card = mask_card(CARD, {"players.email"})
    assert [each.value for each in card.identities][1:3] == ["138****8000", "linlin@example.com"]


def test_a_row_of_an_export_is_masked_by_the_kinds_of_its_columns():
    row = {"name": "云中客", "phone": "13812348000"}
    assert mask_record(row, {"phone": "phone"}, ()) == {"name": "云中客", "phone": "138****8000"}
