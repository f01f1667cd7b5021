"""A worker that died takes seconds to come back; until then each server gives out the chats that wait.

Giving out is safe in any number of processes. A server only looks whether a chat stands in line longer than a living
worker would let it, which is one walk of a small index a second.
"""

from typing import LiteralString

from playerdesk.kernel import Database, Loop
from playerdesk.routing import give_out

_NEGLECTED: LiteralString = """
    SELECT EXISTS (
        SELECT FROM tickets.ticket
        WHERE live AND assignee_id IS NULL AND status IN ('new', 'open')
          AND (waiting_since IS NULL OR waiting_since < clock_timestamp() - interval '1 second')
    )
"""


async def stand_in(database: Database) -> int:
    """Give out work if a chat has waited for more than a moment; returns how many were given."""
    async with database.reading() as reader:
        neglected = await reader.value(_NEGLECTED)
    return await give_out(database) if neglected else 0


STANDING_IN = Loop("stand in for the worker", 1, stand_in)
"""Run by every server."""
