"""The lead's page as a route."""

from datetime import date
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from playerdesk.insights.board import Board, board
from playerdesk.kernel import Database, Forbidden, Rejected, Text
from playerdesk.kernel.http import answer, may
from playerdesk.staff import scope_of

NO_SUCH_BRAND = Text(zh="没有这个游戏，请从列表中选择。", en="There is no such brand. Please choose one from the list.")
NOT_YOUR_BRAND = Text(zh="你无权查看这个游戏的数据。", en="This brand's figures are not yours to see.")


def brands_for(agent: Any, brand: str) -> list[int] | None:
    """Which brands the caller gets to see; None: every one."""
    if brand == "all":
        return list(agent.brand_ids) or None
    if not brand.isdecimal():
        raise Rejected("no_such_brand", NO_SUCH_BRAND, fields={"brand": NO_SUCH_BRAND})
    if not agent.serves(int(brand)):
        raise Forbidden("not_your_brand", NOT_YOUR_BRAND)
    return [int(brand)]


@get("/agent/v1/board", guards=[may("board.see")])
async def show_board(
    database: NamedDependency[Database],
    request: Request[Any, Any, Any],
    brand: FromQuery[str] = "all",
    day: FromQuery[date | None] = None,
) -> Response[Board]:
    """Queues, people and the day's figures."""
    chosen = brands_for(request.scope["user"], brand)
    async with database.reading() as reader:
        return answer(await board(reader, chosen, day, await scope_of(reader, request.scope["user"])))


ROUTES: list[Any] = [show_board]
