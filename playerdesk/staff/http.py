"""Signing in and out, and what somebody may change about herself."""

from typing import Any

import msgspec
from litestar import Request, Response, get, patch, post, put
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import JSONBody

from playerdesk.kernel import Database, Text
from playerdesk.kernel.http import answer, any_staff, nothing, public
from playerdesk.staff.actions import change_locale
from playerdesk.staff.middleware import CSRF_COOKIE, SESSION_COOKIE, header, session_token
from playerdesk.staff.preferences import Chosen, change_preferences, preferences
from playerdesk.staff.presence import set_presence
from playerdesk.staff.queries import Me, me
from playerdesk.staff.rules import State
from playerdesk.staff.sessions import forget_session
from playerdesk.staff.sign_in import sign_in, sign_out


class Credentials(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody types at the door."""

    login: str
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


@post("/agent/v1/sign-in", guards=[public], status_code=200)
async def enter(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[Credentials]
) -> Response[Me]:
    """Sign in; the answer sets the two cookies."""
    client = request.scope.get("client")
    signed_in = await sign_in(
        database, data.login, data.password,
        ip=client[0] if client else "", user_agent=header(request.scope, b"user-agent"),
    )
    async with database.reading() as reader:
        response = answer(await me(reader, signed_in.person_id))
    secure = request.scope["scheme"] == "https" or bool(request.app.state.get("secure_cookies"))
    for name, value in ((SESSION_COOKIE, signed_in.token), (CSRF_COOKIE, signed_in.csrf)):
        # The page's own script reads the second one; nobody's reads the first.
        response.set_cookie(Cookie(
            name, path="/", value=value, httponly=name == SESSION_COOKIE, samesite="lax", secure=secure
        ))
    return response


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
        return answer(await me(reader, request.scope["user"].id))


@patch("/agent/v1/me", guards=[any_staff])
async def change_me(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[ChangedMe]
) -> Response[Me]:
    """Change the language of the workspace."""
    person_id = request.scope["user"].id
    async with database.transaction() as tx:
        if data.locale is not None:
            await change_locale(tx, person_id, data.locale)
            forget_session(tx, session_token(request.scope))
        return answer(await me(tx, person_id))


@put("/agent/v1/me/presence", guards=[any_staff])
async def choose_presence(
    database: NamedDependency[Database], request: Request[Any, Any, Any], data: JSONBody[ChosenPresence]
) -> Response[Me]:
    """Say whether I am here for work."""
    person_id = request.scope["user"].id
    async with database.transaction() as tx:
        await set_presence(tx, person_id, data.state)
        return answer(await me(tx, person_id))


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


ROUTES: list[Any] = [enter, leave, who_am_i, change_me, choose_presence, demo_accounts, my_preferences, change_my_preferences]
