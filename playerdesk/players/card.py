"""The player card: everything an agent should know before she answers, in one statement."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, LiteralString, TypeVar

import msgspec

from playerdesk.kernel import Reader
from playerdesk.players.events import TierReason
from playerdesk.players.rules import Tier


class IdentityEntry(msgspec.Struct, frozen=True, rename="camel"):
    kind: str
    issuer: str
    value: str
    verified: bool


class CharacterEntry(msgspec.Struct, frozen=True, rename="camel"):
    brand_id: int
    server_key: str
    server_name: str
    role_id: str
    name: str
    level: int
    last_seen_at: datetime | None


class PurchaseEntry(msgspec.Struct, frozen=True, rename="camel"):
    record_id: str
    product: str
    amount_minor: int
    currency: str
    state: Literal["paid", "failed", "pending"]
    refunded_minor: int
    at: datetime


class SessionEntry(msgspec.Struct, frozen=True, rename="camel"):
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    server_key: str | None


class TierEntry(msgspec.Struct, frozen=True, rename="camel"):
    from_tier: Tier
    to_tier: Tier
    reason: TierReason | None
    at: datetime


class PlayerCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The card without what tickets know of the player; `tickets` adds that. What the caller may not read is None."""

    id: int
    name: str
    language: str
    tier: Tier
    tier_since: datetime
    tier_reason: TierReason | None
    vip_manager_id: int | None
    spent30d_minor: int | None
    spent90d_minor: int | None
    spent_total_minor: int | None
    currency: str
    last_purchase_at: datetime | None
    last_seen_at: datetime | None
    registered_at: datetime | None
    style_note: str
    identities: list[IdentityEntry]
    characters: list[CharacterEntry]
    purchases: list[PurchaseEntry]
    sessions: list[SessionEntry]
    tier_history: list[TierEntry]


CARD: LiteralString = """
    SELECT p.id, p.name, p.language, p.tier, p.tier_since, p.tier_reason, p.vip_manager_id, p.spent_30d_minor,
        p.spent_90d_minor, p.spent_total_minor, rule.currency, p.last_purchase_at, p.last_seen_at,
        p.registered_at, p.style_note,
        array(SELECT ROW(i.kind, i.issuer, i.value, i.verified)
              FROM players.identity i WHERE i.player_id = p.id ORDER BY i.id),
        array(SELECT ROW(c.brand_id, c.server_key, coalesce(s.name, c.server_key), c.role_id, c.name, c.level,
                         c.last_seen_at)
              FROM players.character c
              LEFT JOIN brands.server s ON s.brand_id = c.brand_id AND s.key = c.server_key
              WHERE c.player_id = p.id ORDER BY c.last_seen_at DESC NULLS LAST, c.id LIMIT 50),
        array(SELECT ROW(b.record_id, b.product, b.amount_minor, b.currency, b.state,
                         coalesce((SELECT sum(f.amount_minor) FROM players.refund f
                            WHERE f.brand_id = b.brand_id AND f.purchase_record_id = b.record_id), 0)::bigint, b.at)
              FROM players.purchase b WHERE b.player_id = p.id ORDER BY b.at DESC LIMIT 10),
        array(SELECT ROW(g.started_at, g.ended_at, g.end_reason, g.server_key)
              FROM players.play_session g WHERE g.player_id = p.id ORDER BY g.started_at DESC LIMIT 5),
        array(SELECT ROW(t.from_tier, t.to_tier, t.reason, t.at)
              FROM players.tier_change t WHERE t.player_id = p.id ORDER BY t.at DESC, t.id DESC LIMIT 20),
        rule.window_days, rule.low_minor
    FROM players.player p CROSS JOIN players.tier_rule rule WHERE p.id = $1
"""

T = TypeVar("T")


async def card(reader: Reader, player_id: int) -> PlayerCard | None:
    """The card of this player, or None when there is no such player."""
    records = await reader.fetch(CARD, player_id)
    if not records:
        return None
    row = tuple(records[0])
    values = dict(zip(PlayerCard.__struct_fields__[:15], row[:15], strict=True))
    values["tier_reason"] = _reason(row[5] or {
        # Nobody has counted yet: she has not spent anything the rule looks at.
        "windowDays": row[20], "spentMinor": 0, "currency": row[10], "rule": f"none<{row[21]}",
    })
    return PlayerCard(
        **values,
        identities=_entries(IdentityEntry, row[15]),
        characters=_entries(CharacterEntry, row[16]),
        purchases=_entries(PurchaseEntry, row[17]),
        sessions=_entries(SessionEntry, row[18]),
        tier_history=[TierEntry(entry[0], entry[1], _reason(entry[2]), entry[3]) for entry in row[19]],
    )


def _entries(shape: type[T], records: Iterable[Any]) -> list[T]:
    return [shape(*record) for record in records]


def _reason(stored: Any) -> TierReason:
    return msgspec.convert(stored, TierReason)
