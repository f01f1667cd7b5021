"""Following a ticket: who does, and which of hers have news."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Tx
from playerdesk.staff import Scope
from playerdesk.tickets.craft.events import CraftChanged
from playerdesk.tickets.queries import ROW, TicketRow
from playerdesk.tickets.standing import facts, lock_one

MOST_SHOWN = 200


class Followed(msgspec.Struct, frozen=True, rename="camel"):
    """A ticket she follows; `news`: something has happened that she has not seen."""

    row: TicketRow
    news: bool


_FOLLOWED: LiteralString = f"""
    SELECT t.*, f.seen_seq FROM tickets.follow f CROSS JOIN LATERAL (
        SELECT {ROW} FROM tickets.ticket WHERE id = f.ticket_id AND brand_id = ANY($2::bigint[])
            AND ($3::bigint[] IS NULL OR assignee_id = ANY($3::bigint[])
                OR (assignee_id IS NULL AND queue_id = ANY($4::bigint[])))
    ) AS t
    WHERE f.person_id = $1 ORDER BY t.updated_at DESC, t.id DESC LIMIT $5
"""


async def follow(tx: Tx, ticket_id: int, person_id: int, at: datetime) -> None:
    """From now on she is told; twice is once."""
    standing = await lock_one(tx, ticket_id)
    made = await tx.execute(
        "INSERT INTO tickets.follow (ticket_id, person_id, since, seen_seq) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        ticket_id, person_id, at, standing.seq,
    )
    if made:
        await tx.emit(CraftChanged(**facts(standing, at), part="follows"))


async def unfollow(tx: Tx, ticket_id: int, person_id: int, at: datetime) -> None:
    """No longer."""
    standing = await lock_one(tx, ticket_id)
    if await tx.execute("DELETE FROM tickets.follow WHERE ticket_id = $1 AND person_id = $2", ticket_id, person_id):
        await tx.emit(CraftChanged(**facts(standing, at), part="follows"))


async def seen(tx: Tx, ticket_id: int, person_id: int, seq: int) -> None:
    """She has looked at it up to here."""
    await tx.execute(
        "UPDATE tickets.follow SET seen_seq = $3 WHERE ticket_id = $1 AND person_id = $2 AND seen_seq < $3",
        ticket_id, person_id, seq,
    )


async def followers(reader: Reader, ticket_id: int) -> list[int]:
    """Who follows it, longest first."""
    rows = await reader.fetch("SELECT person_id FROM tickets.follow WHERE ticket_id = $1 ORDER BY since", ticket_id)
    return [row[0] for row in rows]


async def followed(reader: Reader, person_id: int, scope: Scope) -> list[Followed]:
    """Her tickets, what moved last first."""
    found: Sequence[tuple[object, ...]] = await reader.fetch(
        _FOLLOWED, person_id, scope.brand_ids, scope.person_ids, scope.queue_ids, MOST_SHOWN
    )
    made: list[Followed] = []
    for record in found:
        *values, seen_seq = tuple(record)
        row = TicketRow(*values)
        made.append(Followed(row, row.seq > int(str(seen_seq))))
    return made
