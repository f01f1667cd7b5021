"""The numbers beside the views; read once a second for all screens, never per event or agent."""

from typing import Literal

import msgspec

from playerdesk.kernel import Reader
from playerdesk.staff import Agent
from playerdesk.tickets import Count, counts

_OWN = """
    SELECT assignee_id, count(*)::int FROM tickets.ticket
    WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'hold') GROUP BY 1
"""

# Capped: beyond a thousand the number says "very many" and no more, and costs no more.
_ESCALATED = """
    SELECT b.id, (SELECT count(*) FROM (
        SELECT 1 FROM tickets.ticket WHERE brand_id = b.id AND escalated_at IS NOT NULL
            AND (status IN ('new', 'open', 'pending', 'hold') OR (status = 'resolved' AND rating <= 2)) LIMIT 1000) AS e)::int
    FROM brands.brand b
"""


class Counters(msgspec.Struct, frozen=True):
    """What all screens are told from."""

    counts: list[Count]
    own: dict[int, int]
    escalated: dict[int, int]

    @classmethod
    async def read(cls, reader: Reader) -> "Counters":
        return cls(
            await counts(reader),
            {row[0]: row[1] for row in await reader.fetch(_OWN)},
            {row[0]: row[1] for row in await reader.fetch(_ESCALATED)},
        )


class TierCounts(msgspec.Struct):
    """How many of each tier."""

    high: int = 0
    mid: int = 0
    low: int = 0
    none: int = 0


class QueueCounts(msgspec.Struct):
    """Who waits in a queue."""

    waiting: int
    tiers: TierCounts


class ScreenCounters(msgspec.Struct, frozen=True):
    """The numbers beside one agent's views; queues by their id."""

    op: Literal["counters"]
    mine: int
    pending: int
    open: int
    unassigned: int
    escalated: int
    queues: dict[str, QueueCounts]


def counters_for(counters: Counters, agent: Agent) -> ScreenCounters:
    """One agent's numbers. Queues are counted over all brands they serve."""
    queues: dict[str, QueueCounts] = {}
    unassigned = pending = open_count = 0
    for count in counters.counts:
        open_count += count.n
        if count.status in ("pending", "hold"):
            pending += count.n
        if count.assigned or count.status not in ("new", "open"):
            continue
        unassigned += count.n
        queue = queues.setdefault(str(count.queue_id), QueueCounts(0, TierCounts()))
        queue.waiting += count.n
        setattr(queue.tiers, count.tier, getattr(queue.tiers, count.tier) + count.n)
    escalated = sum(n for brand, n in counters.escalated.items() if not agent.brand_ids or brand in agent.brand_ids)
    return ScreenCounters("counters", counters.own.get(agent.id, 0), pending, open_count, unassigned, escalated, queues)
