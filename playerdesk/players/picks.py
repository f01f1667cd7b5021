"""What a form can let its player pick instead of typing it: her characters and her purchases in one game."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader

MOST = 50


class Pick(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One to choose; `key` is what the form keeps. `server` is a name; purchases have a time, a price and a state."""

    key: str
    name: str
    server: str | None = None
    level: int | None = None
    at: datetime | None = None
    amount_minor: int | None = None
    currency: str | None = None
    state: str | None = None


_CHARACTERS: LiteralString = """
    SELECT c.server_key || '/' || c.role_id, c.name, coalesce(s.name, c.server_key), c.level
    FROM players.character c LEFT JOIN brands.server s ON s.brand_id = c.brand_id AND s.key = c.server_key
    WHERE c.player_id = $1 AND c.brand_id = $2
"""

_PURCHASES: LiteralString = """
    SELECT p.record_id, p.product, s.name, NULL::int, p.at, p.amount_minor, p.currency, p.state
    FROM players.purchase p LEFT JOIN brands.server s ON s.brand_id = p.brand_id AND s.key = p.server_key
    WHERE p.player_id = $1 AND p.brand_id = $2
"""


async def characters_of(reader: Reader, player_id: int, brand_id: int, keys: Sequence[str] | None = None) -> list[Pick]:
    """Her characters, the last played first; with `keys` only those."""
    return await reader.rows(
        Pick, f"{_CHARACTERS} AND ($3::text[] IS NULL OR c.server_key || '/' || c.role_id = ANY ($3))"
        " ORDER BY c.last_seen_at DESC NULLS LAST, c.id LIMIT $4", player_id, brand_id, keys, MOST,
    )


async def purchases_of(reader: Reader, player_id: int, brand_id: int, keys: Sequence[str] | None = None) -> list[Pick]:
    """Her purchases, the newest first, failed ones too: those are what players ask about; with `keys` only those."""
    return await reader.rows(
        Pick, f"{_PURCHASES} AND ($3::text[] IS NULL OR p.record_id = ANY ($3)) ORDER BY p.at DESC LIMIT $4",
        player_id, brand_id, keys, MOST,
    )
