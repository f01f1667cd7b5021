"""Feeding the index: each entry of a timeline becomes words, from the event log and once for what was there before."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString

from playerdesk.kernel import Database, Loop, PastEvent, Reader, Tx, read_on
from playerdesk.kernel.finding import tsvector
from playerdesk.kernel.words import tokens

READER = "search"
KINDS = ("TicketOpened", "MessagePosted", "NoteAdded", "TicketResolved", "TicketChanged")

FINE, COARSE = 15, 18
"""Ids are marked with the stretch of 2^FINE and of 2^COARSE they stand in."""

TICKETS_A_ROUND = 400

TEXTS: LiteralString = """
    SELECT m.id, m.ticket_id, m.seq, m.created_at, t.brand_id, m.kind, m.author, m.author_id,
           m.body, m.change ->> 'solution', CASE WHEN m.seq = 1 THEN t.subject END,
           jsonb_path_query_array(m.attachments, '$[*].name'), CASE WHEN m.seq = 1 THEN t.fields END,
           t.player_name, t.character_name, CASE WHEN m.seq = 1 THEN t.server_name END
    FROM tickets.message m JOIN tickets.ticket t ON t.id = m.ticket_id
    WHERE (m.kind <> 'change' OR m.change ? 'solution')
"""

_OF_EVENTS: LiteralString = f"""
    {TEXTS} AND (m.ticket_id, m.seq) IN (
        SELECT * FROM unnest($1::bigint[], $2::bigint[])
        UNION SELECT o.ticket_id, o.seq FROM tickets.message o WHERE o.ticket_id = ANY($3::bigint[])
    )
"""

_OF_TICKETS: LiteralString = f"{TEXTS} AND m.ticket_id >= $1 AND m.ticket_id < $2"

_KEEP: LiteralString = """
    INSERT INTO tickets.search AS s (id, ticket_id, seq, at, words)
    SELECT id, ticket_id, seq, at, words::tsvector
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::timestamptz[], $5::text[]) AS n (id, ticket_id, seq, at, words)
    ON CONFLICT (id) DO UPDATE SET words = excluded.words WHERE s.words <> excluded.words
"""

_LAG: LiteralString = """
    SELECT coalesce(extract(epoch FROM now() - min(e.at)), 0)::float8 FROM kernel.cursor c
    CROSS JOIN LATERAL (
        SELECT at, kind FROM kernel.event
        WHERE xid >= pg_snapshot_xmax(c.snapshot::pg_snapshot) ORDER BY xid LIMIT 1000
    ) AS e
    WHERE c.reader = 'search' AND e.kind = ANY($1::text[])
"""


def marks_of(message_id: int, brand_id: int) -> list[str]:
    """Where an entry stands, as the index knows it."""
    return [f"§f{message_id >> FINE}", f"§c{message_id >> COARSE}", f"§b{brand_id}"]


def words_of(message_id: int, brand_id: int, texts: Iterable[str]) -> str:
    """All that an entry is found by, as a tsvector."""
    return tsvector([*marks_of(message_id, brand_id), *tokens("\n".join(texts))])


async def index_news(database: Database) -> int:
    """Take in what was logged since the last call; each event once. Returns how many there were."""
    return await read_on(database, READER, KINDS, _digest)


async def index_the_past(database: Database) -> bool:
    """Take in some more of the tickets there were before the index, newest first; False when none is left."""
    async with database.transaction() as tx:
        below = await tx.value("SELECT below FROM tickets.search_backfill WHERE below > 1 FOR UPDATE SKIP LOCKED")
        if below is None:
            return False
        start = max(1, below - TICKETS_A_ROUND)
        await _keep(tx, await tx.fetch(_OF_TICKETS, start, below))
        await tx.execute("UPDATE tickets.search_backfill SET below = $1", start)
        return start > 1


async def lag(reader: Reader) -> float:
    """Seconds the oldest event that is not in the index yet has waited."""
    return await reader.value(_LAG, list(KINDS))


async def still_to_come(reader: Reader) -> int:
    """About how many tickets of before the index are not in it yet."""
    return await reader.value("SELECT coalesce(max(below) - 1, 0) FROM tickets.search_backfill")


def texts_of(record: Any) -> list[str]:
    """The texts of a record of `TEXTS`, the ones that say most first."""
    body, solution, subject, files, fields, *names = tuple(record)[8:]
    return [text for text in (body, solution, subject, *map(str, files), *_values(fields), *names) if text]


async def _digest(tx: Tx, events: list[PastEvent]) -> None:
    places: set[tuple[int, int]] = set()
    # All of a new ticket: one that was split off another begins with more than its first entry.
    opened: set[int] = set()
    for event in events:
        data = event.data
        if event.kind == "TicketOpened":
            opened.add(data["ticketId"])
        elif event.kind != "TicketChanged":
            places.add((data["ticketId"], data["seq"]))
        elif not {"subject", "fields", "player"}.isdisjoint(data.get("what", ())):
            places.add((data["ticketId"], 1))
    await _keep(tx, await tx.fetch(
        _OF_EVENTS, [each[0] for each in places], [each[1] for each in places], list(opened)
    ))


async def _keep(tx: Tx, records: Sequence[Any]) -> None:
    ids: list[int] = []
    tickets: list[int] = []
    seqs: list[int] = []
    times: list[datetime] = []
    words: list[str] = []
    for record in sorted(records, key=lambda each: each[0]):
        ids.append(record[0])
        tickets.append(record[1])
        seqs.append(record[2])
        times.append(record[3])
        words.append(words_of(record[0], record[4], texts_of(record)))
    if ids:
        await tx.execute(_KEEP, ids, tickets, seqs, times, words)


def _values(fields: dict[str, Any] | None) -> Iterable[str]:
    """What a player filled in; sums and dates as they are typed."""
    for value in (fields or {}).values():
        if isinstance(value, (str, int, float)) and not isinstance(value, bool):
            yield str(value)
        elif isinstance(value, list):
            yield from (str(each) for each in value if isinstance(each, (str, int)))


async def _past(database: Database) -> None:
    """A few rounds, then others get their turn."""
    for _ in range(5):
        if not await index_the_past(database):
            return


LOOPS = (Loop("search.digest", 0.5, index_news), Loop("search.backfill", 0.3, _past))
