"""Walking the index from the newest entry back, in windows that grow, until enough is found or time is up.

A common word is found in the newest few thousand entries and the walk ends there; a rare one has so few entries that
the widest window costs little. No word, however common, makes the database look at all of its entries.
"""

from collections.abc import Iterator, Sequence
from time import perf_counter
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, TooSlow
from playerdesk.kernel.finding import Asked, lexeme
from playerdesk.staff import Scope
from playerdesk.tickets.search.indexing import COARSE, FINE
from playerdesk.tickets.sight import in_scope

PLAIN = 8192
"""Ids whose entries are simply read, newest first, without the index."""

MOST_MARKS = 64
"""Windows named one by one; what is older than those is asked for without a window."""

SECONDS = 1.2
"""How long a walk may take; what it has by then is what it answers, and says how far it came."""


class Hit(msgspec.Struct, frozen=True):
    """An entry that has all words."""

    id: int
    ticket_id: int
    seq: int


class Narrow(msgspec.Struct, frozen=True):
    """A condition on `tickets.ticket AS t`, with places for its arguments from `$8` on."""

    where: LiteralString = "true"
    args: Sequence[Any] = ()
    few: bool = False
    """It has an index of its own and few tickets: they are all looked at."""


ANY_TICKET = Narrow()


class Walked(msgspec.Struct, frozen=True):
    """What was found, newest first; `reached`: every entry from this id on has been looked at, 0 for all there are."""

    hits: list[Hit]
    reached: int


class _Window(msgspec.Struct, frozen=True):
    lower: int
    marks: str | None
    """None: read plainly."""


FIRST_ARGUMENT = 8
"""The place of a condition's first argument in the statements here."""

SEEN: LiteralString = in_scope("$5", "$6", "$7")

# What is read here is bounded by the ids, so the words are looked at row by row and the index is left alone.
_READ: LiteralString = """
    SELECT id, ticket_id, seq FROM (
        SELECT id, ticket_id, seq, words FROM tickets.search WHERE id < $2 AND id >= $3 ORDER BY id DESC OFFSET 0
    ) AS newest WHERE words @@ $1::tsquery
"""

# All entries of the window that have the words, then the newest of them; the ticket is looked up for as many as it takes.
# The marks are the window. Its ids are compared in a way the primary key does not know, or both indexes would be read.
_LOOK_UP: LiteralString = """
    SELECT id, ticket_id, seq FROM (
        SELECT id, ticket_id, seq FROM tickets.search WHERE words @@ $1::tsquery AND id + 0 < $2 AND id + 0 >= $3 OFFSET 0
    ) AS found
"""

def statement(where: LiteralString, *, plain: bool, newest_first: bool = True) -> LiteralString:
    """One window: $1 words, $2 below this id, $3 from this id, $4 most, $5-$7 the scope, from $8 the condition's."""
    inner: LiteralString = _READ if plain else _LOOK_UP
    order: LiteralString = " ORDER BY id DESC" if newest_first else ""
    return (
        f"SELECT h.id, h.ticket_id, h.seq FROM ({inner}{order}) AS h CROSS JOIN LATERAL ("
        f" SELECT FROM tickets.ticket t WHERE t.id = h.ticket_id AND {SEEN} AND ({where}) OFFSET 0) AS may LIMIT $4"
    )


def windows(top: int) -> Iterator[_Window]:
    """From the entries below `top` to the very first, each window beginning where the one before it ended."""
    lower = max(0, top - PLAIN)
    yield _Window(lower, None)
    if not lower:
        return
    block = (lower - 1) >> FINE
    lower = max(0, block - 1) << FINE
    yield _Window(lower, _either("f", range(max(0, block - 1), block + 1)))
    count = 1
    while lower:
        last = (lower - 1) >> COARSE
        first = max(0, last - count)
        lower = first << COARSE
        if last - first < MOST_MARKS:
            yield _Window(lower, _either("c", range(first, last + 1)))
        else:
            lower = 0
            yield _Window(0, "")
        count *= 2


def _either(kind: str, numbers: range) -> str:
    return "(" + " | ".join(lexeme(f"§{kind}{number}") for number in numbers) + ")"


def _brands(scope: Scope, every: Sequence[int]) -> list[str]:
    """Nothing for somebody who sees every brand: then the mark would only cost."""
    if set(every) <= set(scope.brand_ids):
        return []
    return ["(" + " | ".join(lexeme(f"§b{brand}") for brand in scope.brand_ids) + ")"]


async def newest(reader: Reader) -> int:
    """One more than the id of the newest entry."""
    return (await reader.value("SELECT max(id) FROM tickets.search") or 0) + 1


async def walk(
    reader: Reader, asked: Asked, scope: Scope, every_brand: Sequence[int], *, below: int, want: int,
    narrow: Narrow = ANY_TICKET, newest_first: bool = True, seconds: float = SECONDS,
) -> Walked:
    """The newest `want` entries below an id that have all words and whose tickets the scope and the condition allow."""
    hits: list[Hit] = []
    if not scope.brand_ids:
        return Walked(hits, 0)
    ends = perf_counter() + seconds
    reached, brands = below, _brands(scope, every_brand)
    for window in windows(below):
        marks = [*brands, window.marks] if window.marks else brands
        sql = statement(narrow.where, plain=window.marks is None, newest_first=newest_first)
        try:
            found = await reader.rows(
                Hit, sql, asked.tsquery(*marks), reached, window.lower, want - len(hits),
                scope.brand_ids, scope.person_ids, scope.queue_ids, *narrow.args,
            )
        except TooSlow:
            break
        hits += found
        if len(hits) >= want:
            return Walked(hits, hits[-1].id)
        reached = window.lower
        if perf_counter() > ends:
            break
    return Walked(hits, reached)
