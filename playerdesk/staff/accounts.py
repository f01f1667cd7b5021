"""Accounts: invited by a link, suspended and taken back, given a new password, linked to the company's sign-in."""

import re
from typing import LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Forbidden, NotFound, Reader, Text, Tx
from playerdesk.staff.authority import demand_another_admin, demand_other, demand_over
from playerdesk.staff.events import PersonChanged
from playerdesk.staff.one_time import forget_tokens, issue, peek, take
from playerdesk.staff.password_rules import refuse_weak
from playerdesk.staff.passwords import hash_password
from playerdesk.staff.presence import set_presence
from playerdesk.staff.rules import INVITED, Agent
from playerdesk.staff.sessions import end_sessions, forget_sessions
from playerdesk.staff.single_sign_on import Claims
from playerdesk.staff.totp import remove_totp


class Welcome(msgspec.Struct, frozen=True):
    """Whom a link is for, and whether it is her first."""

    login: str
    name: str
    kind: str


DEAD_LINK = Text(
    zh="链接已用过或已过期。请向管理员要一个新的。", en="This link was used or has expired. Ask your administrator for a new one."
)
_UNKNOWN = Text(
    zh="公司账号还没有对应的客服账号。请管理员先添加你，并填上公司邮箱。",
    en="Your company account has no account here yet. Ask an administrator to add you with your company e-mail.",
)
_SUSPENDED = Text(zh="你的账号已停用，请联系管理员。", en="Your account is suspended. Ask your administrator.")

_LINKED: LiteralString = """
    SELECT p.id, p.suspended_at IS NOT NULL FROM staff.external_account a JOIN staff.person p ON p.id = a.person_id
    WHERE a.issuer = $1 AND a.subject = $2
"""
# One subject a person and provider: an address that moved to somebody else does not open the old account.
_BY_EMAIL: LiteralString = """
    SELECT p.id, p.suspended_at IS NOT NULL FROM staff.person p WHERE lower(p.email) = $2
        AND NOT EXISTS (SELECT FROM staff.external_account a WHERE a.person_id = p.id AND a.issuer = $1)
    FOR UPDATE
"""
_CREATE: LiteralString = """
    WITH person AS (
        INSERT INTO staff.person (login, name, password_hash, roles, email) VALUES ($1, $2, '!', ARRAY[$3::text], $4)
        ON CONFLICT DO NOTHING RETURNING id
    ), presence AS (
        INSERT INTO staff.presence (person_id) SELECT id FROM person
    )
    SELECT id FROM person
"""


async def make_link(tx: Tx, agent: Agent, person_id: int) -> str:
    """A link by which she sets her password, once; an older one is dead. Answers its token."""
    await demand_over(tx, agent, person_id)
    await forget_tokens(tx, person_id, "invite", "reset")
    invited = await tx.value("SELECT password_hash = '!' FROM staff.person WHERE id = $1", person_id)
    token = await issue(tx, "invite" if invited else "reset", person_id, INVITED)
    await record(tx, Trace(
        actor_id=agent.id, action="person.invited" if invited else "person.reset", kind="person", object_id=str(person_id)
    ))
    return token


async def welcome(reader: Reader, token: str) -> Welcome:
    """Who is greeted by this link."""
    promised = await peek(reader, token, "invite", "reset")
    records = [] if promised is None else await reader.fetch(
        "SELECT login, name FROM staff.person WHERE id = $1 AND suspended_at IS NULL", promised.person_id
    )
    if promised is None or not records:
        raise NotFound("dead_link", DEAD_LINK)
    return Welcome(records[0][0], records[0][1], promised.kind)


async def set_password_by_link(tx: Tx, token: str, password: str) -> Welcome:
    """Her password from now on; wherever she was signed in she is not any more."""
    greeted = await welcome(tx, token)
    refuse_weak(password, greeted.login, greeted.name)
    promised = await take(tx, token, "invite", "reset")
    if promised is None or promised.person_id is None:
        raise NotFound("dead_link", DEAD_LINK)
    await _set_password(tx, promised.person_id, password)
    await end_sessions(tx, promised.person_id)
    await record(tx, Trace(
        actor_id=promised.person_id, action="password.set", kind="person", object_id=str(promised.person_id)
    ))
    return greeted


async def change_password(tx: Tx, agent: Agent, password: str) -> None:
    """Her own, once she has proved the old one; her other sessions are over."""
    login, name = (await tx.fetch("SELECT login, name FROM staff.person WHERE id = $1", agent.id))[0]
    refuse_weak(password, login, name)
    await _set_password(tx, agent.id, password)
    await end_sessions(tx, agent.id, but=agent.session_id)
    await record(tx, Trace(actor_id=agent.id, action="password.changed", kind="person", object_id=str(agent.id)))


async def _set_password(tx: Tx, person_id: int, password: str) -> None:
    await forget_tokens(tx, person_id, "invite", "reset", "second")
    await tx.execute("UPDATE staff.person SET password_hash = $2 WHERE id = $1", person_id, await hash_password(password))


async def suspend(tx: Tx, agent: Agent, person_id: int) -> None:
    """She comes in no more and her sessions are over; her work is the caller's to hand over in the same transaction."""
    demand_other(agent, person_id)
    await demand_over(tx, agent, person_id)
    await demand_another_admin(tx, person_id)
    if not await tx.execute("UPDATE staff.person SET suspended_at = now() WHERE id = $1 AND suspended_at IS NULL", person_id):
        return
    await end_sessions(tx, person_id)
    await forget_tokens(tx, person_id, "invite", "reset", "second", "passkey")
    await set_presence(tx, person_id, "offline", "signed_out")
    await record(tx, Trace(actor_id=agent.id, action="person.suspended", kind="person", object_id=str(person_id)))
    await tx.emit(PersonChanged(person_id=person_id))


async def reactivate(tx: Tx, agent: Agent, person_id: int) -> None:
    """She may sign in again, as what she was."""
    await demand_over(tx, agent, person_id)
    if await tx.execute("UPDATE staff.person SET suspended_at = NULL WHERE id = $1 AND suspended_at IS NOT NULL", person_id):
        await record(tx, Trace(actor_id=agent.id, action="person.reactivated", kind="person", object_id=str(person_id)))
        await tx.emit(PersonChanged(person_id=person_id))


async def forget_factors(tx: Tx, agent: Agent, person_id: int) -> None:
    """She has lost her phone: no second factor until she sets one up again; her sessions are over."""
    await demand_over(tx, agent, person_id)
    await remove_totp(tx, person_id)
    await tx.execute("DELETE FROM staff.passkey WHERE person_id = $1", person_id)
    await end_sessions(tx, person_id)
    await record(tx, Trace(actor_id=agent.id, action="person.factors_removed", kind="person", object_id=str(person_id)))


async def account_of(tx: Tx, claims: Claims, new_role: str | None) -> int:
    """Whose account this is: linked before, found by her verified address, or made with `new_role` when there may be one."""
    records = await tx.fetch(_LINKED, claims.issuer, claims.subject)
    linked = bool(records)
    if not records and claims.email:
        records = await tx.fetch(_BY_EMAIL, claims.issuer, claims.email)
    if not records and new_role:
        return await _made(tx, claims, new_role)
    if not records:
        raise Forbidden("sso_unknown", _UNKNOWN)
    person_id, suspended = records[0]
    if suspended:
        raise Forbidden("suspended", _SUSPENDED)
    if not linked:
        await _link(tx, claims, person_id, "account.linked")
    return person_id


async def _made(tx: Tx, claims: Claims, role: str) -> int:
    login = re.sub(r"[^a-z0-9._@-]", "", claims.username.lower())[:64]
    if not re.match(r"[a-z0-9]", login):
        raise Forbidden("sso_unknown", _UNKNOWN)
    person_id = await tx.value(_CREATE, login, claims.name[:80], role, claims.email)
    if person_id is None:  # the login is somebody else's
        raise Forbidden("sso_unknown", _UNKNOWN)
    await _link(tx, claims, person_id, "person.created")
    await tx.emit(PersonChanged(person_id=person_id))
    forget_sessions(tx)
    return person_id


async def _link(tx: Tx, claims: Claims, person_id: int, action: str) -> None:
    await tx.execute(
        "INSERT INTO staff.external_account (issuer, subject, person_id) VALUES ($1, $2, $3)",
        claims.issuer, claims.subject, person_id,
    )
    await record(tx, Trace(
        actor_id=person_id, action=action, kind="person", object_id=str(person_id),
        after={"issuer": claims.issuer, "subject": claims.subject, "email": claims.email},
    ))
