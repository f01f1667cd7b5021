"""The rules in force, compiled once: each condition a Python predicate, sorted by what sets them off."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
import structlog

from playerdesk.brands import brands
from playerdesk.forms import Category, categories
from playerdesk.kernel import Reader, Refused, Remembered
from playerdesk.kernel.condition_tests import All, Any_
from playerdesk.kernel.conditions import Asking, Node, Test, fix, leaves, matches, moves, read
from playerdesk.rules.document import Cause, RuleBody
from playerdesk.rules.fields import rule_fields
from playerdesk.tickets import asking_by_itself

log = structlog.get_logger("rules")
SECONDS = 5.0
"""How long a process may go on with what was in force before; the one that publishes forgets at once."""

_ALL: LiteralString = """
    SELECT id, brand_key, brand_id, key, version, body, since FROM rules.rule WHERE NOT retired ORDER BY id
"""


class Row(msgspec.Struct, frozen=True):
    """A rule as it is kept."""

    id: int
    brand_key: str
    brand_id: int | None
    key: str
    version: int
    body: dict[str, Any]
    since: datetime


class Rule(msgspec.Struct, frozen=True):
    """A rule that can be asked."""

    row: Row
    body: RuleBody
    node: Node
    moving: bool
    """Whether its condition must be made plain each time, for time alone changes what it means."""
    spoken: bool
    """Whether it asks for the text that was said."""
    test: Callable[[Any], bool]
    early: Callable[[Any], bool]
    """The part of it that an event itself answers, before any ticket is read."""

    @property
    def cause(self) -> Cause:
        return Cause(self.row.key, self.body.name)

    def holds(self, asking: Asking) -> Callable[[Any], bool]:
        """The predicate for this moment; what time alone changes is made plain once a second."""
        if not self.moving:
            return self.test
        second = asking.now.replace(microsecond=0)
        known = _moments.get(self.row.id)
        if known is None or known[0] != second or known[1] is not self.row:
            known = _moments[self.row.id] = (second, self.row, matches(fix(self.node, asking)))
        return known[2]

    def plain(self, asking: Asking) -> Test:
        return fix(self.node, asking)


class Book(msgspec.Struct, frozen=True):
    """All of them, and what their keys stand for."""

    by_event: dict[str, list[Rule]]
    of_time: list[Rule]
    asking: Asking
    category_ids: dict[tuple[str, int], int]
    """(key, brand) → number; one of every brand stands under each brand."""
    silent: frozenset[int]
    """Brands whose rules are switched off."""
    compiled: dict[int, Rule]
    broken: dict[int, str]


_moments: dict[int, tuple[datetime, "Row", Callable[[Any], bool]]] = {}
"""The moving rules' predicates of the second; a few hundred at most, for each stands under its rule."""
_books: Remembered[str, Book] = Remembered(SECONDS)
_last: Remembered[str, Book] = Remembered(3600.0)


def forget_rules(reader: Reader) -> None:
    """After a change, in the process that made it."""
    _books.forget(reader)


async def rule_rows(reader: Reader) -> list[Row]:
    """Every rule in force."""
    return await reader.rows(Row, _ALL)


async def book_of(reader: Reader) -> Book:
    """The rules in force, remembered for some seconds; what has not changed is not compiled again."""
    known = _books.get(reader, "all")
    if known is not None:
        return known
    rows = await rule_rows(reader)
    asking = await asking_by_itself(reader)
    last = _last.get(reader, "all")
    same = last is not None and (last.asking.named, last.asking.below) == (asking.named, asking.below)
    compiled: dict[int, Rule] = {}
    broken: dict[int, str] = {}
    fields = await rule_fields(reader)
    for row in rows:
        before = last.compiled.get(row.id) if last is not None and same else None
        if before is not None and before.row == row:
            compiled[row.id] = before
            continue
        try:
            compiled[row.id] = compile_rule(row, fields, asking)
        except (msgspec.ValidationError, Refused) as failure:
            broken[row.id] = str(failure)
            log.warning("rule does not work", rule=row.key, error=str(failure))
    on = sorted((rule for rule in compiled.values() if rule.body.on), key=lambda rule: (rule.body.position, rule.row.id))
    by_event: dict[str, list[Rule]] = {}
    for rule in on:
        for event in rule.body.when.events:
            by_event.setdefault(event, []).append(rule)
    known_brands = await brands(reader)
    book = Book(
        by_event, [rule for rule in on if rule.body.when.since is not None], asking,
        category_numbers(await categories(reader), [brand.id for brand in known_brands]),
        frozenset(brand.id for brand in known_brands if not brand.modules.get("rules", True)), compiled, broken,
    )
    _last.put(reader, "all", book)
    return _books.put(reader, "all", book)


def compile_rule(row: Row, fields: Any, asking: Asking) -> Rule:
    """`Refused` when its condition makes no sense any more."""
    body = msgspec.convert(row.body, RuleBody)
    node = read(body.condition, fields)
    test = fix(node, asking)
    return Rule(
        row, body, node, moves(node), any(leaf.field.name == "said" for leaf in leaves(node)), matches(test), matches(_early(test))
    )


_EARLY = frozenset({"brand", "channel", "tier"})
"""What stands in every event and no rule can change."""


def _early(test: Test) -> Test:
    parts = test.parts if isinstance(test, All) else (test,)
    return All(tuple(part for part in parts if not isinstance(part, All | Any_) and part.field.name in _EARLY))


def category_numbers(known: Sequence[Category], brand_ids: Sequence[int]) -> dict[tuple[str, int], int]:
    """Which category a key means for a ticket of a brand: its own before everybody's."""
    found: dict[tuple[str, int], int] = {}
    for category in sorted(known, key=lambda each: each.brand_id is not None):
        for brand_id in [category.brand_id] if category.brand_id is not None else brand_ids:
            found[category.key, brand_id] = category.id
    return found
