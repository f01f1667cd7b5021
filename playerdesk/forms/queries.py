"""Categories as players and agents see them; remembered for a few seconds."""

from typing import LiteralString

import msgspec

from playerdesk.forms.rules import Field
from playerdesk.kernel import Database, Reader, Remembered, Text


class Category(msgspec.Struct, frozen=True, rename="camel"):
    """Something a player can ask about. Without a brand it belongs to every brand."""

    id: int
    brand_id: int | None
    parent_id: int | None
    key: str
    name: Text
    icon: str
    priority: int
    queue_id: int | None
    fields: list[Field]


_categories: Remembered[str, list[Category]] = Remembered(5.0)

_ALL: LiteralString = """
    SELECT id, brand_id, parent_id, key, name, icon, priority, queue_id, fields
    FROM forms.category WHERE retired_at IS NULL ORDER BY position, id
"""

_ONE: LiteralString = """
    SELECT id, brand_id, parent_id, key, name, icon, priority, queue_id, fields FROM forms.category WHERE id = $1
"""


def forget_categories(reader: Reader | Database) -> None:
    """Called by whoever changes a category."""
    _categories.forget(reader)


async def categories(reader: Reader, brand_id: int | None = None) -> list[Category]:
    """What can be chosen for a brand, its own category before a common one with the same key; None: of all brands."""
    known = _categories.get(reader, "all")
    if known is None:
        known = _categories.put(reader, "all", [_category(record) for record in await reader.fetch(_ALL)])
    if brand_id is None:
        return known
    own = {category.key for category in known if category.brand_id == brand_id}
    return [
        category
        for category in known
        if category.brand_id == brand_id or (category.brand_id is None and category.key not in own)
    ]


async def category_by_key(reader: Reader, brand_id: int, key: str) -> Category | None:
    """The category a player of this brand means by this key."""
    return next((category for category in await categories(reader, brand_id) if category.key == key), None)


async def category_by_id(reader: Reader, category_id: int) -> Category | None:
    """One category, also when it is retired: old tickets still belong to it."""
    for category in await categories(reader):
        if category.id == category_id:
            return category
    record = next(iter(await reader.fetch(_ONE, category_id)), None)
    return None if record is None else _category(record)


def _category(record: tuple[object, ...]) -> Category:
    values = tuple(record)
    return msgspec.convert(
        dict(zip(Category.__struct_encode_fields__, values, strict=True)), Category
    )
