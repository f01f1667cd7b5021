"""The routes of tags: put on, taken off, offered."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.kernel import Database, now
from playerdesk.kernel.http import answer, any_staff, may
from playerdesk.tickets.http import visible
from playerdesk.tickets.tags import MOST_TAGS, known_tags, tag_ticket

Caller = Request[Any, Any, Any]
Some = Annotated[list[str], msgspec.Meta(max_length=MOST_TAGS)]


class TagChange(msgspec.Struct):
    """Which tags come and which go."""

    add: Some = []
    remove: Some = []


class Tags(msgspec.Struct, frozen=True):
    """Some tags."""

    tags: list[str]


@get("/agent/v1/tags", guards=[any_staff])
async def list_tags(database: NamedDependency[Database]) -> Response[Tags]:
    """The tags in use, the newest first."""
    async with database.reading() as reader:
        return answer(Tags(await known_tags(reader)))


@post("/agent/v1/tickets/{ticket_id:int}/tags", guards=[may("tickets.reply")], status_code=200)
async def change_tags(
    request: Caller, database: NamedDependency[Database], ticket_id: FromPath[int], data: JSONBody[TagChange]
) -> Response[Tags]:
    """Put tags on a ticket and take others off; safe to send twice."""
    await visible(database, request.user, ticket_id)
    async with database.transaction() as tx:
        return answer(Tags(await tag_ticket(tx, ticket_id, data.add, data.remove, request.user.id, now())))


ROUTES: list[Any] = [list_tags, change_tags]
