"""What can happen to a category and to a form."""

import re
from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec

from playerdesk.blueprints import body_of
from playerdesk.forms.checking import problems_of
from playerdesk.forms.events import CategoryDefined, FormDefined
from playerdesk.forms.queries import forget_categories
from playerdesk.forms.shapes import Article, Field
from playerdesk.kernel import Rejected, Text, Tx

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

_DEFINE: LiteralString = """
    WITH before AS (SELECT parent_id, aliases FROM forms.category WHERE brand_id IS NOT DISTINCT FROM $1 AND key = $3)
    INSERT INTO forms.category AS c (brand_id, parent_id, key, name, icon, priority, queue_id, position, form_key,
        process_key, articles, aliases)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (brand_id, key) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name,
        icon = excluded.icon, priority = excluded.priority, queue_id = excluded.queue_id, position = excluded.position,
        form_key = excluded.form_key, process_key = excluded.process_key, articles = excluded.articles,
        aliases = excluded.aliases, retired_at = NULL
    RETURNING id, EXISTS (
        SELECT FROM before b WHERE b.parent_id IS DISTINCT FROM c.parent_id OR b.aliases IS DISTINCT FROM c.aliases)
"""

_FORM: LiteralString = """
    INSERT INTO forms.form (brand_id, key) VALUES ($1, $2)
    ON CONFLICT (brand_id, key) DO UPDATE SET retired_at = NULL RETURNING id, version_id
"""

# The same again is no new version; every other one is, and none is ever changed.
_VERSION: LiteralString = """
    WITH kept AS (
        SELECT id FROM forms.version WHERE id = $2 AND name = $3::jsonb AND fields = $4::jsonb
    ), made AS (
        INSERT INTO forms.version (form_id, number, name, fields)
        SELECT $1, 1 + coalesce((SELECT max(number) FROM forms.version WHERE form_id = $1), 0), $3, $4
        WHERE NOT EXISTS (SELECT FROM kept) RETURNING id
    )
    UPDATE forms.form SET version_id = n.id FROM (SELECT id FROM kept UNION ALL SELECT id FROM made) AS n
    WHERE forms.form.id = $1 RETURNING version_id
"""


async def define_form(
    tx: Tx, key: str, name: Text, fields: Sequence[Field | dict[str, Any]], *, brand_id: int | None = None
) -> int:
    """A form by its key (of one brand, or of all); defining it again makes a new version. Returns the version's id."""
    _check_key(key, "form_key_invalid")
    definition = check_definition(fields)
    form_id, version_id = (await tx.fetch(_FORM, brand_id, key))[0]
    made: int = await tx.value(_VERSION, form_id, version_id, name, body_of(definition))
    forget_categories(tx)
    await tx.emit(FormDefined(form_id=form_id, brand_id=brand_id, key=key))
    return made


async def retire_form(tx: Tx, brand_id: int | None, key: str) -> None:
    """It is no longer asked; tickets keep the versions they were filled with."""
    rows = await tx.fetch(
        "UPDATE forms.form SET retired_at = now() WHERE brand_id IS NOT DISTINCT FROM $1 AND key = $2 AND retired_at IS NULL"
        " RETURNING id", brand_id, key,
    )
    forget_categories(tx)
    for row in rows:
        await tx.emit(FormDefined(form_id=row[0], brand_id=brand_id, key=key))


def check_definition(fields: Sequence[Field | dict[str, Any]]) -> list[Field]:
    """A form that can be filled: known kinds, every key once, choices to choose from, conditions that make sense."""
    try:
        definition = [field if isinstance(field, Field) else msgspec.convert(field, Field) for field in fields]
    except msgspec.ValidationError as failure:
        raise Rejected("form_invalid", Text(
            zh=f"表单定义不正确：{failure}", en=f"The form's definition is wrong: {failure}"
        )) from failure
    wrong = {each.place: each.message for each in problems_of(definition) if each.severity == "error"}
    if wrong:
        raise Rejected("form_invalid", next(iter(wrong.values())), fields=wrong)
    return definition


async def define_category(
    tx: Tx,
    key: str,
    name: Text,
    *,
    brand_id: int | None = None,
    parent_id: int | None = None,
    icon: str = "help",
    priority: int = 2,
    queue_id: int | None = None,
    fields: Sequence[Field | dict[str, Any]] = (),
    position: int = 0,
    form_key: str = "",
    process_key: str = "",
    articles: Sequence[Article] = (),
    aliases: Sequence[str] = (),
) -> int:
    """A category by its key (of one brand, or of all); defining it again changes it. Returns its id.

    `fields` is for those who have no form yet: it is made under the category's own key.
    """
    _check_key(key, "category_key_invalid")
    if fields and not form_key:
        await define_form(tx, key, name, fields, brand_id=brand_id)
        form_key = key
    ((category_id, moved),) = await tx.fetch(
        _DEFINE, brand_id, parent_id, key, name, icon, priority, queue_id, position, form_key, process_key,
        body_of(list(articles)), list(aliases),
    )
    forget_categories(tx)
    await tx.emit(CategoryDefined(category_id=category_id, brand_id=brand_id, key=key, moved=moved))
    return category_id


async def retire_category(tx: Tx, category_id: int) -> None:
    """It can no longer be chosen; old tickets keep it."""
    records = await tx.fetch(
        "UPDATE forms.category SET retired_at = now() WHERE id = $1 AND retired_at IS NULL RETURNING brand_id, key",
        category_id,
    )
    for brand_id, key in records:
        forget_categories(tx)
        await tx.emit(CategoryDefined(category_id=category_id, brand_id=brand_id, key=key))


def _check_key(key: str, code: str) -> None:
    if not _KEY.fullmatch(key):
        raise Rejected(code, Text(
            zh="标识只能用小写字母、数字、_ 和 -，最长 60 个字符。",
            en="A key is made of lower-case letters, digits, _ and -, 60 at most.",
        ))
