"""What conditions can ask about: fields, their kinds, and which operators fit which kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel.errors import Rejected, Text

Kind = Literal[
    "text", "word", "choice", "number", "money", "bool", "time", "person", "queue", "category", "brand", "tags",
]
"""`word` is a short code (a channel, a server), `money` counts minor units, `category` means its subtree too."""

_EQUAL = ("is", "is_not", "in", "not_in")
_ORDER = ("less", "more", "at_least", "at_most", "between")

OPERATORS: dict[str, tuple[str, ...]] = {
    "text": (*_EQUAL, "contains", "not_contains", "is_empty"),
    "word": (*_EQUAL, "is_empty"),
    "choice": (*_EQUAL, "is_empty"),
    "number": (*_EQUAL, *_ORDER, "is_empty"),
    "money": (*_EQUAL, *_ORDER, "is_empty"),
    "bool": ("is", "is_not"),
    "time": ("before", "after", "between", "within_last", "within_next", "is_empty"),
    "person": (*_EQUAL, "is_empty"),
    "queue": (*_EQUAL, "is_empty"),
    "category": (*_EQUAL, "is_empty"),
    "brand": _EQUAL,
    "tags": ("has", "has_any", "has_all", "has_none", "is_empty"),
}

_TYPES: dict[str, LiteralString] = {
    "text": "text", "word": "text", "choice": "text", "number": "numeric", "money": "numeric", "bool": "boolean",
    "time": "timestamptz", "person": "bigint", "queue": "bigint", "category": "bigint", "brand": "bigint", "tags": "text",
}


def _same(value: Any) -> Any:
    return value


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a condition can ask about.

    `sql` says where it is, with the row's table called `t`; `read` takes the same from a row in Python, None where
    the column is NULL. `choices` maps each value to its SQL literal, so that partial indexes are recognised.
    `argument` is passed as a parameter in the place of `{key}`. `stored` turns a value into what is compared.
    """

    name: str
    kind: Kind
    sql: LiteralString
    read: Callable[[Any], Any]
    nullable: bool = True
    choices: Mapping[Any, LiteralString] | None = None
    options: Sequence[Any] | None = None
    argument: str | None = None
    type: LiteralString = ""
    stored: Callable[[Any], Any] = _same
    label: Text | None = None

    @property
    def operators(self) -> tuple[str, ...]:
        """What may stand beside the field, first the usual one."""
        found = OPERATORS[self.kind]
        return found if self.nullable else tuple(each for each in found if each != "is_empty")

    @property
    def sql_type(self) -> LiteralString:
        """The type its parameters are cast to."""
        return self.type or _TYPES[self.kind]


class Fields:
    """The fields of one kind of thing: fixed ones, and found ones such as those of a form."""

    def __init__(self, *fixed: Field, found: Callable[[str], Field | None] | None = None) -> None:
        self.fixed = {field.name: field for field in fixed}
        self._found = found

    def get(self, name: str) -> Field | None:
        """The field with this name, or None."""
        return self.fixed.get(name) or (self._found(name) if self._found is not None else None)


class Gone(msgspec.Struct, frozen=True):
    """A condition that no longer makes sense; it was left out of the tree it stood in."""

    place: str
    field: str
    why: Text


def wrong(place: str, zh: str, en: str) -> Rejected:
    """A refusal that names the place in the tree, such as `all.0.any.2`; "" is the top."""
    text = Text(zh=zh, en=en)
    where = f"（位置 {place}）" if place else ""
    there = f" (at {place})" if place else ""
    return Rejected(
        "bad_condition", Text(zh=f"筛选条件不正确{where}：{zh}", en=f"The condition is not valid{there}: {en}"),
        fields={place or "condition": text}, extra={"place": place},
    )
