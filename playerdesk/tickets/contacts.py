"""All that a player has ever asked, over every channel, newest first."""

from collections.abc import Sequence
from typing import LiteralString

from playerdesk.kernel import Reader
from playerdesk.staff import Scope
from playerdesk.tickets.queries import ROW, TicketRow

# One account after the other along its index, each as far as a page may need it.
CONTACTS: LiteralString = f"""
    SELECT t.* FROM unnest($1::bigint[]) AS account CROSS JOIN LATERAL (
        SELECT {ROW} FROM tickets.ticket
        WHERE player_id = account AND id < $2 AND brand_id = ANY($3::bigint[])
            AND ($4::bigint[] IS NULL OR assignee_id = ANY($4) OR (assignee_id IS NULL AND queue_id = ANY($5::bigint[])))
            AND ($6::text IS NULL OR channel = $6) AND ($7::text[] IS NULL OR status = ANY($7))
        ORDER BY id DESC LIMIT $8
    ) AS t ORDER BY t.id DESC LIMIT $8
"""

_END = 1 << 62


async def contacts(
    reader: Reader, player_ids: Sequence[int], scope: Scope, *, before: int | None = None, channel: str | None = None,
    statuses: Sequence[str] | None = None, limit: int = 20,
) -> list[TicketRow]:
    """The tickets of these accounts that are in scope, older than `before`."""
    return await reader.rows(
        TicketRow, CONTACTS, list(player_ids), before or _END, scope.brand_ids, scope.person_ids, scope.queue_ids,
        channel, None if statuses is None else list(statuses), limit,
    )
