"""Changing the tree of categories as a whole: a new order, and merging one into another."""

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from playerdesk import blueprints as design
from playerdesk.app.blueprints import EVERYBODYS, NO_BRAND
from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place
from playerdesk.brands import brand_by_key
from playerdesk.forms import Category
from playerdesk.forms import categories as all_categories
from playerdesk.kernel import Database, Forbidden, NotFound, Reader, Rejected, Text, Tx
from playerdesk.kernel.http import answer, may
from playerdesk.staff import scope_of
from playerdesk.tickets.bulk import MOST, Bulk, Changes, start

Caller = Request[Any, Any, Any]

NO_CATEGORY = Text(zh="没有这个分类，请刷新。", en="There is no such category. Please reload.")
ITSELF = Text(zh="不能合并到自己，或自己的下级。", en="It cannot be merged into itself or what stands below it.")
ARRANGED = "调整顺序与层级"


class CategoryPlace(msgspec.Struct):
    """Where a category is to stand: below which one ("": at the top), and as which of them."""

    key: str
    parent: str
    position: int


class Arrangement(msgspec.Struct):
    """Every category that moves, all at once."""

    items: Annotated[list[CategoryPlace], msgspec.Meta(min_length=1, max_length=500)]


class CategoryMerge(msgspec.Struct, rename="camel"):
    """Into which category of the same brand; `move_tickets`: its tickets, too, in the background."""

    into: str
    client_key: Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern="^[!-~]+$")]
    move_tickets: bool = False


class CategoryMerged(msgspec.Struct, frozen=True):
    """Done; `moving` is the change of its tickets, if that was wished and there are any."""

    moving: Bulk | None
    left: int
    """Not 0: there are more tickets than can be moved at once; merge again to move the next ones."""


class CategoryUse(msgspec.Struct, frozen=True):
    """How many open tickets are in a category now."""

    open: int


async def _own(reader: Reader, agent: Any, brand: str, *, changing: bool = True) -> tuple[str, list[Category]]:
    """The brand's key as documents have it, and its own categories; those of every brand for "-"."""
    if brand == "-":
        if changing and agent.brand_ids:
            raise Forbidden("whole_desk", EVERYBODYS)
        return "", [each for each in await all_categories(reader) if each.brand_id is None]
    found = await brand_by_key(reader, brand)
    if found is None or not agent.serves(found.id):
        raise NotFound("no_such_brand", NO_BRAND)
    return brand, [each for each in await all_categories(reader) if each.brand_id == found.id]


def _named(own: Sequence[Category], key: str) -> Category:
    found = next((each for each in own if each.key == key), None)
    if found is None:
        raise NotFound("no_such_category", NO_CATEGORY)
    return found


@get("/agent/v1/categories/{brand:str}/{key:str}/use", guards=[may("blueprints.edit")])
async def show_use(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str]
) -> Response[CategoryUse]:
    """How many tickets a change of this category is about."""
    async with database.reading() as reader:
        _, own = await _own(reader, request.user, brand, changing=False)
        open_now: int = await reader.value(
            "SELECT count(*)::int FROM tickets.ticket WHERE category_id = $1 AND status IN ('new', 'open', 'pending', 'hold')",
            _named(own, key).id,
        )
    return answer(CategoryUse(open_now))


@post("/agent/v1/categories/{brand:str}/arrangement", guards=[may("blueprints.publish")], status_code=204)
async def arrange(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], data: JSONBody[Arrangement]
) -> None:
    """A new order of the tree, published for all of them at once or for none. Drafts stay, in their new places."""
    async with database.transaction() as tx:
        brand_key, own = await _own(tx, request.user, brand)
        await design.adopt(tx, KINDS, "category")
        wanted = {item.key: item for item in data.items}
        for key in wanted:
            _named(own, key)
        # First all to the top, then each below its new parent: so no order of writing makes a ring on the way.
        for key, item in wanted.items():
            await _place(tx, brand_key, key, {"parent": "", "position": item.position}, request.user.id)
        for item in _parents_first(data.items):
            if item.parent:
                await _place(tx, brand_key, item.key, {"parent": item.parent}, request.user.id)


def _parents_first(items: Sequence[CategoryPlace]) -> list[CategoryPlace]:
    left, done = {item.key: item for item in items}, list[CategoryPlace]()
    while left:
        ready = [item for item in left.values() if item.parent not in left] or list(left.values())
        done.extend(ready)
        for item in ready:
            del left[item.key]
    return done


async def _place(tx: Tx, brand_key: str, key: str, changes: dict[str, Any], by_id: int) -> None:
    place = Place("category", brand_key, key)
    found = await design.blueprint(tx, place)
    if found is None or found.published is None:
        raise NotFound("no_such_category", NO_CATEGORY)
    before = found.published
    body = KINDS["category"].normal({**before, **changes})
    if body == before:
        return
    draft = found.standing.body if found.standing.drafted else None
    await design.publish_body(tx, KINDS, place, body, by_id, ARRANGED)
    if draft is not None:
        again = await design.blueprint(tx, place)
        assert again is not None
        await design.change_draft(tx, KINDS, place, {**draft, **changes}, again.standing.revision, by_id)


@post("/agent/v1/categories/{brand:str}/{key:str}/merge", guards=[may("blueprints.publish")], status_code=200)
async def merge(
    request: Caller, database: NamedDependency[Database], brand: FromPath[str], key: FromPath[str], data: JSONBody[CategoryMerge]
) -> Response[CategoryMerged]:
    """From now on this category is the other one: who chooses, sends or asks about its key means that one.

    Its tickets keep it, and are found under both; or they are moved, each with a line in its timeline.
    """
    agent = request.user
    async with database.transaction() as tx:
        brand_key, own = await _own(tx, agent, brand)
        await design.adopt(tx, KINDS, "category")
        into = _named(own, data.into)
        if key in into.aliases:
            # CategoryMerged before: sent twice, or the next of its tickets are to be moved.
            source_id: int = await tx.value(
                "SELECT id FROM forms.category WHERE brand_id IS NOT DISTINCT FROM $1 AND key = $2", into.brand_id, key
            )
            return answer(await _moved(tx, agent, source_id, into.id, data))
        source = _named(own, key)
        if source.id in _up(into, own):
            raise Rejected("merge_with_itself", ITSELF, fields={"into": ITSELF})
        for child in [each for each in own if each.parent_id == source.id]:
            await _place(tx, brand_key, child.key, {"parent": into.key}, agent.id)
        await design.retire(tx, KINDS, Place("category", brand_key, key), None, agent.id, replaced=True)
        target = Place("category", brand_key, into.key)
        body = await design.published_body(tx, target) or {}
        aliases = [*body.get("aliases", []), key, *source.aliases]
        await _place(tx, brand_key, into.key, {"aliases": aliases}, agent.id)
        return answer(await _moved(tx, agent, source.id, into.id, data))


async def _moved(tx: Tx, agent: Any, source_id: int, into_id: int, data: CategoryMerge) -> CategoryMerged:
    if not data.move_tickets:
        return CategoryMerged(None, 0)
    rows = await tx.fetch(
        "SELECT id FROM tickets.ticket WHERE category_id = $1 ORDER BY id DESC LIMIT $2", source_id, MOST + 1
    )
    if not rows:
        return CategoryMerged(None, 0)
    ids = [row[0] for row in rows[:MOST]]
    bulk = await start(tx, agent, await scope_of(tx, agent), ids, Changes(category_id=into_id), data.client_key)
    return CategoryMerged(bulk, max(0, len(rows) - MOST))


def _up(category: Category, own: Sequence[Category]) -> set[int]:
    """A category and all that stand above it."""
    by_id, found = {each.id: each for each in own}, set[int]()
    at: Category | None = category
    while at is not None and at.id not in found:
        found.add(at.id)
        at = by_id.get(at.parent_id or 0)
    return found


ROUTES: list[Any] = [show_use, arrange, merge]
