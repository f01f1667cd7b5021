"""Categories and forms as players and agents see them; remembered for a few seconds."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import msgspec

from playerdesk.forms.shapes import Article, Field
from playerdesk.kernel import Database, Reader, Remembered, Text


class Category(msgspec.Struct, frozen=True, rename="camel"):
    """Something a player can ask about. Without a brand it belongs to every brand.

    `fields` are those of its form as it is now, in the version `form_version_id`. `aliases` are the keys of categories
    that were merged into this one: who still sends or mentions them means this one.
    """

    id: int
    brand_id: int | None
    parent_id: int | None
    key: str
    name: Text
    icon: str
    priority: int
    queue_id: int | None
    position: int
    fields: list[Field]
    form_version_id: int | None
    form_key: str
    process_key: str
    articles: list[Article]
    aliases: list[str]


class FormVersion(msgspec.Struct, frozen=True, rename="camel"):
    """A form as it was filled: versions never change."""

    id: int
    form_id: int
    number: int
    key: str
    name: Text
    fields: list[Field]


_categories: Remembered[str, list[Category]] = Remembered(5.0)
_versions: Remembered[int, FormVersion] = Remembered(3600.0, most=2000)

# A brand's own form goes before the common one of the same key.
_CATEGORY: LiteralString = """
    SELECT c.id, c.brand_id, c.parent_id, c.key, c.name, c.icon, c.priority, c.queue_id, c.position,
           coalesce(v.fields, '[]') AS fields, v.id AS form_version_id, c.form_key, c.process_key, c.articles, c.aliases
    FROM forms.category c
    LEFT JOIN LATERAL (
        SELECT f.version_id FROM forms.form f
        WHERE f.key = c.form_key AND (f.brand_id = c.brand_id OR f.brand_id IS NULL) AND f.retired_at IS NULL
        ORDER BY f.brand_id NULLS LAST LIMIT 1
    ) AS f ON c.form_key <> ''
    LEFT JOIN forms.version v ON v.id = f.version_id
"""

_ALL: LiteralString = f"{_CATEGORY} WHERE c.retired_at IS NULL ORDER BY c.position, c.id"
_ONE: LiteralString = f"{_CATEGORY} WHERE c.id = $1"

_VERSION: LiteralString = """
    SELECT v.id, v.form_id, v.number, f.key, v.name, v.fields
    FROM forms.version v JOIN forms.form f ON f.id = v.form_id WHERE v.id = $1
"""

_MERGED: LiteralString = """
    SELECT old.id, c.id FROM forms.category c
    JOIN forms.category old ON old.key = ANY (c.aliases) AND old.brand_id IS NOT DISTINCT FROM c.brand_id
    WHERE c.retired_at IS NULL AND c.aliases <> '{}' AND old.retired_at IS NOT NULL
"""
_merged: Remembered[str, Mapping[int, int]] = Remembered(5.0)


def forget_categories(reader: Reader | Database) -> None:
    """Called by whoever changes a category or a form."""
    _categories.forget(reader)
    _merged.forget(reader)


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
    """The category a player of this brand means by this key, also when it was merged into another one."""
    known = await categories(reader, brand_id)
    found = next((category for category in known if category.key == key), None)
    return found or next((category for category in known if key in category.aliases), None)


async def category_by_id(reader: Reader, category_id: int) -> Category | None:
    """One category, also when it is retired: old tickets still belong to it."""
    for category in await categories(reader):
        if category.id == category_id:
            return category
    record = next(iter(await reader.fetch(_ONE, category_id)), None)
    return None if record is None else _category(record)


async def merged_categories(reader: Reader) -> Mapping[int, int]:
    """Retired categories and the one each was merged into: whoever asks for one of the two means both."""
    known = _merged.get(reader, "all")
    if known is None:
        known = _merged.put(reader, "all", {row[0]: row[1] for row in await reader.fetch(_MERGED)})
    return known


async def form_version(reader: Reader, version_id: int) -> FormVersion | None:
    """A form as it was when it was filled."""
    known = _versions.get(reader, version_id)
    if known is None:
        record = next(iter(await reader.fetch(_VERSION, version_id)), None)
        if record is None:
            return None
        known = _versions.put(reader, version_id, _struct(record, FormVersion))
    return known


def keyed(known: Sequence[Category], brand_id: int | None) -> dict[str, Category]:
    """Those that a document of this brand means by their keys: its own before the common ones."""
    found = {each.key: each for each in known if each.brand_id is None}
    return found | {each.key: each for each in known if each.brand_id is not None and each.brand_id == brand_id}


def _category(record: tuple[object, ...]) -> Category:
    return _struct(record, Category)


def _struct(record: Any, shape: Any) -> Any:
    return msgspec.convert(dict(zip(shape.__struct_encode_fields__, tuple(record), strict=True)), shape)
