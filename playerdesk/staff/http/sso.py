"""Single sign-on as the browser walks it: out to the company's provider, and back."""

import secrets
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect

from playerdesk.kernel import Database, Refused
from playerdesk.kernel.http import answer, public
from playerdesk.staff.accounts import account_of
from playerdesk.staff.http.door import caller_ip, site_of, with_cookies
from playerdesk.staff.middleware import header
from playerdesk.staff.sign_in import enter
from playerdesk.staff.single_sign_on import Provider

Caller = Request[Any, Any, Any]
COOKIE = "playerdesk_sso"
CALLBACK = "/agent/v1/sign-in/oidc/callback"


class Ways(msgspec.Struct, frozen=True):
    """What the sign-in page offers besides the password."""

    sso: str | None
    """The name of the company's sign-in."""


def provider_of(request: Caller) -> Provider | None:
    """The provider of the settings, one a process."""
    settings = request.app.state.get("settings")
    if settings is None or not settings.oidc_issuer:
        return None
    found = request.app.state.get("oidc_provider")
    if found is None:
        found = request.app.state.oidc_provider = Provider(settings)
    return found


@get("/agent/v1/sign-in/ways", guards=[public])
async def ways(request: Caller) -> Response[Ways]:
    """The company's sign-in, when there is one."""
    return answer(Ways(request.app.state.settings.oidc_name if provider_of(request) else None))


@get("/agent/v1/sign-in/oidc", guards=[public])
async def go_to_provider(
    request: Caller, database: NamedDependency[Database], following: FromQuery[str] = "/"
) -> Redirect:
    """Off to the company's sign-in; a cookie ties the way back to this browser."""
    provider = provider_of(request)
    if provider is None:
        return Redirect("/sign-in", status_code=302)
    # Only addresses of this desk; never "//elsewhere".
    inside = following if following.startswith("/") and not following.startswith(("//", "/\\")) else "/"
    try:
        async with database.transaction() as tx:
            promise = await provider.begin(tx, site_of(request).origin + CALLBACK, inside)
    except Refused as refusal:
        return _back(refusal)
    response = Redirect(promise.address, status_code=302)
    response.set_cookie(Cookie(
        COOKIE, path=CALLBACK, value=promise.state, httponly=True, samesite="lax", max_age=600,
        secure=request.scope["scheme"] == "https" or bool(request.app.state.get("secure_cookies")),
    ))
    return response


@get(CALLBACK, guards=[public])
async def come_back(
    request: Caller, database: NamedDependency[Database], code: FromQuery[str] = "", returned: FromQuery[str] = ""
) -> Redirect:
    """Back from there: a session for whoever the provider says it is."""
    provider = provider_of(request)
    state = request.query_params.get("state", returned)
    morsel = SimpleCookie(header(request.scope, b"cookie")).get(COOKIE)
    if provider is None or not code or not state or morsel is None or not secrets.compare_digest(morsel.value, state):
        return _back(None)
    settings = request.app.state.settings
    try:
        async with database.transaction() as tx:
            claims = await provider.finish(tx, state, code)
            person_id = await account_of(tx, claims, settings.oidc_role if settings.oidc_create else None)
            signed_in = await enter(
                tx, person_id, caller_ip(request), header(request.scope, b"user-agent"), second_factor=claims.strong
            )
    except Refused as refusal:
        return _back(refusal)
    response = Redirect(claims.next, status_code=302)
    response.delete_cookie(COOKIE, path=CALLBACK)
    with_cookies(request, response, signed_in)
    return response


def _back(refusal: Refused | None) -> Redirect:
    """To the sign-in page, which says why."""
    return Redirect(f"/sign-in?{urlencode({'problem': refusal.code if refusal else 'sso_state'})}", status_code=302)


ROUTES: list[Any] = [ways, go_to_provider, come_back]
