"""The few routes that are asked all day, answered without the framework's machinery.

A handler marked `straight=True` stays an ordinary handler: the same guards, the same arguments, the same
refusals, the same place in the OpenAPI document. What is plain to read (a path number, query values, a JSON
body of the right shape) is handed to it here; whatever is not goes to the framework, which knows what to say
about it. That saves about half of what a request costs the server.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, get_type_hints
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, Request
from litestar.params import BodyKwarg, PathParameter, QueryParameter
from litestar.routes import HTTPRoute

from playerdesk.kernel.errors import Refused
from playerdesk.kernel.http import Guard, refuse, refuse_bug

LARGEST_BODY = 64 * 1024
_JSON = (b"content-type", b"application/json")
_ANY_ORIGIN = (b"access-control-allow-origin", b"*")

Asgi = Callable[[Any, Any, Any], Awaitable[None]]


class _Unclear(Exception):
    """Not as plain as it should be: the framework shall look at it."""


class _Route:
    """One handler: where it stands and how its arguments are read."""

    def __init__(self, template: str, handler: Any, provided: Mapping[str, Any]) -> None:
        self.handler = handler
        self.call = handler.fn
        self.template = template
        # Those of the application and the routers around it as well, in the order the framework asks them.
        self.guards: Sequence[Guard] = tuple(handler.resolve_guards())
        self.method: str = next(iter(handler.http_methods))
        self.pattern = re.compile(re.sub(r"\{(\w+):int\}", r"(?P<\1>[0-9]{1,18})", self.template))
        self.given: dict[str, Any] = {}
        self.query: dict[str, tuple[Any, Any]] = {}
        self.path: list[str] = []
        self.body: msgspec.json.Decoder[Any] | None = None
        defaults = inspect.signature(self.call).parameters
        for name, hint in get_type_hints(self.call, include_extras=True).items():
            kinds = getattr(hint, "__metadata__", ())
            plain = getattr(hint, "__origin__", hint)
            if any(isinstance(kind, QueryParameter) for kind in kinds):
                self.query[name] = (plain, defaults[name].default)
            elif any(isinstance(kind, PathParameter) for kind in kinds):
                self.path.append(name)
            elif any(isinstance(kind, BodyKwarg) for kind in kinds):
                self.body = msgspec.json.Decoder(plain)
            elif name in provided:
                self.given[name] = provided[name]

    def arguments(self, scope: Any, found: re.Match[str], body: bytes) -> dict[str, Any]:
        """Everything the handler wants but the request; raises what makes the framework look at it."""
        arguments = dict(self.given)
        for name in self.path:
            arguments[name] = int(found[name])
        if self.query:
            asked = parse_qsl(scope["query_string"].decode("ascii"), keep_blank_values=True, strict_parsing=False)
            values = dict(asked)
            if len(values) != len(asked):
                raise _Unclear
            for name, (shape, default) in self.query.items():
                arguments[name] = msgspec.convert(values[name], shape, strict=False) if name in values else default
        if self.body is not None:
            arguments["data"] = self.body.decode(body)
        return arguments


class Straight:
    """ASGI: the marked handlers of `framework` first, everything else on to it."""

    def __init__(
        self, framework: Litestar, provided: Mapping[str, Any], admit: Sequence[Callable[[Asgi], Asgi]],
    ) -> None:
        self.app: Any = framework
        self._fixed: dict[tuple[str, str], _Route] = {}
        self._others: list[_Route] = []
        for built in framework.routes:
            for handler in built.route_handlers if isinstance(built, HTTPRoute) else ():
                if not handler.opt.get("straight"):
                    continue
                route = _Route(built.path, handler, provided)
                if route.path:
                    self._others.append(route)
                else:
                    self._fixed[route.method, route.template] = route
        answer: Asgi = self._answer
        for middleware in admit:
            answer = middleware(answer)
        self._admitted = answer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = self._find(scope) if scope["type"] == "http" else None
        if found is None:
            await self.app(scope, receive, send)
            return
        heard = _Heard(receive)
        scope["straight"] = found
        scope["litestar_app"] = self.app
        try:
            await self._admitted(scope, heard, send)
        except (_Unclear, msgspec.MsgspecError, UnicodeDecodeError):
            await self.app(scope, heard.again, send)
        except Refused as refusal:
            await _send(scope, send, refuse(Request(scope), refusal))
        except Exception as failure:  # noqa: BLE001 -- answered with an id, logged with its trace
            await _send(scope, send, refuse_bug(Request(scope), failure))

    def _find(self, scope: Any) -> tuple[_Route, Any] | None:
        method, path = scope["method"], scope["path"]
        fixed = self._fixed.get((method, path))
        if fixed is not None:
            return fixed, None
        for route in self._others:
            if route.method == method and (match := route.pattern.fullmatch(path)):
                return route, match
        return None

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        route, match = scope["straight"]
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        scope["path_params"] = {name: int(match[name]) for name in route.path}
        for guard in route.guards:
            await guard(request, route.handler)
        body = await receive.all() if route.body is not None else b""
        arguments = route.arguments(scope, match, body)
        scope["path_template"] = route.template
        await _send(scope, send, await _run(route, request, arguments))


async def _run(route: _Route, request: Any, arguments: dict[str, Any]) -> Any:
    # What the handler itself finds wrong is its own bug or refusal, never a reason to ask the framework as well.
    try:
        return await route.call(request=request, **arguments)
    except (msgspec.MsgspecError, UnicodeDecodeError) as failure:
        return refuse_bug(request, failure)


class _Heard:
    """The body, kept so that the framework can be given it once more."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._messages: list[Any] = []
        self._told = 0

    async def __call__(self) -> Any:
        message = await self._receive()
        self._messages.append(message)
        return message

    async def all(self) -> bytes:
        """The whole body, if it is small and there."""
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self()
            part: bytes = message.get("body", b"")
            parts.append(part)
            size += len(part)
            if message["type"] != "http.request" or size > LARGEST_BODY:
                raise _Unclear
            if not message.get("more_body"):
                return b"".join(parts)

    async def again(self) -> Any:
        """What was heard already, then what comes."""
        if self._told < len(self._messages):
            self._told += 1
            return self._messages[self._told - 1]
        return await self._receive()


async def _send(scope: Any, send: Any, response: Any) -> None:
    content: bytes = response.content or b""
    headers = [_JSON, (b"content-length", str(len(content)).encode())]
    headers += [(name.lower().encode("latin-1"), str(value).encode("latin-1")) for name, value in response.headers.items()]
    if scope["path"].startswith("/player/"):
        headers.append(_ANY_ORIGIN)
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": content})
