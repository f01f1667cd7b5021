"""How tickets of a category are worked: what must be known before one is resolved, its usual steps, and the causes."""

from collections.abc import Mapping
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.forms import category_by_id
from playerdesk.kernel import NotFound, Reader, Rejected, Text, Tx

NO_CATEGORY = Text(zh="没有这个分类，请重新选择。", en="There is no such category. Please choose another.")
NO_FIELD = Text(zh="这个分类的表单里没有这一项。", en="The form of this category has no such field.")
NO_CAUSE = Text(zh="没有这个原因，请重新选择。", en="There is no such cause. Please choose another.")
BAD_NAME = Text(zh="请填写原因的名称（中文必填，最多 60 字）。", en="Give the cause a name, in 60 characters at most.")
BAD_STEPS = Text(zh="清单最多 50 项，每项最多 200 字。", en="Fifty steps at most, of 200 characters each.")


class Practice(msgspec.Struct, frozen=True, rename="camel"):
    """For one category: whether cause and solution are needed, which fields of its form, and its usual steps."""

    category_id: int | None = None
    cause: bool = False
    solution: bool = True
    fields: list[str] = []
    checklist: list[str] = []


class Cause(msgspec.Struct, frozen=True, rename="camel"):
    """A root cause; the tree is two levels deep."""

    id: int
    parent_id: int | None
    name: Text
    position: int
    retired: bool


_PRACTICE: LiteralString = "SELECT category_id, cause, solution, fields, checklist FROM tickets.practice"

# Its own practice, or that of the category above it.
_OF: LiteralString = f"""
    {_PRACTICE} WHERE category_id IN ($1, (SELECT parent_id FROM forms.category WHERE id = $1))
    ORDER BY category_id = $1 DESC LIMIT 1
"""

_SET: LiteralString = """
    INSERT INTO tickets.practice (category_id, cause, solution, fields, checklist) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (category_id) DO UPDATE SET cause = excluded.cause, solution = excluded.solution,
        fields = excluded.fields, checklist = excluded.checklist
"""

_CAUSES: LiteralString = """
    SELECT c.id, c.parent_id, c.name, c.position, c.retired_at IS NOT NULL
    FROM tickets.cause c LEFT JOIN tickets.cause p ON p.id = c.parent_id
    ORDER BY coalesce(p.position, c.position), coalesce(p.id, c.id), p.id IS NOT NULL, c.position, c.id
"""


async def practice_of(reader: Reader, category_id: int | None) -> Practice:
    """What applies to a ticket of this category; without a category a solution is enough."""
    if category_id is None:
        return Practice()
    return await reader.row(Practice, _OF, category_id) or Practice(category_id)


async def practices(reader: Reader) -> list[Practice]:
    """Those that somebody has set."""
    return await reader.rows(Practice, f"{_PRACTICE} ORDER BY category_id")


async def set_practice(tx: Tx, practice: Practice, by_id: int) -> None:
    """Change how a category is worked."""
    category = await category_by_id(tx, practice.category_id or 0)
    if category is None:
        raise NotFound("no_such_category", NO_CATEGORY)
    known = {field.key for field in category.fields}
    if strange := [key for key in practice.fields if key not in known]:
        raise Rejected("no_such_field", NO_FIELD, fields=dict.fromkeys(strange, NO_FIELD))
    steps = [" ".join(step.split()) for step in practice.checklist if step.strip()]
    if len(steps) > 50 or any(len(step) > 200 for step in steps):
        raise Rejected("bad_steps", BAD_STEPS, fields={"checklist": BAD_STEPS})
    before = await tx.row(Practice, f"{_PRACTICE} WHERE category_id = $1", category.id)
    after = msgspec.structs.replace(practice, checklist=steps)
    await tx.execute(_SET, category.id, after.cause, after.solution, after.fields, after.checklist)
    await record(tx, Trace(
        actor_id=by_id, action="practice.changed", kind="practice", object_id=str(category.id), before=before, after=after
    ))


async def causes(reader: Reader) -> list[Cause]:
    """The tree, parents before their children; retired ones too, for old tickets name them."""
    records = await reader.fetch(_CAUSES)
    return [Cause(row[0], row[1], Text(**row[2]), row[3], row[4]) for row in records]


async def set_cause(
    tx: Tx, by_id: int, *, cause_id: int | None, parent_id: int | None, name: Mapping[str, Any], retired: bool, key: str
) -> int:
    """Add, rename or retire a cause; retired ones stay with the tickets that name them. `key` makes adding safe to repeat."""
    words = {"zh": str(name.get("zh", "")).strip(), "en": str(name.get("en", "")).strip()}
    words["en"] = words["en"] or words["zh"]
    if not words["zh"] or max(map(len, words.values())) > 60:
        raise Rejected("bad_name", BAD_NAME, fields={"name": BAD_NAME})
    known = {each.id: each for each in await causes(tx)}
    parent = known.get(parent_id) if parent_id is not None else None
    if parent_id is not None and (parent is None or parent.parent_id is not None):
        raise Rejected("no_such_cause", NO_CAUSE, fields={"parentId": NO_CAUSE})
    before = known.get(cause_id) if cause_id is not None else None
    if cause_id is not None and before is None:
        raise NotFound("no_such_cause", NO_CAUSE)
    if before is None:
        position = 1 + max((each.position for each in known.values() if each.parent_id == parent_id), default=0)
        cause_id = await tx.value(
            "INSERT INTO tickets.cause (key, parent_id, name, position) VALUES ($1, $2, $3, $4)"
            " ON CONFLICT (key) DO UPDATE SET name = excluded.name RETURNING id",
            f"own.{key}", parent_id, words, position,
        )
    else:
        await tx.execute(
            "UPDATE tickets.cause SET name = $2, retired_at = CASE WHEN $3 THEN coalesce(retired_at, now()) END WHERE id = $1",
            cause_id, words, retired,
        )
    await record(tx, Trace(
        actor_id=by_id, action="cause.changed", kind="cause", object_id=str(cause_id), before=before,
        after={"name": words, "parentId": parent_id, "retired": retired},
    ))
    assert cause_id is not None
    return cause_id
