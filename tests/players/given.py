"""Brands and the records their games send."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from playerdesk.brands import Brand, add_brand, brand_by_id
from playerdesk.kernel import Database, Text
from playerdesk.players import BatchAnswer, Player, player_by_account, take_in

NOW = datetime.now(UTC).replace(microsecond=0)


def ago(**duration: float) -> str:
    return (NOW - timedelta(**duration)).isoformat().replace("+00:00", "Z")


async def a_brand(database: Database) -> Brand:
    async with database.transaction() as tx:
        brand_id = await add_brand(tx, f"game-{secrets.token_hex(5)}", Text(zh="星陨", en="Starfall"))
        brand = await brand_by_id(tx, brand_id)
    assert brand is not None
    return brand


def a_player(account: str, **facts: Any) -> dict[str, Any]:
    return {"type": "player", "account": account, "name": f"玩家{account}"} | facts


def a_character(account: str, role: str, **facts: Any) -> dict[str, Any]:
    return {"type": "character", "account": account, "server": "s1", "roleId": role, "name": f"角色{role}",
            "level": 10, "at": ago(days=1)} | facts


def a_purchase(account: str, record: str, minor: int = 64800, **facts: Any) -> dict[str, Any]:
    return {"type": "purchase", "account": account, "recordId": record, "product": "648元礼包", "amountMinor": minor,
            "currency": "CNY", "state": "paid", "at": ago(days=2)} | facts


def a_refund(record: str, purchase: str, minor: int, **facts: Any) -> dict[str, Any]:
    return {"type": "refund", "recordId": record, "purchaseRecordId": purchase, "amountMinor": minor,
            "at": ago(days=1)} | facts


def a_session(account: str, record: str, **facts: Any) -> dict[str, Any]:
    return {"type": "session", "account": account, "recordId": record, "startedAt": ago(hours=5)} | facts


async def send(database: Database, brand: Brand, *records: Any, language: str = "zh") -> BatchAnswer:
    async with database.transaction() as tx:
        return await take_in(tx, brand, records, language)


async def who(database: Database, brand: Brand, account: str) -> Player:
    async with database.reading() as reader:
        player = await player_by_account(reader, brand.key, account)
    assert player is not None
    return player


_STATE = """
    SELECT jsonb_build_object(
        'players', (SELECT jsonb_agg(jsonb_build_array(i.value, p.name, p.language, p.tier, p.spent_30d_minor,
                p.spent_90d_minor, p.spent_total_minor, p.last_purchase_at, p.last_seen_at, p.registered_at,
                p.tier_reason) ORDER BY i.value)
            FROM players.identity i JOIN players.player p ON p.id = i.player_id WHERE i.issuer = $2),
        'characters', (SELECT jsonb_agg(jsonb_build_array(i.value, c.server_key, c.role_id, c.name, c.level,
                c.last_seen_at) ORDER BY c.server_key, c.role_id)
            FROM players.character c JOIN players.identity i USING (player_id) WHERE c.brand_id = $1),
        'purchases', (SELECT jsonb_agg(jsonb_build_array(i.value, b.record_id, b.product, b.amount_minor, b.state,
                b.at) ORDER BY b.record_id)
            FROM players.purchase b JOIN players.identity i USING (player_id) WHERE b.brand_id = $1),
        'refunds', (SELECT jsonb_agg(jsonb_build_array(record_id, purchase_record_id, amount_minor, reason)
                ORDER BY record_id) FROM players.refund WHERE brand_id = $1),
        'sessions', (SELECT jsonb_agg(jsonb_build_array(i.value, g.record_id, g.started_at, g.ended_at,
                g.end_reason, g.server_key) ORDER BY g.record_id)
            FROM players.play_session g JOIN players.identity i USING (player_id) WHERE g.brand_id = $1))
"""


async def everything(database: Database, brand: Brand) -> dict[str, Any]:
    """What the desk knows about the players of a brand, without the numbers it gave them."""
    async with database.reading() as reader:
        return await reader.value(_STATE, brand.id, brand.key)
