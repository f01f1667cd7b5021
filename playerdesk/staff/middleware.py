"""Who is calling /agent/: a session cookie, and for every change the proof that our own page asked."""

import hmac
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from playerdesk.kernel import Database, Forbidden, Text
from playerdesk.staff.sessions import find_session

SESSION_COOKIE = "playerdesk_session"
CSRF_COOKIE = "playerdesk_csrf"
SIGN_IN = "/agent/v1/sign-in"

_FOREIGN = Text(
    zh="请求不是从本站页面发出的，已拒绝。请刷新页面后重试。",
    en="This request did not come from our own page. Reload the page and try again.",
)


def header(scope: Any, name: bytes) -> str:
    """A request header as text, empty when absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def session_token(scope: Any) -> str:
    """The session cookie of a request or socket, empty when absent."""
    try:
        morsel = SimpleCookie(header(scope, b"cookie")).get(SESSION_COOKIE)
    except CookieError:
        return ""
    return "" if morsel is None else morsel.value


def is_our_page(scope: Any) -> bool:
    """Whether the Origin, when the browser names one, is the host that was asked."""
    origin = header(scope, b"origin")
    return not origin or urlsplit(origin).netloc.lower() == header(scope, b"host").lower()


class StaffSession:
    """ASGI middleware: sets scope["user"] to an Agent for paths under /agent/."""

    def __init__(self, app: Any, database: Callable[[], Database]) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in {"http", "websocket"} and scope["path"].startswith("/agent/"):
            await self._admit(scope)
        await self.app(scope, receive, send)

    async def _admit(self, scope: Any) -> None:
        # A socket is opened by GET and carries the cookie from any page; only its Origin tells ours.
        is_change = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD", "OPTIONS"}
        if is_change and not is_our_page(scope):
            raise Forbidden("foreign_page", _FOREIGN)
        token = session_token(scope)
        if not token or scope["path"] == SIGN_IN:
            return
        session = await find_session(self.database(), token)
        if session is None:
            return
        if is_change and scope["type"] == "http":
            shown = header(scope, b"x-csrf-token")
            if not hmac.compare_digest(shown.encode(), session.csrf.encode()):
                raise Forbidden("csrf", _FOREIGN)
        scope["user"] = session.agent
