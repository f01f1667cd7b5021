"""Who is calling /player/: a player, by the token her game has signed for her."""

from collections.abc import Callable
from typing import Any

from playerdesk.brands import bearer
from playerdesk.kernel import Database
from playerdesk.players.recognition import player_caller


class PlayerToken:
    """ASGI middleware: sets scope["user"] to a PlayerCaller for paths under /player/.

    Sockets bring their token in the first frame (`player_caller`); a preflight brings none.
    """

    def __init__(self, app: Any, database: Callable[[], Database]) -> None:
        self.app = app
        self.database = database

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/player/") and scope["method"] != "OPTIONS":
            await player_caller(self.database(), bearer(scope), scope)
        await self.app(scope, receive, send)
