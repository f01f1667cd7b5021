"""Time spent on a ticket: what its screen was looked at, counted quietly, and what people add by hand."""

from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Rejected, Text, Tx
from playerdesk.tickets.craft.events import CraftChanged
from playerdesk.tickets.standing import facts, lock_one

LONGEST_SECONDS = 24 * 3600
BAD_TIME = Text(zh="请填写 1 分钟到 24 小时之间的时长。", en="Give a time between one minute and 24 hours.")


class Spent(msgspec.Struct, frozen=True, rename="camel"):
    """What one person has spent on a ticket, in seconds; `by_hand` is the part she entered herself."""

    person_id: int
    seconds: int
    by_hand: int


_SPENT: LiteralString = """
    SELECT person_id, sum(seconds)::int, coalesce(sum(seconds) FILTER (WHERE by_hand), 0)::int FROM tickets.effort
    WHERE ticket_id = ANY($1::bigint[]) GROUP BY person_id ORDER BY 2 DESC, 1
"""

# A visit is told again and again as it grows; an older word that arrives late takes nothing away.
_TELL: LiteralString = """
    INSERT INTO tickets.effort AS e (ticket_id, person_id, seconds, client_key, at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (ticket_id, person_id, client_key) DO UPDATE SET seconds = greatest(e.seconds, excluded.seconds)
"""

_ADD: LiteralString = """
    INSERT INTO tickets.effort (ticket_id, person_id, seconds, by_hand, note, client_key, at)
    VALUES ($1, $2, $3, true, $4, $5, $6) ON CONFLICT (ticket_id, person_id, client_key) DO NOTHING
"""


async def spent_on(reader: Reader, ticket_ids: list[int]) -> list[Spent]:
    """By person, the most first; for a ticket with those merged into it."""
    return await reader.rows(Spent, _SPENT, ticket_ids)


async def visited(tx: Tx, ticket_id: int, person_id: int, seconds: int, client_key: str, at: datetime) -> None:
    """Her screen has shown it for so long in this visit. Says nothing to anybody: it happens all the time."""
    await tx.execute(_TELL, ticket_id, person_id, max(0, min(seconds, LONGEST_SECONDS)), client_key, at)


async def add_effort(
    tx: Tx, ticket_id: int, person_id: int, seconds: int, note: str, client_key: str, at: datetime
) -> None:
    """Time spent elsewhere: on the phone, with the studio."""
    if not 60 <= seconds <= LONGEST_SECONDS:
        raise Rejected("bad_time", BAD_TIME, fields={"seconds": BAD_TIME})
    standing = await lock_one(tx, ticket_id)
    if await tx.execute(_ADD, ticket_id, person_id, seconds, note[:200], client_key, at):
        await tx.emit(CraftChanged(**facts(standing, at), part="effort"))


async def drop_effort(tx: Tx, ticket_id: int, person_id: int, client_key: str, at: datetime) -> None:
    """Take one's own entry back."""
    standing = await lock_one(tx, ticket_id)
    if await tx.execute(
        "DELETE FROM tickets.effort WHERE ticket_id = $1 AND person_id = $2 AND client_key = $3 AND by_hand",
        ticket_id, person_id, client_key,
    ):
        await tx.emit(CraftChanged(**facts(standing, at), part="effort"))
