"""What somebody chooses for herself, over HTTP."""

from typing import Any

from litestar import Request, Response, get, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from playerdesk.kernel import Database
from playerdesk.kernel.http import answer, any_staff
from playerdesk.staff.preferences import Chosen, change_preferences, preferences


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


ROUTES: list[Any] = [my_preferences, change_my_preferences]
