"""What a draft of service levels would do to the open tickets there are, without doing it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.brands import brand_by_key
from playerdesk.forms import categories
from playerdesk.kernel import Reader
from playerdesk.sla import queries
from playerdesk.sla.blueprints.service_level import Levels
from playerdesk.sla.machine import Clock
from playerdesk.sla.replanning import facts_of, stands
from playerdesk.sla.rules import Policy, Target, Watch, nearest
from playerdesk.tickets import standings

SAMPLE = 1_000
_BREATHE = 50


class Effect(msgspec.Struct, frozen=True, rename="camel"):
    """What would become of open tickets; of a sample, when there are many."""

    open: int
    looked: int
    sooner: int
    later: int
    without: int
    """They would have no due time any more."""
    late_at_once: int


_COUNT: LiteralString = """
    SELECT count(*)::int FROM tickets.ticket
    WHERE status IN ('new', 'open', 'pending', 'hold') AND ($1::bigint IS NULL OR brand_id = $1)
"""
# Spread over all that are open by the last digits of their numbers, which say nothing about them.
_SAMPLE: LiteralString = """
    SELECT id FROM tickets.ticket
    WHERE status IN ('new', 'open', 'pending', 'hold') AND ($1::bigint IS NULL OR brand_id = $1) AND id % $2 = 0 LIMIT $3
"""


async def try_out(reader: Reader, brand_key: str, levels: Levels, at: datetime) -> Effect:
    """The draft instead of what is published for this brand (or for all)."""
    brand = await brand_by_key(reader, brand_key) if brand_key else None
    brand_id = brand and brand.id
    policy = await _with_draft(reader, brand_id, levels)
    count: int = await reader.value(_COUNT, brand_id)
    ids = [row[0] for row in await reader.fetch(_SAMPLE, brand_id, max(1, count // SAMPLE), SAMPLE)]
    found = await standings(reader, ids)
    rows: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in found}
    for row in await queries.clock_rows(reader, ids):
        rows[row.ticket_id].append(row)
    sooner = later = without = late = 0
    for n, (ticket_id, standing) in enumerate(found.items()):
        watch = Watch(ticket_id, rows[ticket_id], policy)
        before = nearest(watch.clocks.values())
        watch.follow_policy(facts_of(standing), stands(standing), at)
        after = nearest(watch.clocks.values())
        if before is not None and after is None:
            without += 1
        elif after is not None and (before is None or after.due_at != before.due_at):
            sooner += before is None or after.due_at < before.due_at
            later += before is not None and after.due_at > before.due_at
            late += after.due_at < at and (before is None or before.due_at >= at)
        if n % _BREATHE == 0:
            await asyncio.sleep(0)
    return Effect(count, len(found), sooner, later, without, late)


async def _with_draft(reader: Reader, brand_id: int | None, levels: Levels) -> Policy:
    published = await queries.fresh_policy(reader)
    ids: dict[str, int] = dict([tuple(row) for row in await reader.fetch("SELECT key, id FROM sla.calendar")])
    named = {each.key: each.id for each in await categories(reader, brand_id)}
    drafted: Sequence[Target] = [
        Target(
            brand_id, row.channel, named.get(row.category) if row.category else None, row.tier, row.first, row.next,
            row.resolution, row.warn, ids[row.calendar],
        )
        for row in levels.targets if row.calendar in ids and (row.category is None or row.category in named)
    ]
    return published.instead(brand_id, drafted)
