"""Why a ticket is due then, for whoever may see the ticket."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from playerdesk.kernel import Database, NotFound, now
from playerdesk.kernel.http import answer, may
from playerdesk.sla import Explanation, explain
from playerdesk.tickets import standings
from playerdesk.tickets.http import visible
from playerdesk.tickets.messages import NO_SUCH

Caller = Request[Any, Any, Any]


@get("/agent/v1/tickets/{ticket_id:int}/due", guards=[may("tickets.read")])
async def why_due(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int]
) -> Response[Explanation]:
    """What the ticket's due times come of: the row that decides, the calendar, the pauses."""
    await visible(database, request.user, ticket_id)
    async with database.reading() as reader:
        standing = (await standings(reader, [ticket_id])).get(ticket_id)
        if standing is None:
            raise NotFound("no_such_ticket", NO_SUCH)
        return answer(await explain(reader, standing, now()))


ROUTES: list[Any] = [why_due]
