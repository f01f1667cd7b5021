"""What a form is made of. Pure shapes, the same in documents, in the database and on every screen."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from playerdesk.kernel import Text

Kind = Literal[
    "text", "longtext", "number", "money", "choice", "choices", "tree", "date", "datetime", "server", "character",
    "purchase", "lookup", "file", "consent",
]
"""`choices` are several of one list, `tree` one leaf of a tree; `lookup` is a number that the game is asked about."""

Audience = Literal["both", "player", "agent"]

MOST_FIELDS = 60
MOST_OPTIONS = 300
DEEPEST_TREE = 4

Key = Annotated[str, Meta(pattern="^[A-Za-z_][A-Za-z0-9_]*$", max_length=40)]


class Option(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """One answer to choose; in a tree it may have others below it."""

    key: str
    name: Text
    options: list["Option"] | None = None


class Field(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """One thing the form asks for.

    `show` and `need` are conditions about other fields of the form: asked only when, required when. `min` and `max` are
    the length of a text, the value of a number, minor units of money, a day ("2026-11-22", "today", "today-30d"), how many
    choices or files. `message` says what is wrong in the desk's own words. `lookup` names what the game looks up.
    """

    key: str
    kind: Kind
    label: Text
    required: bool = False
    options: list[Option] | None = None
    help: Text | None = None
    show: dict[str, Any] | None = None
    need: dict[str, Any] | None = None
    min: int | float | str | None = None
    max: int | float | str | None = None
    pattern: str | None = None
    message: Text | None = None
    default: Any = None
    audience: Audience = "both"
    lookup: str | None = None


class Article(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Something to read about a category."""

    title: Text
    url: str


def leaves(options: list[Option] | None) -> list[Option]:
    """The answers that can be given: those without others below them."""
    found: list[Option] = []
    for option in options or ():
        found.extend(leaves(option.options) if option.options else [option])
    return found


def of_player(fields: list[Field]) -> list[Field]:
    """What the player is asked."""
    return [field for field in fields if field.audience != "agent"]
