"""The lists of the workspace: views of tickets, built in and saved, and the tickets behind a figure of the board."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from playerdesk.app.listing import BUILT_IN, listing
from playerdesk.insights import drill_page
from playerdesk.kernel import Database, Forbidden, Reader, encode
from playerdesk.kernel.http import NOT_YOURS, answer, may
from playerdesk.staff import Scope, scope_of
from playerdesk.tickets import Filter, Page, TicketRow, page, rows, walk_page

LARGEST_PAGE = 500


class ListPage(msgspec.Struct, frozen=True):
    """Rows, the mark of the page after them, and the live cursor they are as old as.

    A page may have fewer rows than were asked for and still have a `next`: a rare condition is looked for bit by bit.
    """

    rows: list[TicketRow]
    next: str | None
    cursor: str


@get("/agent/v1/tickets", guards=[may("tickets.read")], straight=True)
async def list_tickets(
    request: Request[Any, Any, Any], database: NamedDependency[Database],
    view: FromQuery[str] = "mine", queue: FromQuery[int | None] = None, brand: FromQuery[int | None] = None,
    channel: FromQuery[str | None] = None, tier: FromQuery[str | None] = None, player: FromQuery[int | None] = None,
    assignee: FromQuery[int | None] = None, metric: FromQuery[str] = "", day: FromQuery[date | None] = None,
    hour: FromQuery[datetime | None] = None, saved: FromQuery[int | None] = None, where: FromQuery[str | None] = None,
    sort: FromQuery[str | None] = None, group: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None, limit: FromQuery[int] = 50,
) -> Response[ListPage]:
    """One page of a view, with the mark of the next.

    `view=drill` gives the tickets behind a figure, `view=saved` those of the saved view `saved`; `where` narrows any view
    by a condition (JSON text).
    `view=person`, `person-chats` and `person-tickets` show what `assignee` has in hand; a colleague's is for leads.
    """
    agent = request.user
    limit = max(1, min(limit, LARGEST_PAGE))
    # Taken before the rows are read: what happens meanwhile comes again over the live stream.
    cursor = request.app.state.live.cursor
    async with database.reading(batch=view not in ("drill", "saved") and not where and not sort) as reader:
        scope = await scope_of(reader, agent)
        brand_ids = [each for each in scope.brand_ids if brand in (None, each)]
        if view == "saved" or where or sort or (scope.person_ids is not None and view in BUILT_IN):
            narrow = {"queue": queue, "channel": channel, "tier": tier}
            asked = await listing(
                reader, agent, view=view, saved=saved, narrow=narrow, filter=where, brand=brand, sort=sort, group=group
            )
            walked = await walk_page(reader, asked.walk(), after, limit)
            return answer(ListPage(Page(walked.rows, walked.next).typed, walked.next, cursor))
        if view == "drill":
            _lead_only(agent)
            found = await _drill(reader, scope, brand_ids, metric, day, hour, channel, after, limit)
        else:
            person_id = agent.id
            if assignee not in (None, agent.id) and view.startswith("person"):
                _lead_only(agent)
                person_id = assignee
            narrowed = Filter(
                brand_ids=brand_ids, person_id=person_id, queue_id=queue, channel=channel, tier=tier, player_id=player,
                scope=scope,
            )
            found = await page(reader, view, narrowed, after, limit)
    return answer(ListPage(found.typed, found.next, cursor))


def _lead_only(agent: Any) -> None:
    if "board.see" not in agent.permissions:
        raise Forbidden("not_permitted", NOT_YOURS, extra={"permission": "board.see"})


async def _drill(
    reader: Reader, scope: Scope, brand_ids: Sequence[int], metric: str, day: date | None, hour: datetime | None,
    channel: str | None, after: str | None, limit: int,
) -> Page:
    ids, following = await drill_page(
        reader, metric, brand_ids=brand_ids, day=day, hour=hour, channel=channel, after=after, limit=limit
    )
    found: dict[int, TicketRow] = {each.id: each for each in await rows(reader, ids)}
    seen = [found[each] for each in ids if each in found]
    return Page(
        [msgspec.Raw(encode(row)) for row in seen if scope.reaches(row.brand_id, row.assignee_id, row.queue_id)], following
    )


ROUTES = [list_tickets]
