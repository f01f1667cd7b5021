"""What every route shares: who may call it, how a refusal is answered, how rows become bytes."""

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
from litestar import MediaType, Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers.base import BaseRouteHandler

from playerdesk.kernel.database import CONNECTION_LOST, NO_ROOM, RESTARTING, is_out_of_room
from playerdesk.kernel.encoding import encode
from playerdesk.kernel.errors import Forbidden, Refused, Rejected, Text, TooLarge, Unauthenticated
from playerdesk.kernel.origin import request_id
from playerdesk.kernel.unfit import UNFIT, is_unfit

log = structlog.get_logger("http")

Guard = Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Awaitable[None]]

SIGNED_OUT = Text(zh="登录已失效，请重新登录。", en="You are signed out. Please sign in again.")
NOT_YOURS = Text(zh="你没有这项操作的权限。", en="You do not have permission to do this.")


def new_request_id() -> str:
    return secrets.token_hex(8)


class Access:
    """A guard that says who may call a route. Routes without one fail a start-up test."""

    def __init__(self, kind: str, permission: str | None = None) -> None:
        self.kind = kind
        self.permission = permission

    async def __call__(self, connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        # A coroutine though it awaits nothing: the framework sends plain functions to a thread, request by request.
        if self.kind == "public":
            return
        caller: Any = connection.scope.get("user")
        if caller is None or caller.kind != self.kind:
            raise Unauthenticated("signed_out", SIGNED_OUT)
        if self.permission is not None and self.permission not in caller.permissions:
            raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": self.permission})


def may(permission: str) -> Access:
    """For staff who hold this permission."""
    return Access("staff", permission)


any_staff = Access("staff")
"""For everybody who has signed in to the workspace."""

open_to_players = Access("player")
"""For players with a token signed by their game."""

open_to_games = Access("game")
"""For a game's back end."""

public = Access("public")
"""For everybody; says so on purpose."""


def answer(value: Any, status: int = 200) -> Response[Any]:
    """Any row or dict as JSON, encoded once by the shared encoder.

    Handlers say `Response[Shape]` so that the OpenAPI document knows the shape; what travels is bytes.
    """
    return Response(encode(value), status_code=status, media_type=MediaType.JSON)


def nothing() -> Response[None]:
    """204: done, and there is nothing to say."""
    return Response(None, status_code=204)


def language_of(scope: Any) -> str:
    """The caller's language from Accept-Language; Chinese unless English is asked for first."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            return "en" if value[:2].lower() == b"en" else "zh"
    return "zh"


def _body(code: str, message: str, language_fields: dict[str, str], extra: Any) -> bytes:
    return encode({
        "error": {
            "code": code, "message": message, "fields": language_fields,
            "requestId": request_id.get(), **extra,
        }
    })


def refuse(request: Request[Any, Any, Any], refusal: Refused) -> Response[bytes]:
    """A refusal as an answer, in the caller's language."""
    language = language_of(request.scope)
    fields = {name: text.pick(language) for name, text in refusal.fields.items()}
    return Response(
        _body(refusal.code, refusal.message.pick(language), fields, refusal.extra),
        status_code=refusal.status,
        media_type=MediaType.JSON,
    )


_STATUS_TEXT = {
    400: ("bad_request", Text(zh="请求的格式不正确，请检查后重试。", en="The request is malformed. Please check it.")),
    404: ("not_found", Text(zh="没有找到这个地址。", en="There is nothing at this address.")),
    405: ("wrong_method", Text(zh="此地址不支持这种操作。", en="This address does not take that method.")),
    413: ("too_large", Text(zh="发送的内容太大。", en="What you sent is too large.")),
}

_BUG = Text(
    zh="系统出现了意外错误，我们已记录。请重试；若仍有问题，请把编号告诉管理员。",
    en="Something went wrong on our side and was recorded. Try again; if it persists, give the id to your administrator.",
)


def refuse_http(request: Request[Any, Any, Any], failure: HTTPException) -> Response[bytes]:
    """The framework's own complaints, reworded for a person; field problems keep their place."""
    language = language_of(request.scope)
    fields: dict[str, str] = {}
    status = failure.status_code
    code, text = _STATUS_TEXT.get(status, _STATUS_TEXT[400])
    if isinstance(failure, ValidationException) or status == 400:
        status, code = 422, "invalid"
        for item in failure.extra if isinstance(failure.extra, list) else []:
            fields[str(item.get("key", "body"))] = str(item.get("message", ""))
        if not fields:
            fields["body"] = failure.detail
    if status == 413:
        return refuse(request, TooLarge("too_large", text))
    return Response(
        _body(code, text.pick(language), fields, {}), status_code=status, media_type=MediaType.JSON
    )


def refuse_bug(request: Request[Any, Any, Any], failure: Exception) -> Response[bytes]:
    """Anything else: the trace goes to the log, the id to the caller."""
    language = language_of(request.scope)
    if isinstance(failure, CONNECTION_LOST):
        log.warning("database not reachable", error=repr(failure))
        return Response(
            _body("recovering", RESTARTING.pick(language), {}, {}),
            status_code=503, media_type=MediaType.JSON, headers={"Retry-After": "1"},
        )
    if is_out_of_room(failure):
        log.error("the disk is full: make room, and delete nothing inside the folder postgres", path=request.scope["path"])
        return Response(
            _body("no_room", NO_ROOM.pick(language), {}, {}),
            status_code=503, media_type=MediaType.JSON, headers={"Retry-After": "30"},
        )
    if is_unfit(failure):
        log.warning("a value that does not fit", path=request.scope["path"], error=repr(failure))
        return refuse(request, Rejected("unfit_value", UNFIT))
    log.error("unhandled", path=request.scope["path"], exc_info=failure)
    return Response(
        _body("internal", _BUG.pick(language), {}, {}), status_code=500, media_type=MediaType.JSON
    )


def refuse_shape(request: Request[Any, Any, Any], failure: Exception) -> Response[bytes]:
    """A value of the wrong shape, or bytes that are no text, found after the framework's own check."""
    return refuse_http(request, ValidationException(detail=str(failure)))


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Refused: refuse,
    HTTPException: refuse_http,
    msgspec.ValidationError: refuse_shape,
    UnicodeDecodeError: refuse_shape,
    Exception: refuse_bug,
}
