"""Tickets that fit a condition, without words: newest first along their ids, in windows that grow, until time is up.

However rare the fitting ones are, a statement looks at one window of tickets only; who asks on goes on where it ended.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, TooSlow
from playerdesk.staff import Scope
from playerdesk.tickets.search.windows import FIRST_ARGUMENT, SEEN, Narrow

NARROWEST, WIDEST = 4096, 65_536
SECONDS = 0.6
"""Then the answer is what there is; a window that was begun is still looked through."""

# The fence keeps the database from taking another index, along which a rare ticket may be a million away.
_WINDOW: LiteralString = f"""
    SELECT t.id FROM (SELECT * FROM tickets.ticket WHERE id < $2 AND id >= $3 ORDER BY id DESC OFFSET 0) AS t
    WHERE $1::text IS NULL AND {SEEN} AND ({{where}}) LIMIT $4
"""

_FEW: LiteralString = f"""
    SELECT t.id FROM tickets.ticket t WHERE $1::text IS NULL AND t.id < $2 AND t.id >= $3 AND {SEEN} AND ({{where}})
    ORDER BY t.id DESC LIMIT $4
"""


class Listed(msgspec.Struct, frozen=True):
    """The newest that fit; `reached`: every ticket from this id on has been looked at, 0 for all there are."""

    ids: list[int]
    reached: int


def windows(below: int) -> Iterator[int]:
    """The lowest id of each window."""
    width = NARROWEST
    while below > 0:
        below = max(0, below - width)
        yield below
        width = min(WIDEST, width * 2)


async def walk_tickets(
    reader: Reader, scope: Scope, narrow: Narrow, before: int | None, want: int, seconds: float = SECONDS
) -> Listed:
    """The newest `want` tickets before an id which the scope and the condition allow."""
    ids: list[int] = []
    below = (await reader.value("SELECT max(id) FROM tickets.ticket") or 0) + 1 if before is None else before
    if not scope.brand_ids:
        return Listed(ids, 0)
    ends = perf_counter() + seconds
    sql = (_FEW if narrow.few else _WINDOW).replace("{where}", narrow.where)
    for lower in [0] if narrow.few else windows(below):
        try:
            found = await reader.fetch(
                sql, None, below, lower, want - len(ids), scope.brand_ids, scope.person_ids, scope.queue_ids, *narrow.args
            )
        except TooSlow:
            break
        ids += [row[0] for row in found]
        if len(ids) >= want:
            return Listed(ids, ids[-1])
        below = lower
        if perf_counter() > ends:
            break
    return Listed(ids, below)


assert FIRST_ARGUMENT == 8, "the statements here count their places as those of the walk do"
