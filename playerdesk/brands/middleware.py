"""Who is calling /game/: the back end of a game, proved by a token over the very bytes it sent."""

from collections.abc import Callable
from typing import Any

from playerdesk.brands.tokens import verify_game_token
from playerdesk.kernel import Database, Text, TooLarge

LARGEST_BODY = 8 * 1024 * 1024

_TOO_LARGE = Text(
    zh="一次最多发送 8 MiB：请把这一批拆成几批。", en="At most 8 MiB at a time: split the batch into several."
)


def bearer(scope: Any) -> str:
    """The token of the Authorization header, or an empty text."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return token.strip() if scheme.lower() == "bearer" else ""
    return ""


class GameToken:
    """ASGI middleware: sets scope["user"] to a GameCaller for paths under /game/."""

    def __init__(self, app: Any, database: Callable[[], Database]) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/game/"):
            await self.app(scope, receive, send)
            return
        body = await _whole_body(scope, receive)
        scope["user"] = await verify_game_token(self.database(), bearer(scope), body)
        replayed = False

        async def replay() -> Any:
            nonlocal replayed
            if replayed:
                return await receive()
            replayed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self.app(scope, replay, send)


async def _whole_body(scope: Any, receive: Any) -> bytes:
    announced = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise TooLarge("too_large", _TOO_LARGE)
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b"".join(chunks)
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > LARGEST_BODY:
            raise TooLarge("too_large", _TOO_LARGE)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)
