"""Signing in and out, and what somebody may change about herself."""

from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody

from playerdesk.kernel import Database, Text, Unauthenticated
from playerdesk.kernel.http import SIGNED_OUT, answer, any_staff, nothing, public
from playerdesk.staff.accounts import Welcome, set_password_by_link, welcome
from playerdesk.staff.actions import change_locale
from playerdesk.staff.middleware import CSRF_COOKIE, SESSION_COOKIE, header, session_token
from playerdesk.staff.one_time import peek
from playerdesk.staff.passkeys import Challenge, Site, start_passkey
from playerdesk.staff.preferences import Chosen, change_preferences, preferences
from playerdesk.staff.presence import set_presence
from playerdesk.staff.queries import Me, me
from playerdesk.staff.rules import State
from playerdesk.staff.sessions import authenticate, forget_session
from playerdesk.staff.sign_in import (
    Proof,
    SignedIn,
    sign_in,
    sign_in_second,
    sign_in_with_passkey,
    sign_out,
)


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody types at the door."""

    login: str
    password: str


class SecondStep(msgspec.Struct, forbid_unknown_fields=True):
    """The token the password brought, and the proof."""

    token: str
    proof: Proof


class AskChallenge(msgspec.Struct, forbid_unknown_fields=True):
    """After the password its token; none to sign in with a passkey alone."""

    token: str = ""


class SignedChallenge(msgspec.Struct, forbid_unknown_fields=True):
    """A challenge's token and what navigator.credentials made of it."""

    challenge: str
    credential: dict[str, Any]


class LinkToken(msgspec.Struct, forbid_unknown_fields=True):
    token: str


class FirstPassword(msgspec.Struct, forbid_unknown_fields=True):
    token: str
    password: str


class ChangedMe(msgspec.Struct, rename="camel", forbid_unknown_fields=True):
    """What somebody may change about herself."""

    locale: str | None = None


class ChosenPresence(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody says she is."""

    state: State


class DemoAccount(msgspec.Struct, frozen=True):
    """Somebody to sign in as on a demo desk."""

    login: str
    password: str
    name: str
    role: Text


class DemoAccounts(msgspec.Struct, frozen=True):
    """All of them; none on a real desk."""

    accounts: list[DemoAccount]


def caller_ip(request: Request[Any, Any, Any]) -> str:
    """The address of the other side, behind trusted proxies the one they tell."""
    client = request.scope.get("client")
    return client[0] if client else ""


def site_of(request: Request[Any, Any, Any]) -> Site:
    """Where this desk is in the caller's browser: the public address when the operator has set one."""
    settings = request.app.state.get("settings")
    if settings is not None and settings.base_url:
        parts = urlsplit(settings.public_url)
        return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
    host = header(request.scope, b"host")
    return Site(urlsplit(f"//{host}").hostname or "", f"{request.scope['scheme']}://{host}")


def with_cookies(request: Request[Any, Any, Any], response: Response[Any], signed_in: SignedIn) -> Response[Any]:
    """The answer, and the two cookies of the session."""
    secure = request.scope["scheme"] == "https" or bool(request.app.state.get("secure_cookies"))
    for name, value in ((SESSION_COOKIE, signed_in.token), (CSRF_COOKIE, signed_in.csrf)):
        # The page's own script reads the second one; nobody's reads the first.
        response.set_cookie(Cookie(
            name, path="/", value=value, httponly=name == SESSION_COOKIE, samesite="lax", secure=secure
        ))
    return response


async def _arrived(request: Request[Any, Any, Any], database: Database, signed_in: SignedIn) -> Response[Me]:
    agent = await authenticate(database, signed_in.token)
    if agent is None:
        raise Unauthenticated("signed_out", SIGNED_OUT)
    async with database.reading() as reader:
        return with_cookies(request, answer(await me(reader, agent)), signed_in)


@post("/agent/v1/sign-in", guards=[public], status_code=200)
async def enter(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[Credentials]
) -> Response[Me]:
    """Sign in; the answer sets the two cookies. 401 `second_factor` asks for one at /sign-in/second."""
    signed_in = await sign_in(
        database, data.login, data.password, ip=caller_ip(request), user_agent=header(request.scope, b"user-agent")
    )
    return await _arrived(request, database, signed_in)


@post("/agent/v1/sign-in/second", guards=[public], status_code=200)
async def enter_second(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[SecondStep]
) -> Response[Me]:
    """The second factor after the password."""
    signed_in = await sign_in_second(
        database, data.token, data.proof, site_of(request), ip=caller_ip(request),
        user_agent=header(request.scope, b"user-agent"),
    )
    return await _arrived(request, database, signed_in)


@post("/agent/v1/sign-in/passkey/challenge", guards=[public], status_code=200)
async def passkey_challenge(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[AskChallenge]
) -> Response[Challenge]:
    """What a passkey has to sign: anybody's, or after the password hers."""
    async with database.transaction() as tx:
        promised = await peek(tx, data.token, "second") if data.token else None
        return answer(await start_passkey(tx, promised and promised.person_id, site_of(request)))


@post("/agent/v1/sign-in/passkey", guards=[public], status_code=200)
async def enter_with_passkey(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[SignedChallenge]
) -> Response[Me]:
    """Sign in with a passkey alone."""
    signed_in = await sign_in_with_passkey(
        database, data.challenge, data.credential, site_of(request), ip=caller_ip(request),
        user_agent=header(request.scope, b"user-agent"),
    )
    return await _arrived(request, database, signed_in)


@post("/agent/v1/welcome", guards=[public], status_code=200)
async def greet(database: NamedDependency[Database], data: JSONBody[LinkToken]) -> Response[Welcome]:
    """Whom a link is for."""
    async with database.reading() as reader:
        return answer(await welcome(reader, data.token))


@post("/agent/v1/welcome/password", guards=[public], status_code=200)
async def set_own_password(database: NamedDependency[Database], data: JSONBody[FirstPassword]) -> Response[Welcome]:
    """Set the password the link is for; once."""
    async with database.transaction() as tx:
        return answer(await set_password_by_link(tx, data.token, data.password))


@post("/agent/v1/sign-out", guards=[any_staff])
async def leave(database: NamedDependency[Database], request: Request[Any, Any, Any]) -> Response[None]:
    """Sign out; the session is deleted, not only forgotten by the browser."""
    async with database.transaction() as tx:
        await sign_out(tx, session_token(request.scope))
    response = nothing()
    response.delete_cookie(SESSION_COOKIE, path="/")
    response.delete_cookie(CSRF_COOKIE, path="/")
    return response


@get("/agent/v1/me", guards=[any_staff])
async def who_am_i(database: NamedDependency[Database], request: Request[Any, Any, Any]) -> Response[Me]:
    """The signed-in person."""
    async with database.reading() as reader:
        return answer(await me(reader, request.scope["user"]))


@patch("/agent/v1/me", guards=[any_staff])
async def change_me(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[ChangedMe]
) -> Response[Me]:
    """Change the language of the workspace."""
    agent = request.scope["user"]
    async with database.transaction() as tx:
        if data.locale is not None:
            await change_locale(tx, agent.id, data.locale)
            forget_session(tx, session_token(request.scope))
        return answer(await me(tx, agent))


@put("/agent/v1/me/presence", guards=[any_staff])
async def choose_presence(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[ChosenPresence]
) -> Response[Me]:
    """Say whether I am here for work."""
    agent = request.scope["user"]
    async with database.transaction() as tx:
        await set_presence(tx, agent.id, data.state)
        return answer(await me(tx, agent))


@get("/agent/v1/me/preferences", guards=[any_staff])
async def my_preferences(database: NamedDependency[Database], request: Request[Any, Any, Any]) -> Response[Chosen]:
    """What I chose, and the default of everything else."""
    async with database.reading() as reader:
        return answer(await preferences(reader, request.scope["user"].id))


@patch("/agent/v1/me/preferences", guards=[any_staff])
async def change_my_preferences(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]
) -> Response[Chosen]:
    """Change some of the fields that reading them answers; null brings back the default. Sending it twice is sending it once."""
    async with database.transaction() as tx:
        return answer(await change_preferences(tx, request.scope["user"].id, data))


@get("/agent/v1/demo-accounts", guards=[public])
async def demo_accounts(request: Request[Any, Any, Any]) -> Response[DemoAccounts]:
    """The accounts printed beside the sign-in page of a demo; empty on a real desk."""
    return answer({"accounts": list(request.app.state.get("demo_accounts") or [])})


ROUTES: list[Any] = [
    enter, enter_second, passkey_challenge, enter_with_passkey, greet, set_own_password, leave, who_am_i,
    change_me, choose_presence,
    demo_accounts, my_preferences, change_my_preferences,
]
