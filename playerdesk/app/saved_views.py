"""Saved views over HTTP: keep, change, share, look ahead; and what conditions can ask about."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from playerdesk.app.listing import listing
from playerdesk.forms import categories
from playerdesk.kernel import Database, Reader, Text
from playerdesk.kernel.conditions import Field, Gone, fix, read
from playerdesk.kernel.http import answer, any_staff, may, nothing
from playerdesk.staff import people, queues, scope_of
from playerdesk.tickets import (
    SORTS,
    SavedView,
    ViewWish,
    Walk,
    asking_of,
    begin_with,
    change_view,
    delete_view,
    first_view,
    groups,
    keep_view,
    members,
    opened,
    ticket_fields,
    view_of,
    views_of,
)

Caller = Request[Any, Any, Any]
MOST_COUNTED = 1000
PREVIEW_SECONDS = 0.4
MOST_GROUPED = 10_000
GROUP_SECONDS = 1.0

Key = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]


class Views(msgspec.Struct, frozen=True, rename="camel"):
    """All views somebody has, and the one she begins with."""

    views: list[SavedView]
    first_id: int | None


class OpenedView(msgspec.Struct, frozen=True):
    """A view, and the conditions of it that make no sense any more."""

    view: SavedView
    gone: list[Gone]


class NewView(ViewWish, frozen=True, kw_only=True):
    """A view to be kept; `client_key` makes it safe to send twice."""

    client_key: Key


class ChangedView(ViewWish, frozen=True, kw_only=True):
    """A view to be changed, from the version that was read."""

    version: int


class FirstView(msgspec.Struct, rename="camel"):
    view_id: int | None


class Question(msgspec.Struct):
    """A condition that is being written."""

    condition: dict[str, Any]


class Sample(msgspec.Struct, frozen=True):
    """How many it would find, 1,000 at most; `more`: there are or may be others."""

    count: int
    more: bool


class FieldEntry(msgspec.Struct, frozen=True):
    """Something a condition can ask about. `choices` when only these values make sense."""

    name: str
    kind: str
    operators: tuple[str, ...]
    choices: list[str | int] | None
    label: Text | None


class Fieldbook(msgspec.Struct, frozen=True, rename="camel"):
    """All of them, and the orders a list can have: those of open tickets only, and those of any."""

    fields: list[FieldEntry]
    open_sorts: list[str]
    any_sorts: list[str]


class GroupCount(msgspec.Struct, frozen=True):
    """One group of a list: its value (null: none) and how many of the first 10,000 are in it; null: nobody knows."""

    value: str | int | None
    count: int | None


@get("/agent/v1/views", guards=[may("tickets.read")])
async def list_views(request: Caller, database: NamedDependency[Database]) -> Response[Views]:
    """My own, my queues' and everybody's views."""
    async with database.reading() as reader:
        return answer(Views(await views_of(reader, request.user), await first_view(reader, request.user.id)))


@get("/agent/v1/views/fields", guards=[any_staff])
async def list_fields(database: NamedDependency[Database]) -> Response[Fieldbook]:
    """What conditions can ask about, the forms' fields included."""
    async with database.reading() as reader:
        fields = await ticket_fields(reader)
    choices = {name: "status" in sort.along for name, sort in SORTS.items() if not sort.own}
    open_only, any_sorts = ([name for name, only in choices.items() if only is wanted] for wanted in (True, False))
    return answer(Fieldbook([_entry(each) for each in fields.fixed.values()], open_only, any_sorts))


def _entry(field: Field) -> FieldEntry:
    known = field.choices if field.choices is not None else field.options
    return FieldEntry(field.name, field.kind, field.operators, None if known is None else list(known), field.label)


@post("/agent/v1/views/count", guards=[may("tickets.read")], status_code=200)
async def count_condition(
    request: Caller, database: NamedDependency[Database], data: JSONBody[Question]
) -> Response[Sample]:
    """How many tickets a condition finds, while it is being written."""
    async with database.reading() as reader:
        node = read(data.condition, await ticket_fields(reader))
        test = fix(node, await asking_of(reader, request.user.id))
        walk = Walk(test=test, scope=await scope_of(reader, request.user))
        found = await members(reader, walk, MOST_COUNTED, PREVIEW_SECONDS)
    return answer(Sample(len(found.rows), found.next is not None))


@post("/agent/v1/views", guards=[may("tickets.read")])
async def add_view(request: Caller, database: NamedDependency[Database], data: JSONBody[NewView]) -> Response[SavedView]:
    """Keep a view; sharing it needs `views.share`."""
    async with database.transaction() as tx:
        kept = await keep_view(tx, request.user, data, data.client_key)
    return answer(kept, 201)


@get("/agent/v1/views/{view_id:int}", guards=[may("tickets.read")])
async def show_view(request: Caller, database: NamedDependency[Database], view_id: FromPath[int]) -> Response[OpenedView]:
    """One view, and what of it has vanished: it still opens."""
    async with database.reading() as reader:
        view = await view_of(reader, request.user, view_id)
        _, gone = await opened(reader, view)
    return answer(OpenedView(view, gone))


@put("/agent/v1/views/{view_id:int}", guards=[may("tickets.read")])
async def edit_view(
    request: Caller, database: NamedDependency[Database], view_id: FromPath[int], data: JSONBody[ChangedView]
) -> Response[SavedView]:
    """Change a view; 409 when a colleague has changed it since."""
    async with database.transaction() as tx:
        return answer(await change_view(tx, request.user, view_id, data, data.version))


@delete("/agent/v1/views/{view_id:int}", guards=[may("tickets.read")], status_code=204)
async def remove_view(request: Caller, database: NamedDependency[Database], view_id: FromPath[int]) -> Response[None]:
    """Delete a view."""
    async with database.transaction() as tx:
        await delete_view(tx, request.user, view_id)
    return nothing()


@put("/agent/v1/views/first", guards=[may("tickets.read")], status_code=204)
async def set_first(request: Caller, database: NamedDependency[Database], data: JSONBody[FirstView]) -> Response[None]:
    """The view to begin with; null: my own work."""
    async with database.transaction() as tx:
        await begin_with(tx, request.user, data.view_id)
    return nothing()


@get("/agent/v1/views/{view_id:int}/groups", guards=[may("tickets.read")])
async def list_groups(
    request: Caller, database: NamedDependency[Database], view_id: FromPath[int], where: FromQuery[str | None] = None
) -> Response[list[GroupCount]]:
    """The groups of a grouped view that have anybody in them, in their order."""
    async with database.reading() as reader:
        asked = await listing(reader, request.user, view="saved", saved=view_id, filter=where)
        assert asked.saved is not None
        name = asked.saved.grouping
        if name is None:
            return answer([])
        found = await members(reader, asked.walk(), MOST_GROUPED, GROUP_SECONDS)
        counts = await groups(reader, found.rows, name)
        order = await _possible(reader, name)
    ordered = [*order, *(value for value in counts if value not in order)]
    # In a list too long to be looked through, a group that was not met may still have somebody.
    return answer([GroupCount(value, counts.get(value)) for value in ordered if value in counts or found.next is not None])


async def _possible(reader: Reader, name: str) -> list[Any]:
    if name in _KNOWN:
        return _KNOWN[name]
    if name == "queue":
        return [*(queue.id for queue in await queues(reader)), None]
    if name == "assignee":
        return [*(person.id for person in await people(reader)), None]
    return [*(category.id for category in await categories(reader)), None]


_KNOWN: dict[str, list[Any]] = {
    "status": ["new", "open", "pending", "hold", "resolved", "closed"], "priority": [0, 1, 2, 3],
    "tier": ["high", "mid", "low", "none"], "channel": ["chat", "game", "mail"],
}

ROUTES = [
    list_views, list_fields, count_condition, add_view, show_view, edit_view, remove_view, set_first, list_groups,
]
