"""Telling players' portraits what the desk has done for them: the tickets of events, read once they have happened."""

from collections.abc import Sequence
from typing import LiteralString

from playerdesk.kernel import Database, Loop, PastEvent, Reader, Tx, read_on
from playerdesk.players.segments.portraits import ServiceCase, draw_again, keep_cases, told_down_to, told_so_far
from playerdesk.tickets import OPEN

KINDS = (
    "TicketOpened", "TicketChanged", "TicketResolved", "TicketReopened", "TicketClosed", "TicketRated", "TicketMerged",
    "TicketUnmerged",
)
PIECE = 5_000

_CASES: LiteralString = """
    SELECT t.id, t.player_id, t.status = ANY($2::text[]), t.created_at, r.score::int, coalesce(r.changed_at, r.at)
    FROM tickets.ticket t LEFT JOIN surveys.rating r ON r.ticket_id = t.id WHERE t.id = ANY($1::bigint[])
"""

_OLDER: LiteralString = "SELECT id FROM tickets.ticket WHERE id < $1 ORDER BY id DESC LIMIT $2"


async def _cases(reader: Reader, ticket_ids: Sequence[int]) -> list[ServiceCase]:
    return await reader.rows(ServiceCase, _CASES, list(ticket_ids), sorted(OPEN))


async def tell(tx: Tx, events: Sequence[PastEvent]) -> None:
    """A batch of what happened to tickets; told twice, nothing changes."""
    await keep_cases(tx, await _cases(tx, sorted({event.data["ticketId"] for event in events})))
    # Who writes for the first time may never have been looked at.
    await draw_again(tx, sorted({event.data["playerId"] for event in events if event.kind == "TicketOpened"}))


async def tell_news(database: Database) -> int:
    """Everything since the last call; returns how much."""
    return await read_on(database, "player_service", KINDS, tell)


async def tell_history(database: Database) -> int:
    """The tickets of before portraits were kept, newest first, a piece a call; how many. 0 once all are told."""
    async with database.transaction() as tx:
        so_far = await told_so_far(tx)
        if so_far == 0:
            return 0
        below: int = so_far or await tx.value("SELECT coalesce(max(id), 0) + 1 FROM tickets.ticket")
        ids = [row[0] for row in await tx.fetch(_OLDER, below, PIECE)]
        await keep_cases(tx, await _cases(tx, ids))
        await told_down_to(tx, min(ids) if len(ids) == PIECE else 0)
        return len(ids)


LOOPS = (Loop("players.service", 1.0, tell_news), Loop("players.service_history", 5.0, tell_history))
