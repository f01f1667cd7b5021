"""What somebody changes about how she signs in."""

from typing import Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database
from playerdesk.kernel.http import answer, any_staff, nothing
from playerdesk.staff import security
from playerdesk.staff.http.door import caller_ip, site_of
from playerdesk.staff.passkeys import Challenge, start_passkey, start_registration
from playerdesk.staff.sign_in import Proof
from playerdesk.staff.totp import Enrolment, start_totp

Caller = Request[Any, Any, Any]


class Confirmation(msgspec.Struct, forbid_unknown_fields=True):
    """The password, or for those who have one the second factor."""

    password: str = ""
    proof: Proof = Proof()


class Code(msgspec.Struct, forbid_unknown_fields=True):
    code: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Shown this once."""

    codes: list[str]


class NewPasskey(msgspec.Struct, forbid_unknown_fields=True):
    challenge: str
    credential: dict[str, Any]
    name: str = ""


class NewPassword(msgspec.Struct, forbid_unknown_fields=True):
    old: str
    new: str


@get("/agent/v1/me/security", guards=[any_staff])
async def show_security(request: Caller, database: NamedDependency[Database]) -> Response[security.Security]:
    """Factors, passkeys and sessions of the caller."""
    async with database.reading() as reader:
        return answer(await security.security_of(reader, request.user))


@post("/agent/v1/me/confirm", guards=[any_staff])
async def confirm(request: Caller, database: NamedDependency[Database], data: JSONBody[Confirmation]) -> Response[None]:
    """Prove who I am, before a change or because my role demands two factors."""
    await security.confirm(database, request.user, data.password, data.proof, site_of(request), caller_ip(request))
    return nothing()


@post("/agent/v1/me/challenge", guards=[any_staff], status_code=200)
async def own_challenge(request: Caller, database: NamedDependency[Database]) -> Response[Challenge]:
    """What one of my passkeys has to sign to prove who I am."""
    async with database.transaction() as tx:
        return answer(await start_passkey(tx, request.user.id, site_of(request)))


@post("/agent/v1/me/totp", guards=[any_staff], status_code=200)
async def begin_totp(request: Caller, database: NamedDependency[Database]) -> Response[Enrolment]:
    """A secret for an authenticator app."""
    async with database.transaction() as tx:
        await security.demand_confirmed(tx, request.user)
        return answer(await start_totp(tx, request.user.id, await security.login_of(tx, request.user)))


@post("/agent/v1/me/totp/confirm", guards=[any_staff], status_code=200)
async def confirm_totp(
    request: Caller, database: NamedDependency[Database], data: JSONBody[Code]
) -> Response[RecoveryCodes]:
    """The app shows this code; the recovery codes come back."""
    async with database.transaction() as tx:
        return answer(RecoveryCodes(await security.add_totp(tx, request.user, data.code)))


@delete("/agent/v1/me/totp", guards=[any_staff])
async def remove_totp(request: Caller, database: NamedDependency[Database]) -> None:
    """Stop asking for the app."""
    async with database.transaction() as tx:
        await security.drop_totp(tx, request.user)


@post("/agent/v1/me/recovery-codes", guards=[any_staff], status_code=200)
async def renew_codes(request: Caller, database: NamedDependency[Database]) -> Response[RecoveryCodes]:
    """Ten new recovery codes."""
    async with database.transaction() as tx:
        return answer(RecoveryCodes(await security.renew_codes(tx, request.user)))


@post("/agent/v1/me/passkeys/challenge", guards=[any_staff], status_code=200)
async def begin_passkey(request: Caller, database: NamedDependency[Database]) -> Response[Challenge]:
    """What the browser needs to make a passkey."""
    agent = request.user
    async with database.transaction() as tx:
        await security.demand_confirmed(tx, agent)
        login = await security.login_of(tx, agent)
        return answer(await start_registration(tx, agent.id, login, agent.name, site_of(request)))


@post("/agent/v1/me/passkeys", guards=[any_staff])
async def add_passkey(
    request: Caller, database: NamedDependency[Database], data: JSONBody[NewPasskey]
) -> Response[None]:
    """Register it."""
    async with database.transaction() as tx:
        await security.add_passkey(tx, request.user, data.challenge, data.credential, data.name, site_of(request))
    return nothing()


@delete("/agent/v1/me/passkeys/{passkey_id:int}", guards=[any_staff])
async def remove_passkey(
    request: Caller, database: NamedDependency[Database], passkey_id: FromPath[int]
) -> None:
    """One is not accepted any more."""
    async with database.transaction() as tx:
        await security.drop_passkey(tx, request.user, passkey_id)


@delete("/agent/v1/me/sessions/{session_id:int}", guards=[any_staff])
async def end_session(
    request: Caller, database: NamedDependency[Database], session_id: FromPath[int]
) -> None:
    """Sign out one of my sessions."""
    async with database.transaction() as tx:
        await security.drop_sessions(tx, request.user, session_id)


@delete("/agent/v1/me/sessions", guards=[any_staff])
async def end_other_sessions(request: Caller, database: NamedDependency[Database]) -> None:
    """Sign out everywhere but here."""
    async with database.transaction() as tx:
        await security.drop_sessions(tx, request.user, None)


@put("/agent/v1/me/password", guards=[any_staff])
async def change_password(
    request: Caller, database: NamedDependency[Database], data: JSONBody[NewPassword]
) -> Response[None]:
    """Choose a new password; asks the old one, ends my other sessions."""
    await security.new_password(database, request.user, data.old, data.new, caller_ip(request))
    return nothing()


ROUTES: list[Any] = [
    show_security, confirm, own_challenge, begin_totp, confirm_totp, remove_totp, renew_codes, begin_passkey, add_passkey,
    remove_passkey, end_session, end_other_sessions, change_password,
]
