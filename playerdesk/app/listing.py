"""Which tickets a list is about: a built-in view, a saved one, or a condition just being written, for somebody's eyes."""

from typing import Any

import msgspec

from playerdesk.kernel import Reader, Rejected, Text
from playerdesk.kernel.condition_tests import All, Among, Empty
from playerdesk.kernel.conditions import Asking, Fields, Gone, Group, Node, Test, fix, read
from playerdesk.staff import Agent, Scope, scope_of
from playerdesk.tickets import SavedView, Walk, asking_of, check_sort, opened, ticket_fields, view_of

LONGEST_FILTER = 8000

_IS_OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}
_WAITING: list[dict[str, Any]] = [{"field": "status", "in": ["new", "open"]}, {"field": "assignee", "is_empty": True}]
_MINE: list[dict[str, Any]] = [{"field": "assignee", "is": {"me": True}}, _IS_OPEN]

BUILT_IN: dict[str, tuple[dict[str, Any], str, bool]] = {
    "mine": ({"all": _MINE}, "rank", False),
    "queue": ({"all": _WAITING}, "rank", False),
    "unassigned": ({"all": _WAITING}, "rank", False),
    "open": (_IS_OPEN, "rank", False),
    "pending": ({"field": "status", "in": ["pending", "hold"]}, "rank", False),
    "escalated": ({"all": [{"field": "escalated", "is": True}, {"any": [
        _IS_OPEN, {"all": [{"field": "status", "is": "resolved"}, {"field": "rating", "at_most": 2}]},
    ]}]}, "escalated", False),
    "snoozed": ({"field": "snoozed", "is": True}, "snoozed", False),
    "resolved": ({"field": "resolved", "is_empty": False}, "resolved", True),
    "recent": ({"all": []}, "created", True),
}
"""The built-in views as conditions in their order, for when a filter or a narrower scope is added to them, and for files."""

_BAD_FILTER = Text(zh="筛选条件无法读取。", en="The filter cannot be read.")


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What is listed, before it is walked."""

    node: Node
    sort: str
    descending: bool
    asking: Asking
    scope: Scope
    saved: SavedView | None = None
    gone: list[Gone] = []
    group: Test | None = None

    def walk(self) -> Walk:
        """For the walk."""
        test = fix(self.node, self.asking)
        if self.group is not None:
            test = All((*test.parts, self.group) if isinstance(test, All) else (test, self.group))
        return Walk(test=test, scope=self.scope, sort=self.sort, descending=self.descending)


async def listing(
    reader: Reader, agent: Agent, *, view: str, saved: int | None = None, narrow: dict[str, Any] | None = None,
    filter: str | None = None, brand: int | None = None, sort: str | None = None, descending: bool | None = None,
    group: str | None = None,
) -> Listing:
    """The list somebody asks for.

    `narrow` gives plain equalities (queue, tier, channel), `filter` a condition as JSON text; `sort` may overrule the view's own.
    """
    fields = await ticket_fields(reader)
    asking = await asking_of(reader, agent.id)
    scope = await scope_of(reader, agent)
    if brand is not None:
        scope = msgspec.structs.replace(scope, brand_ids=[each for each in scope.brand_ids if each == brand])
    kept, gone = None, list[Gone]()
    if view == "saved":
        kept = await view_of(reader, agent, saved or 0)
        node, gone = await opened(reader, kept)
        own_sort, own_direction = kept.sort, kept.descending
    elif view in BUILT_IN:
        tree, own_sort, own_direction = BUILT_IN[view]
        node = read(tree, fields)
    else:
        text = Text(zh="这个列表不能再筛选。", en="This list cannot be filtered further.")
        raise Rejected("no_such_view", text, fields={"view": text})
    parts = [node, *(read({"field": name, "is": value}, fields) for name, value in (narrow or {}).items() if value is not None)]
    if filter:
        parts.append(read(_parsed(filter), fields))
    node = parts[0] if len(parts) == 1 else Group(any=False, parts=tuple(parts))
    chosen = sort or own_sort
    if sort is not None:
        check_sort(sort, node, asking)
    way = own_direction if descending is None else descending
    return Listing(
        node=node, sort=chosen, descending=way, asking=asking, scope=scope, saved=kept, gone=gone,
        group=_group(kept, group, fields) if kept is not None and group is not None else None,
    )


class WholeList(msgspec.Struct, rename="camel"):
    """Everything in a list, as `GET /tickets` is asked for it."""

    view: str
    saved: int | None = None
    where: str | None = None
    queue: int | None = None
    brand: int | None = None
    channel: str | None = None
    tier: str | None = None
    sort: str | None = None


async def whole(reader: Reader, agent: Agent, of: WholeList) -> Listing:
    """The list that is meant."""
    narrow = {"queue": of.queue, "channel": of.channel, "tier": of.tier}
    return await listing(reader, agent, view=of.view, saved=of.saved, narrow=narrow, filter=of.where, brand=of.brand, sort=of.sort)


def _group(kept: SavedView, value: str, fields: Fields) -> Test | None:
    """One group of a grouped view, exactly: a category's own tickets, not those of its subtree."""
    field = fields.get(kept.grouping or "")
    if field is None:
        return None
    if value == "null":
        return Empty(field)
    number = value.isascii() and value.isdecimal() and len(value) <= 18
    known = int(value) if number else value
    if (field.choices is not None and known not in field.choices) or (number != (field.name in _NUMBERED)):
        return Among(field, ())
    return Among(field, (known,))


_NUMBERED = ("priority", "queue", "assignee", "category")


def _parsed(text: str) -> Any:
    try:
        if len(text) <= LONGEST_FILTER:
            return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        pass
    raise Rejected("bad_filter", _BAD_FILTER, fields={"filter": _BAD_FILTER})
