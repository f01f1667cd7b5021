"""Signing in and out: limited in tries, the same answer and the same time for a wrong login and a wrong password.

Whoever has a second factor gets a session only after showing it; a passkey that verified its owner is both at once.
"""

from typing import Annotated, Any, LiteralString

import msgspec

from playerdesk.kernel import Database, Reader, Refused, Rejected, Text, TooMany, Tx, Unauthenticated, now
from playerdesk.staff.doors import came, failed, left
from playerdesk.staff.one_time import issue, peek, take
from playerdesk.staff.passkeys import REFUSED_KEY, Site, use_passkey
from playerdesk.staff.passwords import hash_password, is_outdated, password_fits
from playerdesk.staff.presence import set_presence
from playerdesk.staff.rules import ATTEMPTS_WINDOW, FAILURES_PER_IP, FAILURES_PER_LOGIN, ONE_TIME, wait_before_next
from playerdesk.staff.sessions import end_session, open_session
from playerdesk.staff.totp import WRONG_CODE, totp_fits, use_recovery_code


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second factor: a code of the app or a recovery code, or a passkey's answer to a challenge."""

    code: Annotated[str, msgspec.Meta(max_length=64)] = ""
    challenge: str = ""
    credential: dict[str, Any] | None = None


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

_SECOND = Text(
    zh="密码正确。请再用验证器、通行密钥或恢复码确认是你本人。",
    en="The password is right. Now show your second factor: authenticator, passkey or recovery code.",
)
_EXPIRED = Text(zh="登录等待太久，请重新输入密码。", en="Signing in took too long. Enter your password again.")
_WRONG_PASSWORD = Text(zh="密码不对，请再试一次。", en="That is not your password. Try again.")

_WAYS: LiteralString = """
    SELECT 'totp' FROM staff.totp WHERE person_id = $1 AND confirmed_at IS NOT NULL
    UNION ALL (SELECT 'passkey' FROM staff.passkey WHERE person_id = $1 LIMIT 1)
"""

_FIND: LiteralString = "SELECT id, password_hash FROM staff.person WHERE login = $1 AND suspended_at IS NULL"


async def sign_in(database: Database, login: str, password: str, *, ip: str, user_agent: str) -> SignedIn:
    """A session for the right password; she is online from this moment.

    With a second factor the refusal `second_factor` brings the token for `sign_in_second` and what she may show.
    """
    login = login.strip().lower()[:64].replace("\x00", "")
    attempt = await _register_attempt(database, login, ip[:64])
    async with database.reading() as reader:
        record = next(iter(await reader.fetch(_FIND, login)), None)
    if not await password_fits(password, record and record[1]) or record is None:
        await failed(database, record and record[0], login, "password")
        raise Unauthenticated("wrong_credentials", _WRONG)
    person_id, stored = record
    fresh = await hash_password(password) if is_outdated(stored) else None
    async with database.transaction() as tx:
        await _succeeded(tx, attempt)
        if fresh is not None:
            await tx.execute("UPDATE staff.person SET password_hash = $2 WHERE id = $1", person_id, fresh)
        ways = await second_factors(tx, person_id)
        if not ways:
            return await enter(tx, person_id, ip, user_agent)
        token = await issue(tx, "second", person_id, ONE_TIME, login=login)
    raise Unauthenticated("second_factor", _SECOND, extra={"token": token, "ways": ways})


async def sign_in_second(
    database: Database, token: str, proof: Proof, site: Site, *, ip: str, user_agent: str
) -> SignedIn:
    """The session for somebody whose password was right, once she has shown the second factor."""
    async with database.reading() as reader:
        promised = await peek(reader, token, "second")
    if promised is None or promised.person_id is None:
        raise Unauthenticated("expired", _EXPIRED)
    await prove(database, promised.person_id, promised.data["login"], proof, site, ip)
    async with database.transaction() as tx:
        if await take(tx, token, "second") is None:
            raise Unauthenticated("expired", _EXPIRED)
        return await enter(tx, promised.person_id, ip, user_agent, second_factor=True)


async def prove(database: Database, person_id: int, login: str, proof: Proof, site: Site, ip: str) -> None:
    """Refused unless this proves, now, that she has her second factor; limited in tries like the password."""
    attempt = await _register_attempt(database, f"second factor of {login}", ip[:64])
    try:
        async with database.transaction() as tx:
            if proof.credential is not None:
                await use_passkey(tx, proof.challenge, proof.credential, site, person_id)
            elif not (await totp_fits(tx, person_id, proof.code) or await use_recovery_code(tx, person_id, proof.code)):
                raise Unauthenticated("wrong_code", WRONG_CODE)
            await _succeeded(tx, attempt)
    except Refused:
        await failed(database, person_id, login, "second_factor")
        raise


async def sign_in_with_passkey(
    database: Database, challenge: str, credential: dict[str, Any], site: Site, *, ip: str, user_agent: str
) -> SignedIn:
    """A session for the owner of a passkey."""
    attempt = await _register_attempt(database, "with a passkey", ip[:64], per_login=False)
    try:
        async with database.transaction() as tx:
            person_id = await use_passkey(tx, challenge, credential, site)
            if not await tx.value("SELECT suspended_at IS NULL FROM staff.person WHERE id = $1", person_id):
                raise Unauthenticated("passkey_refused", REFUSED_KEY)
            await _succeeded(tx, attempt)
            return await enter(tx, person_id, ip, user_agent, second_factor=True)
    except Refused:
        await failed(database, None, "", "passkey")
        raise


async def enter(tx: Tx, person_id: int, ip: str, user_agent: str, *, second_factor: bool = False) -> SignedIn:
    """The session itself; she is online."""
    session = await open_session(tx, person_id, ip, user_agent, second_factor=second_factor)
    await set_presence(tx, person_id, "online", "signed_in")
    await came(tx, person_id, second_factor=second_factor)
    return SignedIn(person_id, session.token, session.csrf)


async def second_factors(reader: Reader, person_id: int) -> list[str]:
    """What she can show besides her password: totp, passkey; none when she has set up nothing."""
    return [record[0] for record in await reader.fetch(_WAYS, person_id)]


async def confirm_password(database: Database, person_id: int, login: str, password: str, ip: str) -> None:
    """Refused unless it is her password; limited in tries as at the door."""
    attempt = await _register_attempt(database, login, ip[:64])
    async with database.reading() as reader:
        stored = await reader.value("SELECT password_hash FROM staff.person WHERE id = $1", person_id)
    if not await password_fits(password, stored):
        await failed(database, person_id, login, "confirmation")
        raise Rejected("wrong_password", _WRONG_PASSWORD, fields={"password": _WRONG_PASSWORD})
    async with database.transaction() as tx:
        await _succeeded(tx, attempt)


async def _succeeded(tx: Tx, attempt: int) -> None:
    await tx.execute("UPDATE staff.sign_in_attempt SET succeeded = true WHERE id = $1", attempt)


async def sign_out(tx: Tx, token: str) -> None:
    """The session is over, here at once and in other processes within seconds; she is offline."""
    person_id = await end_session(tx, token)
    if person_id is not None:
        await set_presence(tx, person_id, "offline", "signed_out")
        await left(tx, person_id)


async def _register_attempt(database: Database, login: str, ip: str, *, per_login: bool = True) -> int:
    """Counted as failed until it succeeds, so that tries still under way count, too."""
    async with database.transaction() as tx:
        await tx.fetch(_ONE_AT_A_TIME, [f"login:{login}", f"ip:{ip}"])
        by_login, by_ip = (
            await tx.fetch(_FAILURES, login, ip, ATTEMPTS_WINDOW, FAILURES_PER_LOGIN, FAILURES_PER_IP)
        )[0]
        at = now()
        wait = max(
            wait_before_next(by_login if per_login else (), FAILURES_PER_LOGIN, at), wait_before_next(by_ip, FAILURES_PER_IP, at)
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
