"""The tickets of an export, a few hundred at a time, from a cursor that stays on the server."""

from collections.abc import AsyncGenerator
from typing import Any, LiteralString

from playerdesk.kernel import Database
from playerdesk.kernel.finding import Asked
from playerdesk.kernel.streaming import streaming
from playerdesk.staff import Scope
from playerdesk.tickets.exports.columns import Cell, Sheet
from playerdesk.tickets.search.indexing import TEXTS, texts_of
from playerdesk.tickets.search.windows import SEEN, Narrow

BATCH = 500

# The places of the scope and the condition are those of a search, so that one condition fits both.
_ROWS: LiteralString = f"""
    SELECT {{columns}} FROM tickets.ticket t
    WHERE {SEEN} AND ({{where}}) AND ($2::bigint IS NULL OR t.id < $2) AND ($3::bigint IS NULL OR t.id >= $3)
        AND ($4::bigint IS NULL OR t.id <> $4) AND ($1::text IS NULL OR EXISTS (
            SELECT FROM tickets.search s WHERE s.ticket_id = t.id AND s.words @@ $1::text::tsquery))
    ORDER BY t.id DESC
"""

_SAID: LiteralString = f"""
    {TEXTS} AND EXISTS (SELECT FROM tickets.search s WHERE s.ticket_id = m.ticket_id AND s.seq = m.seq AND s.words @@ $2::tsquery)
    AND m.ticket_id = ANY($1::bigint[])
"""


async def rows_of(
    database: Database, sheet: Sheet, asked: Asked, scope: Scope, narrow: Narrow
) -> AsyncGenerator[list[list[Cell]], None]:
    """Every ticket that was asked for, newest first, in batches."""
    sql: LiteralString = _ROWS.replace("{columns}", sheet.sql).replace("{where}", narrow.where)
    words = asked.tsquery() or None
    async with streaming(
        database, sql, words, None, None, None, scope.brand_ids, scope.person_ids, scope.queue_ids, *narrow.args
    ) as fetch:
        while records := await fetch(BATCH):
            if asked.needs_a_look:
                records = await _really(database, asked, records)
            yield [sheet.cells(record) for record in records]


async def _really(database: Database, asked: Asked, records: list[Any]) -> list[Any]:
    """Without those in which the characters stand apart."""
    fitting: set[int] = set()
    async with database.reading() as reader:
        for said in await reader.fetch(_SAID, [record[0] for record in records], asked.tsquery()):
            if said[1] not in fitting and asked.fits("\n".join(texts_of(said))):
                fitting.add(said[1])
    return [record for record in records if record[0] in fitting]
