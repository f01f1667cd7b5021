"""Tokens that may be used once only: a signed request heard on the wire is worth nothing afterwards."""

from datetime import datetime

from playerdesk.kernel.database import Database
from playerdesk.kernel.loops import Loop

_USE = """
    INSERT INTO kernel.used_token (issuer, token_id, expires_at) VALUES ($1, $2, $3)
    ON CONFLICT (issuer, token_id) DO NOTHING
"""

_PURGE = """
    DELETE FROM kernel.used_token WHERE (issuer, token_id) IN (
        SELECT issuer, token_id FROM kernel.used_token WHERE expires_at < now() - interval '5 minutes'
        ORDER BY expires_at LIMIT 10000 FOR UPDATE SKIP LOCKED
    )
"""


async def use_once(database: Database, issuer: str, token_id: str, expires_at: datetime) -> bool:
    """True for the first caller only; durable when it returns."""
    async with database.transaction() as tx:
        return await tx.execute(_USE, issuer, token_id, expires_at) == 1


async def _purge(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute(_PURGE)


PURGE_USED_TOKENS = Loop("purge used tokens", 60, _purge)
"""Forgets those that have expired anyway."""
