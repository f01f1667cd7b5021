"""Sessions: a random token in the browser's cookie, only its digest in the database."""

import hashlib
import secrets
from typing import LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Remembered, Tx
from playerdesk.staff.rules import IDLE, Agent, permissions_of


class Session(msgspec.Struct, frozen=True):
    """Somebody signed in, and the secret her browser must show with every change."""

    agent: Agent
    csrf: str


class NewSession(msgspec.Struct, frozen=True):
    """What the browser keeps."""

    token: str
    csrf: str


_sessions: Remembered[bytes, Session] = Remembered(5.0)

_OPEN: LiteralString = """
    INSERT INTO staff.session (token_hash, person_id, csrf, ip, user_agent, expires_at)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
"""

# Sliding expiry, but at most one write a minute.
_FIND: LiteralString = """
    WITH slid AS (
        UPDATE staff.session SET seen_at = now(), expires_at = now() + $2::interval
        WHERE token_hash = $1 AND expires_at > now() AND seen_at < now() - interval '1 minute'
    )
    SELECT p.id, p.name, p.roles, p.brand_ids, p.locale, s.csrf
    FROM staff.session s JOIN staff.person p ON p.id = s.person_id
    WHERE s.token_hash = $1 AND s.expires_at > now() AND p.suspended_at IS NULL
"""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def open_session(tx: Tx, person_id: int, ip: str, user_agent: str) -> NewSession:
    """A session that lives as long as it is used."""
    session = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(24))
    await tx.execute(_OPEN, _digest(session.token), person_id, session.csrf, ip[:64], user_agent[:300], IDLE)
    return session


async def find_session(database: Database, token: str) -> Session | None:
    """Who this is; remembered for seconds only, so that a session that was ended dies fast everywhere."""
    if not 0 < len(token) <= 128:
        return None
    digest = _digest(token)
    known = _sessions.get(database, digest)
    if known is not None:
        return known
    async with database.transaction() as tx:
        records = await tx.fetch(_FIND, digest, IDLE)
    if not records:
        return None
    person_id, name, roles, brand_ids, locale, csrf = records[0]
    agent = Agent(
        id=person_id, name=name, roles=roles, permissions=permissions_of(roles), brand_ids=brand_ids, locale=locale
    )
    return _sessions.put(database, digest, Session(agent, csrf))


async def authenticate(database: Database, session_token: str) -> Agent | None:
    """Who holds this session, or None when it is over."""
    session = await find_session(database, session_token)
    return None if session is None else session.agent


async def end_session(tx: Tx, token: str) -> int | None:
    """The session is over; whose it was."""
    forget_session(tx, token)
    return await tx.value("DELETE FROM staff.session WHERE token_hash = $1 RETURNING person_id", _digest(token))


def forget_session(reader: Reader | Database, token: str) -> None:
    """Called when something about the person has changed that her session shows."""
    _sessions.forget(reader, _digest(token))


async def purge_sessions(database: Database) -> None:
    """Those that are over; a few thousand at a time."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM staff.session WHERE token_hash IN ("
            " SELECT token_hash FROM staff.session WHERE expires_at < now() LIMIT 5000 FOR UPDATE SKIP LOCKED)"
        )
