"""Tokens that are used once and soon: only their digest is kept, and using one deletes it."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Tx

Kind = Literal["invite", "reset", "second", "passkey", "oidc"]


class OneTime(msgspec.Struct, frozen=True):
    """What was promised with the token."""

    kind: Kind
    person_id: int | None
    data: dict[str, Any]


_ISSUE: LiteralString = """
    INSERT INTO staff.one_time (token_hash, kind, person_id, data, expires_at) VALUES ($1, $2, $3, $4, now() + $5::interval)
"""
_PEEK: LiteralString = """
    SELECT kind, person_id, data FROM staff.one_time WHERE token_hash = $1 AND kind = ANY($2::text[]) AND expires_at > now()
"""
_TAKE: LiteralString = """
    DELETE FROM staff.one_time WHERE token_hash = $1 AND kind = ANY($2::text[]) AND expires_at > now()
    RETURNING kind, person_id, data
"""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def issue(tx: Tx, kind: Kind, person_id: int | None, lifetime: timedelta, **data: Any) -> str:
    """A new token."""
    token = secrets.token_urlsafe(32)
    await tx.execute(_ISSUE, _digest(token), kind, person_id, data, lifetime)
    return token


async def peek(reader: Reader, token: str, *kinds: Kind) -> OneTime | None:
    """What a token stands for, without using it."""
    return await reader.row(OneTime, _PEEK, _digest(token[:200]), list(kinds))


async def take(tx: Tx, token: str, *kinds: Kind) -> OneTime | None:
    """The same, and nobody can use it again."""
    records = await tx.fetch(_TAKE, _digest(token[:200]), list(kinds))
    return OneTime(*records[0]) if records else None


async def forget_tokens(tx: Tx, person_id: int, *kinds: Kind) -> None:
    """Her tokens of these kinds are worth nothing any more."""
    await tx.execute("DELETE FROM staff.one_time WHERE person_id = $1 AND kind = ANY($2::text[])", person_id, list(kinds))


async def purge_one_time(database: Database) -> None:
    """Those nobody has used in time."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM staff.one_time WHERE token_hash IN ("
            " SELECT token_hash FROM staff.one_time WHERE expires_at < now() LIMIT 5000 FOR UPDATE SKIP LOCKED)"
        )
