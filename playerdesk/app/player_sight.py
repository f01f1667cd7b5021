"""Every address of the workspace under a player's number asks first whether she is the caller's to see."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from playerdesk.kernel import NotFound, Text
from playerdesk.kernel.http import Access
from playerdesk.tickets.sight import sees_player

NO_PLAYER = Text(zh="没有找到这位玩家。", en="There is no such player.")


async def player_sight(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """A guard over all routes; absent and out of sight are the same. Whether she may call the route is told first."""
    player_id = connection.path_params.get("player_id")
    agent = connection.scope.get("user")
    if player_id is None or not agent or agent.kind != "staff" or not agent.limited:
        return
    if any(isinstance(each, Access) and each.permission not in {None, *agent.permissions} for each in handler.guards or ()):
        return
    async with connection.app.state.agent_desk.database.reading() as reader:
        if not await sees_player(reader, agent, player_id):
            raise NotFound("no_such_player", NO_PLAYER)
