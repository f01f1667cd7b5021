"""The lists of the workspace: the views of tickets, and the tickets behind a figure of the board."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from playerdesk.insights import drill_page
from playerdesk.kernel import Database, Forbidden, Reader, encode
from playerdesk.kernel.http import NOT_YOURS, answer, may
from playerdesk.tickets import Filter, Page, TicketRow, page, rows
from playerdesk.tickets.http import brands_of

LARGEST_PAGE = 200


class ListPage(msgspec.Struct, frozen=True):
    """Rows, the mark of the page after them, and the live cursor they are as old as."""

    rows: list[TicketRow]
    next: str | None
    cursor: str


@get("/agent/v1/tickets", guards=[may("tickets.read")], straight=True)
async def list_tickets(
    request: Request[Any, Any, Any], database: NamedDependency[Database],
    view: FromQuery[str] = "mine", queue: FromQuery[int | None] = None, brand: FromQuery[int | None] = None,
    channel: FromQuery[str | None] = None, tier: FromQuery[str | None] = None, player: FromQuery[int | None] = None,
    assignee: FromQuery[int | None] = None, metric: FromQuery[str] = "", day: FromQuery[date | None] = None,
    hour: FromQuery[datetime | None] = None, after: FromQuery[str | None] = None, limit: FromQuery[int] = 50,
) -> Response[ListPage]:
    """One page of a view, with the mark of the next. `view=drill` gives the tickets behind a figure.

    `view=person`, `person-chats` and `person-tickets` show what `assignee` has in hand; a colleague's is for leads.
    """
    agent = request.user
    brand_ids = [each for each in await brands_of(database, agent) if brand in (None, each)]
    limit = max(1, min(limit, LARGEST_PAGE))
    # Taken before the rows are read: what happens meanwhile comes again over the live stream.
    cursor = request.app.state.live.cursor
    async with database.reading(batch=view != "drill") as reader:
        if view == "drill":
            _lead_only(agent)
            found = await _drill(reader, brand_ids, metric, day, hour, channel, after, limit)
        else:
            person_id = agent.id
            if assignee not in (None, agent.id) and view.startswith("person"):
                _lead_only(agent)
                person_id = assignee
            narrow = Filter(
                brand_ids=brand_ids, person_id=person_id, queue_id=queue, channel=channel, tier=tier, player_id=player
            )
            found = await page(reader, view, narrow, after, limit)
    return answer(ListPage(found.typed, found.next, cursor))


def _lead_only(agent: Any) -> None:
    if "board.see" not in agent.permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "board.see"})


async def _drill(
    reader: Reader, brand_ids: Sequence[int], metric: str, day: date | None, hour: datetime | None,
    channel: str | None, after: str | None, limit: int,
) -> Page:
    ids, following = await drill_page(
        reader, metric, brand_ids=brand_ids, day=day, hour=hour, channel=channel, after=after, limit=limit
    )
    found: dict[int, TicketRow] = {each.id: each for each in await rows(reader, ids)}
    return Page([msgspec.Raw(encode(found[each])) for each in ids if each in found], following)


ROUTES = [list_tickets]
