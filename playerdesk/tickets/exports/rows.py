"""The tickets of an export, a few hundred at a time: those of a list in the order of the list, others newest first.

All of it is one moment, that of the first row: a ticket is there once, with what it was then, and at its place then; none
is left out and none repeated, whatever changes while the file is written.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, LiteralString

from playerdesk.kernel import Database
from playerdesk.kernel.condition_tests import placeholder
from playerdesk.kernel.finding import Asked
from playerdesk.kernel.streaming import standing_still, streaming
from playerdesk.staff import Scope
from playerdesk.tickets.exports.columns import Cell, Sheet
from playerdesk.tickets.search.indexing import TEXTS, texts_of
from playerdesk.tickets.search.windows import SEEN, Narrow
from playerdesk.tickets.walking import Walk, in_order

BATCH = 500

# The places of the scope and the condition are those of a search, so that one condition fits both.
_ROWS: LiteralString = f"""
    SELECT {{columns}} FROM tickets.ticket t
    WHERE {SEEN} AND ({{where}}) AND ($2::bigint IS NULL OR t.id < $2) AND ($3::bigint IS NULL OR t.id >= $3)
        AND ($4::bigint IS NULL OR t.id <> $4) AND ($1::text IS NULL OR EXISTS (
            SELECT FROM tickets.search s WHERE s.ticket_id = t.id AND s.words @@ $1::text::tsquery))
"""

_SAID: LiteralString = f"""
    {TEXTS} AND EXISTS (SELECT FROM tickets.search s WHERE s.ticket_id = m.ticket_id AND s.seq = m.seq AND s.words @@ $2::tsquery)
    AND m.ticket_id = ANY($1::bigint[])
"""


async def rows_of(
    database: Database, sheet: Sheet, asked: Asked, scope: Scope, narrow: Narrow, walk: Walk | None = None
) -> AsyncGenerator[list[list[Cell]], None]:
    """Every ticket that was asked for, in batches, as `walk` comes by them; a batch may be empty."""
    sql: LiteralString = _ROWS.replace("{columns}", sheet.sql).replace("{where}", narrow.where)
    args = (asked.tsquery() or None, None, None, None, scope.brand_ids, scope.person_ids, scope.queue_ids, *narrow.args)
    async with aclosing(_newest_first(database, sql, args) if walk is None else _walked(database, sql, args, walk)) as batches:
        async for records in batches:
            fitting = await _really(database, asked, records) if asked.needs_a_look else records
            yield [sheet.cells(record) for record in fitting]


async def _newest_first(database: Database, sql: LiteralString, args: Sequence[Any]) -> AsyncGenerator[list[Any], None]:
    async with streaming(database, sql + " ORDER BY t.id DESC", *args) as fetch:
        while records := await fetch(BATCH):
            yield records


async def _walked(
    database: Database, sql: LiteralString, args: Sequence[Any], walk: Walk
) -> AsyncGenerator[list[Any], None]:
    """The walk finds them along the index of the order, a window at a time; nothing is sorted as a whole."""
    sql += f" AND t.id = ANY({placeholder(len(args) + 1)}::bigint[])"
    async with standing_still(database) as reader, aclosing(in_order(reader, walk, BATCH)) as found:
        async for ids in found:
            records = {record[0]: record for record in await reader.fetch(sql, *args, ids)}
            yield [records[each] for each in ids if each in records]


async def _really(database: Database, asked: Asked, records: list[Any]) -> list[Any]:
    """Without those in which the characters stand apart."""
    fitting: set[int] = set()
    async with database.reading() as reader:
        for said in await reader.fetch(_SAID, [record[0] for record in records], asked.tsquery()):
            if said[1] not in fitting and asked.fits("\n".join(texts_of(said))):
                fitting.add(said[1])
    return [record for record in records if record[0] in fitting]
