"""What a search answers: tickets, newest hit first, each with the places it was found in, cut around the words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, LiteralString

import msgspec

from playerdesk.kernel import Reader
from playerdesk.kernel.finding import Asked, Part
from playerdesk.staff import Scope
from playerdesk.tickets.queries import Author, TicketRow, rows
from playerdesk.tickets.search.indexing import TEXTS, texts_of
from playerdesk.tickets.search.listed import walk_tickets
from playerdesk.tickets.search.windows import Hit, Narrow, newest, walk

TICKETS_A_PAGE = 20
HITS_A_PAGE = 60
HITS_SHOWN = 3
ROUNDS = 4
"""Of pages of hits, when all of them are in the same few tickets."""
COUNTED = 1000


class FoundEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An entry in which something was found, and where in it."""

    seq: int
    kind: Literal["message", "note", "change"]
    author: Author
    author_id: int | None
    created_at: datetime
    parts: list[Part]


class FoundTicket(msgspec.Struct, frozen=True):
    """A ticket with its newest hits."""

    row: TicketRow
    hits: list[FoundEntry]


class FoundTickets(msgspec.Struct, frozen=True, rename="camel"):
    """A page of tickets; `next` asks for the page after it, `complete`: nothing was left out because it took too long."""

    tickets: list[FoundTicket]
    next: int | None
    complete: bool


class HitCount(msgspec.Struct, frozen=True):
    """How many entries were found; `more`: at least so many."""

    hits: int
    more: bool


_ENTRIES: LiteralString = f"""
    {TEXTS} AND (m.ticket_id, m.seq) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[]))
"""


async def find_tickets(
    reader: Reader, asked: Asked, scope: Scope, every_brand: Sequence[int], *, narrow: Narrow, before: int | None
) -> FoundTickets:
    """A page of what was found, or without words of all tickets that the condition allows."""
    if not asked:
        return await _listed(reader, scope, narrow, before)
    below = await newest(reader) if before is None else before
    found: dict[int, list[FoundEntry]] = {}
    complete = True
    for _ in range(ROUNDS):
        walked = await walk(reader, asked, scope, every_brand, below=below, want=HITS_A_PAGE, narrow=narrow)
        below = walked.reached
        for hit, entry in await _entries(reader, asked, walked.hits):
            if hit.ticket_id not in found and len(found) == TICKETS_A_PAGE:
                # The page is full: the next one begins with this hit.
                return FoundTickets(await _rows(reader, found), hit.id + 1, complete)
            shown = found.setdefault(hit.ticket_id, [])
            if len(shown) < HITS_SHOWN:
                shown.append(entry)
        if len(walked.hits) < HITS_A_PAGE:
            complete = below == 0
            break
    return FoundTickets(await _rows(reader, found), below or None, complete)


async def count_hits(
    reader: Reader, asked: Asked, scope: Scope, every_brand: Sequence[int], *, narrow: Narrow
) -> HitCount:
    """How many entries there are, up to a thousand."""
    if not asked:
        return HitCount(0, more=False)
    walked = await walk(
        reader, asked, scope, every_brand, below=await newest(reader), want=COUNTED, narrow=narrow, newest_first=False
    )
    return HitCount(len(walked.hits), more=len(walked.hits) == COUNTED or walked.reached > 0)


async def _listed(reader: Reader, scope: Scope, narrow: Narrow, before: int | None) -> FoundTickets:
    listed = await walk_tickets(reader, scope, narrow, before, TICKETS_A_PAGE)
    return FoundTickets(
        await _rows(reader, {each: [] for each in listed.ids}), listed.reached or None,
        complete=not listed.reached or len(listed.ids) == TICKETS_A_PAGE,
    )


async def _entries(reader: Reader, asked: Asked, hits: Sequence[Hit]) -> list[tuple[Hit, FoundEntry]]:
    """The hits with their texts, without those in which the characters stand apart."""
    records = await reader.fetch(_ENTRIES, [hit.ticket_id for hit in hits], [hit.seq for hit in hits])
    known: dict[int, Any] = {record[0]: record for record in records}
    entries: list[tuple[Hit, FoundEntry]] = []
    for hit in hits:
        record = known.get(hit.id)
        if record is None:
            continue
        texts = texts_of(record)
        if not asked.fits("\n".join(texts)):
            continue
        parts = next((parts for text in texts if (parts := asked.fragment(text))), [Part(texts[0][:120])] if texts else [])
        entries.append((hit, FoundEntry(hit.seq, record[5], record[6], record[7], record[3], parts)))
    return entries


async def _rows(reader: Reader, found: dict[int, list[FoundEntry]]) -> list[FoundTicket]:
    known = {row.id: row for row in await rows(reader, list(found))}
    return [FoundTicket(known[ticket_id], hits) for ticket_id, hits in found.items() if ticket_id in known]
