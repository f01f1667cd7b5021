"""Sessions: a random token in the browser's cookie, only its digest in the database."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Remembered, Tx
from playerdesk.staff.roles import grants_of
from playerdesk.staff.rules import CONFIRMED, IDLE, Agent
from playerdesk.staff.scope import people_within


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
    INSERT INTO staff.session (token_hash, person_id, csrf, ip, user_agent, expires_at, second_factor)
    VALUES ($1, $2, $3, $4, $5, now() + $6::interval, $7)
"""

# Sliding expiry, but at most one write a minute.
_SLIDE: LiteralString = """
    UPDATE staff.session SET seen_at = now(), expires_at = now() + $2::interval
    WHERE token_hash = $1 AND expires_at > now() AND seen_at < now() - interval '1 minute'
"""

_FIND: LiteralString = """
    SELECT s.token_hash, s.id, s.csrf, s.second_factor, p.id, p.name, p.roles, p.brand_ids, p.locale,
           EXISTS (SELECT FROM staff.totp t WHERE t.person_id = p.id AND t.confirmed_at IS NOT NULL)
           OR EXISTS (SELECT FROM staff.passkey k WHERE k.person_id = p.id)
    FROM staff.session s JOIN staff.person p ON p.id = s.person_id
    WHERE s.token_hash = ANY($1::bytea[]) AND s.expires_at > now() AND p.suspended_at IS NULL
"""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


async def open_session(
    tx: Tx, person_id: int, ip: str, user_agent: str, *, second_factor: bool = False
) -> NewSession:
    """A session that lives as long as it is used; `second_factor`: she has just shown one."""
    session = NewSession(secrets.token_urlsafe(32), secrets.token_urlsafe(24))
    await tx.execute(_OPEN, _digest(session.token), person_id, session.csrf, ip[:64], user_agent[:300], IDLE,
                     second_factor)
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
        await tx.execute(_SLIDE, digest, IDLE)
        found = (await _read(tx, [digest])).get(digest)
    return None if found is None else _sessions.put(database, digest, found)


async def _read(reader: Reader, digests: Sequence[bytes]) -> dict[bytes, Session]:
    found: dict[bytes, Session] = {}
    for digest, session_id, csrf, second, person_id, name, roles, brand_ids, locale, enrolled in await reader.fetch(
        _FIND, list(digests)
    ):
        agent, two_factors = await _agent(reader, person_id, name, roles, brand_ids, locale)
        if two_factors and not second:
            agent = msgspec.structs.replace(agent, permissions=frozenset(), must="prove" if enrolled else "enrol")
        found[digest] = Session(msgspec.structs.replace(agent, session_id=session_id), csrf)
    return found


async def _agent(
    reader: Reader, person_id: int, name: str, roles: list[str], brand_ids: list[int], locale: str
) -> tuple[Agent, bool]:
    grants = await grants_of(reader, roles)
    within = await people_within(reader, person_id, grants.scope)
    return Agent(
        id=person_id, name=name, roles=roles, permissions=grants.permissions, locale=locale, scope=grants.scope,
        brand_ids=[] if grants.scope == "all" else brand_ids,
        person_ids=within and within[0], queue_ids=within and within[1],
    ), grants.two_factors


async def agent_of(reader: Reader, person_id: int) -> Agent | None:
    """What a colleague who is not asking herself may do and see; None when she is not there or suspended."""
    for record in await reader.fetch(
        "SELECT id, name, roles, brand_ids, locale FROM staff.person WHERE id = $1 AND suspended_at IS NULL", person_id
    ):
        return (await _agent(reader, *record))[0]
    return None


async def still_signed_in(database: Database, tokens: Iterable[str]) -> dict[str, Agent]:
    """Who holds these sessions now, asked anew in one go; those that are over are missing."""
    digests = {_digest(token): token for token in tokens}
    async with database.reading() as reader:
        return {digests[digest]: session.agent for digest, session in (await _read(reader, list(digests))).items()}


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


def forget_sessions(reader: Reader | Database) -> None:
    """Called when something has changed that many sessions show, such as a role."""
    _sessions.forget(reader)


class OpenSession(msgspec.Struct, frozen=True, rename="camel"):
    """Where somebody is signed in."""

    id: int
    ip: str
    user_agent: str
    created_at: datetime
    seen_at: datetime
    second_factor: bool


async def sessions_of(reader: Reader, person_id: int) -> list[OpenSession]:
    """Where she is signed in, the last used first."""
    return await reader.rows(OpenSession, (
        "SELECT id, ip, user_agent, created_at, seen_at, second_factor FROM staff.session"
        " WHERE person_id = $1 AND expires_at > now() ORDER BY seen_at DESC, id DESC LIMIT 100"
    ), person_id)


async def end_sessions(tx: Tx, person_id: int, *, only: int | None = None, but: int | None = None) -> int:
    """Her sessions are over, here at once and elsewhere within seconds: all, one, or all but one. Returns how many."""
    forget_sessions(tx)
    return await tx.execute(
        "DELETE FROM staff.session WHERE person_id = $1 AND ($2::bigint IS NULL OR id = $2) AND ($3::bigint IS NULL OR id <> $3)",
        person_id, only, but,
    )


async def confirm_session(tx: Tx, session_id: int, *, second_factor: bool) -> None:
    """She has just proved who she is."""
    forget_sessions(tx)
    await tx.execute(
        "UPDATE staff.session SET confirmed_at = now(), second_factor = second_factor OR $2 WHERE id = $1",
        session_id, second_factor,
    )


async def is_confirmed(reader: Reader, session_id: int) -> bool:
    """Whether she proved it lately enough to change how she signs in."""
    return bool(await reader.value(
        "SELECT confirmed_at > now() - $2::interval FROM staff.session WHERE id = $1", session_id, CONFIRMED
    ))


async def purge_sessions(database: Database) -> None:
    """Those that are over; a few thousand at a time."""
    async with database.transaction() as tx:
        await tx.execute(
            "DELETE FROM staff.session WHERE token_hash IN ("
            " SELECT token_hash FROM staff.session WHERE expires_at < now() LIMIT 5000 FOR UPDATE SKIP LOCKED)"
        )
