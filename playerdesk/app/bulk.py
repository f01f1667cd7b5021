"""Changing many tickets at once, over HTTP: which ones, what would happen, begin, watch, cancel, take back."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk.app.listing import WholeList, whole
from playerdesk.kernel import Conflict, Database, Reader, Text
from playerdesk.kernel.http import answer, may
from playerdesk.staff import Scope, scope_of
from playerdesk.tickets import members
from playerdesk.tickets.bulk import MOST, Bulk, Changes, Preview, bulk_of, cancel, look_ahead, start, undo

Caller = Request[Any, Any, Any]
_MOST_EXCEPTIONS = 1000
_SECONDS = 5.0

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]
Ids = Annotated[list[Annotated[int, msgspec.Meta(gt=0, lt=1 << 62)]], msgspec.Meta(max_length=MOST)]


class ListBut(WholeList, rename="camel"):
    """Everything in a list but for a few."""

    but: Annotated[list[int], msgspec.Meta(max_length=_MOST_EXCEPTIONS)] = msgspec.field(default_factory=list[int])


class Wish(msgspec.Struct, rename="camel", kw_only=True):
    """Which tickets (chosen one by one, or a whole list) and what to do to them."""

    ticket_ids: Ids = []
    whole_list: ListBut | None = None
    changes: Changes


class Start(Wish, rename="camel", kw_only=True):
    client_key: Key


class Again(msgspec.Struct, rename="camel"):
    client_key: Key


async def _chosen(reader: Reader, agent: Any, wish: Wish) -> tuple[list[int], Scope, bool]:
    scope = await scope_of(reader, agent)
    if wish.whole_list is None:
        return list(dict.fromkeys(wish.ticket_ids)), scope, False
    of = wish.whole_list
    asked = await whole(reader, agent, of)
    if asked.gone:
        # Without its lost condition the view holds more than it was made for.
        raise Conflict("view_incomplete", Text(
            zh="这个视图有条件已失效，先修改视图再批量操作全部工单。",
            en="A condition of this view is gone. Please mend the view before you change all of it.",
        ))
    found = await members(reader, asked.walk(), MOST, _SECONDS)
    but = set(of.but)
    return [each for each in found.rows if each not in but], scope, found.next is not None


@post("/agent/v1/bulk/preview", guards=[may("tickets.bulk")], status_code=200)
async def preview(request: Caller, database: NamedDependency[Database], data: JSONBody[Wish]) -> Response[Preview]:
    """What would be changed, what would be left alone, and why."""
    async with database.reading() as reader:
        ids, scope, more = await _chosen(reader, request.user, data)
        found = await look_ahead(reader, request.user, scope, ids, data.changes)
    return answer(msgspec.structs.replace(found, more=more))


@post("/agent/v1/bulk", guards=[may("tickets.bulk")], status_code=201)
async def begin(request: Caller, database: NamedDependency[Database], data: JSONBody[Start]) -> Response[Bulk]:
    """Begin; the worker does it piece by piece."""
    async with database.transaction() as tx:
        ids, scope, _ = await _chosen(tx, request.user, data)
        return answer(await start(tx, request.user, scope, ids, data.changes, data.client_key), 201)


@get("/agent/v1/bulk/{bulk_id:int}", guards=[may("tickets.bulk")])
async def show(request: Caller, database: NamedDependency[Database], bulk_id: FromPath[int]) -> Response[Bulk]:
    """How far it is."""
    async with database.reading() as reader:
        return answer(await bulk_of(reader, request.user.id, bulk_id))


@post("/agent/v1/bulk/{bulk_id:int}/cancel", guards=[may("tickets.bulk")], status_code=200)
async def stop(request: Caller, database: NamedDependency[Database], bulk_id: FromPath[int]) -> Response[Bulk]:
    """Stop where it is."""
    async with database.transaction() as tx:
        return answer(await cancel(tx, request.user.id, bulk_id))


@post("/agent/v1/bulk/{bulk_id:int}/undo", guards=[may("tickets.bulk")], status_code=201)
async def take_back(
    request: Caller, database: NamedDependency[Database], bulk_id: FromPath[int], data: JSONBody[Again]
) -> Response[Bulk]:
    """Give back what nobody has changed since, within ten minutes."""
    async with database.transaction() as tx:
        return answer(await undo(tx, request.user, bulk_id, data.client_key), 201)


ROUTES = [preview, begin, show, stop, take_back]
