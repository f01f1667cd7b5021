"""Macros as they are read: those somebody may use, with how often they are used."""

from datetime import datetime
from typing import Literal, LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.tickets.writing.acts import Action

Share = Literal["personal", "team", "everybody"]
Language = Literal["zh", "en"]


class Macro(msgspec.Struct, frozen=True, rename="camel"):
    """A text, or actions, or both. `uses`: in the last 30 days."""

    id: int
    title: str
    shortcut: str
    share: Share
    owner_id: int
    queue_id: int | None
    brand_id: int | None
    language: Language | None
    body: str
    actions: list[Action]
    version: int
    updated_at: datetime
    uses: int
    used_at: datetime | None


_MACRO: LiteralString = """
    SELECT m.id, m.title, m.shortcut, m.share, m.owner_id, m.queue_id, m.brand_id, m.language, m.body, m.actions,
           m.version, m.updated_at, u.uses, u.used_at
    FROM tickets.macro m LEFT JOIN LATERAL (
        SELECT count(*)::int AS uses, max(at) AS used_at FROM tickets.macro_use
        WHERE macro_id = m.id AND at > now() - interval '30 days'
    ) AS u ON true
"""

# One's own, those of one's queues, everybody's; whoever may share sees every team's, to keep them in order.
_USABLE: LiteralString = """
    m.archived_at IS NULL AND (m.share = 'everybody' OR m.owner_id = $1 OR m.share = 'team' AND ($2 OR EXISTS (
        SELECT FROM staff.queue_member q WHERE q.queue_id = m.queue_id AND q.person_id = $1)))
    AND (m.brand_id IS NULL OR $3::bigint[] = '{}' OR m.brand_id = ANY($3))
"""


async def macros_for(reader: Reader, person_id: int, brand_ids: list[int], *, shares: bool) -> list[Macro]:
    """Everything this person may use, the most used first. `shares`: she keeps the shared ones."""
    rows = await reader.fetch(
        f"{_MACRO} WHERE {_USABLE} ORDER BY u.uses DESC, m.title, m.id LIMIT 2000", person_id, shares, brand_ids
    )
    return [_macro(row) for row in rows]


async def usable_macro(
    reader: Reader, macro_id: int, person_id: int, brand_ids: list[int], *, shares: bool
) -> Macro | None:
    """One of them."""
    rows = await reader.fetch(f"{_MACRO} WHERE m.id = $4 AND {_USABLE}", person_id, shares, brand_ids, macro_id)
    return _macro(rows[0]) if rows else None


def _macro(row: tuple[object, ...]) -> Macro:
    values = list(row)
    values[9] = msgspec.convert(values[9], list[Action])
    return Macro(*values)  # pyright: ignore[reportArgumentType] -- the columns stand in the order of the fields
