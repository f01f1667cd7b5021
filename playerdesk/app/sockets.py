"""Which socket is whose: the workspace by its session, the player by the token in her first frame."""

from typing import Any
from urllib.parse import parse_qs

import structlog

from playerdesk.app.agent_live import AgentDesk
from playerdesk.app.swift import SHORT_WAY
from playerdesk.channels.chat.live import PlayerDesk
from playerdesk.kernel.database import CONNECTION_LOST
from playerdesk.kernel.sockets import NOT_ALLOWED, SIGN_IN_AGAIN, TRY_AGAIN_LATER, Socket
from playerdesk.staff import authenticate
from playerdesk.staff.middleware import is_our_page, session_token

log = structlog.get_logger("sockets")


class Sockets:
    """The ASGI application for WebSockets."""

    def __init__(self, agents: AgentDesk, players: PlayerDesk) -> None:
        self.agents = agents
        self.players = players

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        socket = Socket(receive, send, scope.get("extensions", {}).get(SHORT_WAY))
        serve = {"/player/v1/live": self._player, "/agent/v1/live": self._agent}.get(scope["path"])
        if serve is None:
            await send({"type": "websocket.close", "code": NOT_ALLOWED})
            return
        try:
            await serve(scope, socket)
        except CONNECTION_LOST as failure:
            log.warning("database not reachable", path=scope["path"], error=repr(failure))
            socket.close_soon(TRY_AGAIN_LATER)
        await socket.finish()

    async def _player(self, scope: Any, socket: Socket) -> None:
        await socket.accept()
        await self.players.serve(socket, scope)

    async def _agent(self, scope: Any, socket: Socket) -> None:
        # A page of another origin may open a socket and the browser adds our cookie to it.
        if not is_our_page(scope):
            await socket.refuse(NOT_ALLOWED)
            return
        session = session_token(scope)
        agent = await authenticate(self.agents.database, session)
        await socket.accept()
        if agent is None:
            socket.close_soon(SIGN_IN_AGAIN)
            return
        query = parse_qs(scope["query_string"].decode("latin-1"))
        since = query.get("since", [None])[0]
        await self.agents.serve(socket, agent, since, session)
