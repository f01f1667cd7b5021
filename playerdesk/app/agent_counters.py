"""The numbers beside the views; read once a second for all screens, never per event or agent."""

from typing import Any, Literal

import msgspec

from playerdesk.kernel import Reader
from playerdesk.staff import Agent, Scope
from playerdesk.tickets import Count, counts

_OWN = """
    SELECT assignee_id, brand_id, count(*)::int FROM tickets.ticket
    WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'hold') GROUP BY 1, 2
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
    own: dict[int, dict[int, int]]
    """By person, and by brand."""
    escalated: dict[int, int]
    shared: dict[Any, "_Shared"] = {}
    """What those whose eyes reach the same have in common, counted once."""

    @classmethod
    async def read(cls, reader: Reader) -> "Counters":
        own: dict[int, dict[int, int]] = {}
        for person_id, brand_id, n in await reader.fetch(_OWN):
            own.setdefault(person_id, {})[brand_id] = n
        return cls(
            await counts(reader),
            own,
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
    views: dict[str, int]
    """By the id of the saved view; 1,000 means that many or more."""


class _Shared(msgspec.Struct, frozen=True):
    """The numbers of a scope."""

    pending: int
    open: int
    unassigned: int
    escalated: int
    queues: dict[str, QueueCounts]


def counters_for(counters: Counters, agent: Agent, scope: Scope, views: dict[str, int]) -> ScreenCounters:
    """One agent's numbers, of the tickets her eyes reach; `views` as the watches of this process know them.

    Of those with a limited scope the watches know too what the counters of everybody cannot tell apart.
    """
    brands, limited = set(scope.brand_ids), scope.person_ids is not None
    key = (tuple(scope.brand_ids), limited, tuple(scope.queue_ids or ()))
    shared = counters.shared.get(key)
    if shared is None:
        shared = counters.shared[key] = _shared(counters, scope)
    pending, open_count, escalated = shared.pending, shared.open, shared.escalated
    mine = sum(n for brand, n in counters.own.get(agent.id, {}).items() if brand in brands)
    if limited:
        open_count, pending, escalated = (views.get(name, 0) for name in ("open", "pending", "escalated"))
    saved = {name: n for name, n in views.items() if name.isdecimal()}
    return ScreenCounters("counters", mine, pending, open_count, shared.unassigned, escalated, shared.queues, saved)


def _shared(counters: Counters, scope: Scope) -> _Shared:
    brands, limited, lines = set(scope.brand_ids), scope.person_ids is not None, set(scope.queue_ids or ())
    queues: dict[str, QueueCounts] = {}
    unassigned = pending = open_count = 0
    for count in counters.counts:
        if count.brand_id not in brands:
            continue
        open_count += count.n
        if count.status in ("pending", "hold"):
            pending += count.n
        if count.assigned or count.status not in ("new", "open") or (limited and count.queue_id not in lines):
            continue
        unassigned += count.n
        queue = queues.setdefault(str(count.queue_id), QueueCounts(0, TierCounts()))
        queue.waiting += count.n
        setattr(queue.tiers, count.tier, getattr(queue.tiers, count.tier) + count.n)
    escalated = sum(n for brand, n in counters.escalated.items() if brand in brands)
    return _Shared(pending, open_count, unassigned, escalated, queues)
