"""The one condition language: views, search filters, rules, service levels and segments all speak it.

A condition is a JSON tree. Groups: {"all": […]}, {"any": […]}, {"not": …}; an empty {"all": []} is always true.
A leaf names a field, one operator and its value:

    {"all": [{"field": "status", "in": ["new", "open"]},
             {"field": "assignee", "is": {"me": true}},
             {"any": [{"field": "created", "within_last": "3d"}, {"field": "field.server", "contains": "烈焰"}]}]}

Which operators a field has depends on its kind (`condition_fields.OPERATORS`): is, is_not, in, not_in; less, more,
at_least, at_most, between [a, b] (both included); before, after, between, within_last "3d", within_next "30m" for times,
which are ISO texts with a zone, days ("2026-11-22"), or relative: "now", "-3d", "today", "today-7d"; contains,
not_contains (capitals do not matter for A–Z); has, has_any, has_all, has_none for tags; is_empty true/false.
People can be {"me": true} and {"my_team": true}, queues {"my_queues": true}; a category means its subtree too. People,
queues, categories and brands can be named by their key: {"key": "payment"}, which is how documents and text files do it.

An absent value (NULL) is nothing: it is empty, it equals nothing, is neither less nor more, contains nothing. A
negative (is_not, not_in, not_contains, has_none, "not") is exactly the opposite, so it is true for an absent value.

How to use it, in three steps:

    tree = read(json, FIELDS)                          # checks; `Rejected` names the place in the tree
    test = fix(tree, Asking(now=now(), me=7, …))       # me, -3d, subtrees become plain values
    where, args = to_sql(test, 3)                      # SQL text for `FROM … t WHERE`, placeholders from $3 on
    member = matches(test); member(row)                # the same decision in Python; a test proves that both agree

`read_what_is_left` reads a stored tree whose fields may have vanished since, and tells what it left out. The fields
are the caller's: for tickets see `playerdesk/tickets/fields.py`. SQL pieces are literal text from there; what people
write travels in parameters only.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, cast

import msgspec

from playerdesk.kernel.condition_fields import Field, Fields, Gone, wrong
from playerdesk.kernel.condition_tests import All, Among, Any_, Contains, Empty, Has, Range, Test, matches, to_sql
from playerdesk.kernel.condition_values import Asking, Moment, Named, Symbol, moment, one, plain, several, span
from playerdesk.kernel.errors import Rejected

__all__ = [
    "Asking", "Field", "Fields", "Gone", "Group", "Leaf", "Named", "Node", "Not", "Test", "fix", "leaves", "matches",
    "moves", "names", "personal", "possible", "read", "read_what_is_left", "to_sql",
]

DEEPEST = 6
MOST_LEAVES = 60


class Leaf(msgspec.Struct, frozen=True):
    """One comparison as written; `values` may still be symbolic."""

    field: Field
    operator: str
    values: tuple[Any, ...]
    place: str


class Group(msgspec.Struct, frozen=True):
    """All of these, or any of them."""

    any: bool
    parts: tuple["Node", ...]


class Not(msgspec.Struct, frozen=True):
    """The opposite."""

    part: "Node"


Node = Leaf | Group | Not

EVERYTHING = Group(any=False, parts=())


# -- reading


def read(tree: Any, fields: Fields) -> Node:
    """The condition, checked. Rejected (422) names the place of what is wrong."""
    node = _Reading(fields, None).node(tree, "", 1)
    return EVERYTHING if node is None else node


def read_what_is_left(tree: Any, fields: Fields) -> tuple[Node, list[Gone]]:
    """A stored condition, without the comparisons that make no sense any more, and which those are."""
    gone: list[Gone] = []
    node = _Reading(fields, gone).node(tree, "", 1)
    return (EVERYTHING if node is None else node), gone


class _Reading:
    def __init__(self, fields: Fields, gone: list[Gone] | None) -> None:
        self.fields, self.gone, self.count = fields, gone, 0

    def node(self, tree: Any, place: str, depth: int) -> Node | None:
        if not isinstance(tree, dict):
            raise wrong(place, "这里需要一个条件。", "a condition is expected here.")
        given = cast("dict[str, Any]", tree)
        if depth > DEEPEST:
            raise wrong(place, f"最多嵌套 {DEEPEST} 层。", f"groups may be nested {DEEPEST} deep at most.")
        if "field" in given:
            return self._leaf_or_gone(given, place)
        if len(given) != 1 or (name := next(iter(given))) not in ("all", "any", "not"):
            raise wrong(place, "条件组只能是 all、any 或 not 之一。", "a group is one of all, any or not.")
        if name == "not":
            part = self.node(given["not"], _below(place, "not"), depth + 1)
            return None if part is None else Not(part)
        if not isinstance(given[name], list):
            raise wrong(_below(place, name), "这里需要条件的列表。", "a list of conditions is expected here.")
        listed: list[Any] = given[name]
        if len(listed) > MOST_LEAVES:
            raise _too_many(place)
        parts = [self.node(each, _below(place, f"{name}.{n}"), depth + 1) for n, each in enumerate(listed)]
        kept = tuple(part for part in parts if part is not None)
        # A group that lost all it had says nothing any more; one that was written empty keeps its meaning.
        return None if parts and not kept else Group(name == "any", kept)

    def _leaf_or_gone(self, given: dict[str, Any], place: str) -> Leaf | None:
        self.count += 1
        if self.count > MOST_LEAVES:
            raise _too_many(place)
        try:
            return self._leaf(given, place)
        except Rejected as refusal:
            if self.gone is None:
                raise
            self.gone.append(Gone(place, str(given["field"])[:64], next(iter(refusal.fields.values()))))
            return None

    def _leaf(self, given: dict[str, Any], place: str) -> Leaf:
        name = given["field"]
        field = self.fields.get(name) if isinstance(name, str) else None
        if field is None:
            raise wrong(
                _below(place, "field"), f"没有“{str(name)[:64]}”这个字段。", f"there is no field “{str(name)[:64]}”."
            )
        operators = [key for key in given if key != "field"]
        if len(operators) != 1:
            raise wrong(place, "每个条件需要且只能有一个运算符。", "a condition has exactly one operator.")
        operator = operators[0]
        if operator not in field.operators:
            raise wrong(
                place, f"“{field.name}”不支持“{operator[:64]}”。", f"“{field.name}” has no “{operator[:64]}”."
            )
        return Leaf(field, operator, _values(field, operator, given[operator], _below(place, operator)), place)


def _below(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _too_many(place: str) -> Rejected:
    return wrong(place, f"最多 {MOST_LEAVES} 个条件。", f"at most {MOST_LEAVES} conditions.")


def _values(field: Field, operator: str, value: Any, place: str) -> tuple[Any, ...]:
    if operator == "is_empty":
        if not isinstance(value, bool):
            raise wrong(place, "这里只能是 true 或 false。", "true or false is expected here.")
        return (value,)
    if operator in ("within_last", "within_next"):
        return (span(value, place),)
    if operator in ("before", "after"):
        return (moment(value, place),)
    if operator == "between":
        pair = several(field, value, place)
        if len(pair) != 2:
            raise wrong(place, "这里需要两个值。", "two values are expected here.")
        return pair
    if operator in ("in", "not_in", "has_any", "has_all", "has_none"):
        return several(field, value, place)
    return (one(field, value, place),)


# -- asking about a condition


def leaves(node: Node) -> Iterator[Leaf]:
    """Every comparison in it."""
    if isinstance(node, Leaf):
        yield node
    else:
        for part in (node.part,) if isinstance(node, Not) else node.parts:
            yield from leaves(part)


def moves(node: Node) -> bool:
    """Whether time alone can change who is in it."""
    return any(
        isinstance(value, timedelta) or (isinstance(value, Moment) and value.moves)
        for leaf in leaves(node) for value in leaf.values
    )


def personal(node: Node) -> bool:
    """Whether it means something else for somebody else."""
    return any(isinstance(value, Symbol) for leaf in leaves(node) for value in leaf.values)


def names(node: Node) -> list[tuple[str, Named]]:
    """Everything it mentions by key, with the place of the comparison: whoever publishes it looks whether it is there."""
    return [(leaf.place, value) for leaf in leaves(node) for value in leaf.values if isinstance(value, Named)]


def possible(test: Test, name: str) -> set[Any] | None:
    """The only values this field can have where the test is true; None when it says nothing about it."""
    if isinstance(test, Among):
        return set(test.values) if test.field.name == name and not test.negated else None
    if isinstance(test, All):
        known = [found for part in test.parts if (found := possible(part, name)) is not None]
        return set[Any].intersection(*known) if known else None
    if isinstance(test, Any_) and test.parts:
        each = [possible(part, name) for part in test.parts]
        return None if None in each else set[Any]().union(*(found for found in each if found is not None))
    return None


# -- making it plain


def fix(node: Node, asking: Asking) -> Test:
    """The condition for this person at this moment: plain values, and negations where they are decided."""
    return _fix(node, asking, negated=False)


def _fix(node: Node, asking: Asking, *, negated: bool) -> Test:
    if isinstance(node, Not):
        return _fix(node.part, asking, negated=not negated)
    if isinstance(node, Group):
        parts = tuple(_fix(part, asking, negated=negated) for part in node.parts)
        return Any_(parts) if node.any != negated else All(parts)
    return _fix_leaf(node, asking, negated=negated)


_NEGATIVE = {"is_not": "is", "not_in": "in", "not_contains": "contains", "has_none": "has_any"}


def _fix_leaf(leaf: Leaf, asking: Asking, *, negated: bool) -> Test:
    operator = _NEGATIVE.get(leaf.operator, leaf.operator)
    negated ^= operator != leaf.operator
    field = leaf.field
    if operator == "is_empty":
        return Empty(field, negated=negated ^ (not leaf.values[0]))
    if operator == "within_last":
        return _range(field, asking.now - leaf.values[0], asking.now, negated=negated)
    if operator == "within_next":
        return _range(field, asking.now, asking.now + leaf.values[0], negated=negated)
    if operator == "between":
        low, high = (plain(field, [value], asking)[0] for value in leaf.values)
        return Range(field, low, high, open=False, negated=negated)
    values = plain(field, leaf.values, asking)
    if operator in ("is", "in"):
        return Among(field, values, negated=negated)
    if operator in _RANGES:
        return _RANGES[operator](field, values, negated=negated)
    if operator == "contains":
        return Contains(field, values[0], negated=negated)
    return Has(field, values, every=operator == "has_all", negated=negated)


def _range(field: Field, low: Any, high: Any, *, negated: bool) -> Range:
    return Range(field, field.stored(low), field.stored(high), open=False, negated=negated)


def _below_it(field: Field, values: Sequence[Any], *, negated: bool) -> Range:
    return Range(field, None, values[0], open=True, negated=negated)


def _above_it(field: Field, values: Sequence[Any], *, negated: bool) -> Range:
    return Range(field, values[0], None, open=True, negated=negated)


def _at_least(field: Field, values: Sequence[Any], *, negated: bool) -> Range:
    return Range(field, values[0], None, open=False, negated=negated)


def _at_most(field: Field, values: Sequence[Any], *, negated: bool) -> Range:
    return Range(field, None, values[0], open=False, negated=negated)


_RANGES = {
    "less": _below_it, "before": _below_it, "more": _above_it, "after": _above_it, "at_least": _at_least,
    "at_most": _at_most,
}
