"""Signing in and out: limited in tries, the same answer and the same time for a wrong login and a wrong password."""

from typing import LiteralString

import msgspec

from playerdesk.kernel import Database, Text, TooMany, Tx, Unauthenticated, now
from playerdesk.staff.passwords import hash_password, is_outdated, password_fits
from playerdesk.staff.presence import set_presence
from playerdesk.staff.rules import ATTEMPTS_WINDOW, FAILURES_PER_IP, FAILURES_PER_LOGIN, wait_before_next
from playerdesk.staff.sessions import end_session, open_session


class SignedIn(msgspec.Struct, frozen=True):
    """What the browser gets: the session's token and the secret it must show with every change."""

    person_id: int
    token: str
    csrf: str


_WRONG = Text(
    zh="登录名或密码不正确。请检查大小写后重试，或请管理员重设密码。",
    en="The login or password is wrong. Check capitals and try again, or ask your administrator for a new password.",
)

# One try at a time for a login or an address: many at once must not slip under the limit together.
_ONE_AT_A_TIME: LiteralString = """
    SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended(what, 7) AS key FROM unnest($1::text[]) AS what ORDER BY 1
    ) AS keys
"""

_FAILURES: LiteralString = """
    SELECT array(
        SELECT a.at FROM staff.sign_in_attempt a
        WHERE a.login = $1 AND NOT a.succeeded AND a.at > now() - $3::interval
          AND NOT EXISTS (SELECT FROM staff.sign_in_attempt s WHERE s.login = $1 AND s.succeeded AND s.at > a.at)
        ORDER BY a.at DESC LIMIT $4
    ), array(
        SELECT at FROM staff.sign_in_attempt
        WHERE ip = $2 AND NOT succeeded AND at > now() - $3::interval ORDER BY at DESC LIMIT $5
    )
"""

_FIND: LiteralString = "SELECT id, password_hash FROM staff.person WHERE login = $1 AND suspended_at IS NULL"


async def sign_in(database: Database, login: str, password: str, *, ip: str, user_agent: str) -> SignedIn:
    """A session for the right password; she is online from this moment."""
    login = login.strip().lower()[:64].replace("\x00", "")
    attempt = await _register_attempt(database, login, ip[:64])
    async with database.reading() as reader:
        record = next(iter(await reader.fetch(_FIND, login)), None)
    if not await password_fits(password, record and record[1]) or record is None:
        raise Unauthenticated("wrong_credentials", _WRONG)
    person_id, stored = record
    fresh = await hash_password(password) if is_outdated(stored) else None
    async with database.transaction() as tx:
        await tx.execute("UPDATE staff.sign_in_attempt SET succeeded = true WHERE id = $1", attempt)
        if fresh is not None:
            await tx.execute("UPDATE staff.person SET password_hash = $2 WHERE id = $1", person_id, fresh)
        session = await open_session(tx, person_id, ip, user_agent)
        await set_presence(tx, person_id, "online", "signed_in")
    return SignedIn(person_id, session.token, session.csrf)


async def sign_out(tx: Tx, token: str) -> None:
    """The session is over, here at once and in other processes within seconds; she is offline."""
    person_id = await end_session(tx, token)
    if person_id is not None:
        await set_presence(tx, person_id, "offline", "signed_out")


async def _register_attempt(database: Database, login: str, ip: str) -> int:
    """Counted as failed until it succeeds, so that tries still under way count, too."""
    async with database.transaction() as tx:
        await tx.fetch(_ONE_AT_A_TIME, [f"login:{login}", f"ip:{ip}"])
        by_login, by_ip = (
            await tx.fetch(_FAILURES, login, ip, ATTEMPTS_WINDOW, FAILURES_PER_LOGIN, FAILURES_PER_IP)
        )[0]
        at = now()
        wait = max(
            wait_before_next(by_login, FAILURES_PER_LOGIN, at), wait_before_next(by_ip, FAILURES_PER_IP, at)
        )
        if wait:
            raise TooMany("too_many_attempts", Text(
                zh=f"尝试次数过多，请在 {wait} 秒后再试。", en=f"Too many attempts. Try again in {wait} seconds."
            ), extra={"retryAfterSeconds": wait})
        return await tx.value("INSERT INTO staff.sign_in_attempt (login, ip, succeeded) VALUES ($1, $2, false)"
                              " RETURNING id", login, ip)


async def purge_attempts(database: Database) -> None:
    """Tries older than an hour decide nothing any more."""
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM staff.sign_in_attempt WHERE at < now() - interval '1 hour'")
