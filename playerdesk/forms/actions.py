"""What can happen to a category."""

import re
from collections.abc import Sequence
from typing import Any, LiteralString

from playerdesk.forms.events import CategoryDefined
from playerdesk.forms.queries import forget_categories
from playerdesk.forms.rules import Field, check_definition
from playerdesk.kernel import Rejected, Text, Tx

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

_DEFINE: LiteralString = """
    INSERT INTO forms.category (brand_id, parent_id, key, name, icon, priority, queue_id, fields, position)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (brand_id, key) DO UPDATE SET parent_id = excluded.parent_id, name = excluded.name,
        icon = excluded.icon, priority = excluded.priority, queue_id = excluded.queue_id,
        fields = excluded.fields, position = excluded.position, retired_at = NULL
    RETURNING id
"""


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
) -> int:
    """A category by its key (of one brand, or of all); defining it again changes it. Returns its id."""
    if not _KEY.fullmatch(key):
        raise Rejected("category_key_invalid", Text(
            zh="类别标识只能用小写字母、数字、_ 和 -，最长 40 个字符。",
            en="A category's key is made of lower-case letters, digits, _ and -, 40 at most.",
        ))
    definition = check_definition(fields)
    category_id: int = await tx.value(
        _DEFINE, brand_id, parent_id, key, name, icon, priority, queue_id, definition, position
    )
    forget_categories(tx)
    await tx.emit(CategoryDefined(category_id=category_id, brand_id=brand_id, key=key))
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
