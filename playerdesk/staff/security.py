"""How somebody signs in, changed by herself: second factors, passkeys, password, sessions."""

from typing import Any

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Text, Tx
from playerdesk.staff import totp
from playerdesk.staff.accounts import change_password
from playerdesk.staff.passkeys import Passkey, Site, finish_registration, passkeys_of, remove_passkey
from playerdesk.staff.roles import grants_of
from playerdesk.staff.rules import Agent
from playerdesk.staff.sessions import OpenSession, confirm_session, end_sessions, is_confirmed, sessions_of
from playerdesk.staff.sign_in import Proof, confirm_password, prove, second_factors


class Security(msgspec.Struct, frozen=True, rename="camel"):
    """Everything about how she signs in."""

    has_password: bool
    totp: bool
    recovery_codes_left: int
    passkeys: list[Passkey]
    company_account: bool
    two_factors_required: bool
    sessions: list[OpenSession]
    this_session: int


CONFIRM_FIRST = Text(zh="这项更改需要先确认是你本人。", en="Confirm that it is you before you change this.")
_NOT_THERE = Text(zh="已经不在了，请刷新。", en="It is gone already. Reload the page.")


async def security_of(reader: Reader, agent: Agent) -> Security:
    """What her page shows."""
    facts = (await reader.fetch(
        "SELECT password_hash <> '!',"
        " EXISTS (SELECT FROM staff.totp WHERE person_id = $1 AND confirmed_at IS NOT NULL),"
        " (SELECT count(*)::int FROM staff.recovery_code WHERE person_id = $1 AND used_at IS NULL),"
        " EXISTS (SELECT FROM staff.external_account WHERE person_id = $1) FROM staff.person WHERE id = $1", agent.id,
    ))[0]
    return Security(
        facts[0], facts[1], facts[2], await passkeys_of(reader, agent.id), facts[3],
        (await grants_of(reader, agent.roles)).two_factors, await sessions_of(reader, agent.id), agent.session_id,
    )


async def login_of(reader: Reader, agent: Agent) -> str:
    return await reader.value("SELECT login FROM staff.person WHERE id = $1", agent.id)


async def confirm(database: Database, agent: Agent, password: str, proof: Proof, site: Site, ip: str) -> None:
    """She proves who she is: with her second factor when she has one, else with her password."""
    async with database.reading() as reader:
        login, ways = await login_of(reader, agent), await second_factors(reader, agent.id)
    if ways:
        await prove(database, agent.id, login, proof, site, ip)
    else:
        await confirm_password(database, agent.id, login, password, ip)
    async with database.transaction() as tx:
        await confirm_session(tx, agent.session_id, second_factor=bool(ways))


async def demand_confirmed(reader: Reader, agent: Agent) -> None:
    """Refused with `confirm_first` when it is a while since she proved who she is."""
    if agent.must == "prove" or not await is_confirmed(reader, agent.session_id):
        raise Forbidden("confirm_first", CONFIRM_FIRST, extra={"ways": await second_factors(reader, agent.id)})


async def add_totp(tx: Tx, agent: Agent, code: str) -> list[str]:
    """Her authenticator is asked for from now on; the recovery codes."""
    await demand_confirmed(tx, agent)
    codes = await totp.confirm_totp(tx, agent.id, code)
    await confirm_session(tx, agent.session_id, second_factor=True)
    await _trace(tx, agent, "totp.added")
    return codes


async def drop_totp(tx: Tx, agent: Agent) -> None:
    """It is not asked for any more."""
    await demand_confirmed(tx, agent)
    if not await totp.remove_totp(tx, agent.id):
        raise NotFound("no_totp", _NOT_THERE)
    await _trace(tx, agent, "totp.removed")


async def renew_codes(tx: Tx, agent: Agent) -> list[str]:
    """New recovery codes, the old ones void."""
    await demand_confirmed(tx, agent)
    if "totp" not in await second_factors(tx, agent.id):
        raise NotFound("no_totp", _NOT_THERE)
    await _trace(tx, agent, "recovery_codes.renewed")
    return await totp.new_recovery_codes(tx, agent.id)


async def add_passkey(tx: Tx, agent: Agent, token: str, credential: dict[str, Any], name: str, site: Site) -> None:
    """One more passkey of hers."""
    await demand_confirmed(tx, agent)
    added = await finish_registration(tx, agent.id, token, credential, name, site)
    await confirm_session(tx, agent.session_id, second_factor=True)
    await _trace(tx, agent, "passkey.added", {"id": added, "name": name})


async def drop_passkey(tx: Tx, agent: Agent, passkey_id: int) -> None:
    """One is not accepted any more."""
    await demand_confirmed(tx, agent)
    name = await remove_passkey(tx, agent.id, passkey_id)
    if name is None:
        raise NotFound("no_passkey", _NOT_THERE)
    await _trace(tx, agent, "passkey.removed", {"id": passkey_id, "name": name})


async def new_password(database: Database, agent: Agent, old: str, new: str, ip: str) -> None:
    """Asks the old one; her other sessions are over."""
    async with database.reading() as reader:
        login = await login_of(reader, agent)
    await confirm_password(database, agent.id, login, old, ip)
    async with database.transaction() as tx:
        await change_password(tx, agent, new)


async def drop_sessions(tx: Tx, agent: Agent, session_id: int | None) -> None:
    """One of her sessions is over, or all but this one."""
    ended = await end_sessions(tx, agent.id, only=session_id, but=None if session_id else agent.session_id)
    if session_id is not None and not ended:
        raise NotFound("no_session", _NOT_THERE)
    await _trace(tx, agent, "session.ended", {"sessions": ended})


async def _trace(tx: Tx, agent: Agent, action: str, after: Any = None) -> None:
    await record(tx, Trace(actor_id=agent.id, action=action, kind="person", object_id=str(agent.id), after=after))
