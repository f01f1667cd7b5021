"""Digesting events: facts first, and what is new among them into the rollups."""

from collections.abc import Sequence
from typing import Any, LiteralString
from zoneinfo import ZoneInfo

import msgspec
import structlog

from playerdesk.brands import brands
from playerdesk.insights.rules import Cell, Fact, Sum, cells_of, facts_of
from playerdesk.kernel import PastEvent, Tx

log = structlog.get_logger("insights")

_COLUMNS: LiteralString = "ticket_id, metric, day, hour, at, brand_id, channel, tier, queue_id, person_id, measure, met"

_RATED_BEFORE: LiteralString = f"""
    SELECT {_COLUMNS} FROM insights.fact WHERE metric = 'rated' AND ticket_id = ANY($1::bigint[])
"""

_KEEP: LiteralString = f"""
    INSERT INTO insights.fact ({_COLUMNS})
    SELECT * FROM unnest(
        $1::bigint[], $2::text[], $3::date[], $4::timestamptz[], $5::timestamptz[], $6::bigint[], $7::text[],
        $8::text[], $9::bigint[], $10::bigint[], $11::float8[], $12::boolean[]
    )
    ON CONFLICT (ticket_id, metric, day) DO UPDATE SET measure = excluded.measure
        WHERE excluded.metric = 'rated' AND fact.measure <> excluded.measure
    RETURNING ticket_id, metric, day
"""

_ADD: LiteralString = """
    INSERT INTO insights.hour AS h (dimension, brand_id, day, metric, hour, value, n, total, within, histogram)
    SELECT dimension, brand_id, day, metric, hour, value, n, total, within, histogram::int[]
    FROM unnest(
        $1::text[], $2::bigint[], $3::date[], $4::text[], $5::timestamptz[], $6::text[], $7::bigint[], $8::float8[],
        $9::bigint[], $10::text[]
    ) AS a (dimension, brand_id, day, metric, hour, value, n, total, within, histogram)
    ON CONFLICT (dimension, brand_id, day, metric, hour, value) DO UPDATE SET
        n = h.n + excluded.n, total = h.total + excluded.total, within = h.within + excluded.within,
        histogram = CASE WHEN excluded.histogram = '{}' THEN h.histogram
                         ELSE insights.add_histograms(h.histogram, excluded.histogram) END
"""


async def digest(tx: Tx, events: Sequence[PastEvent]) -> None:
    """Count a batch of events; seeing one again changes nothing. One reader at a time (the cursor sees to it)."""
    zones = {brand.id: ZoneInfo(brand.time_zone) for brand in await brands(tx)}
    facts = facts_of(events, zones, _complain)
    if not facts:
        return
    rated = [fact.ticket_id for fact in facts if fact.metric == "rated"]
    before = {fact.key: fact for fact in await tx.rows(Fact, _RATED_BEFORE, rated)} if rated else {}
    columns = map(list, zip(*map(msgspec.structs.astuple, facts), strict=True))
    kept = {(row[0], row[1], row[2]) for row in await tx.fetch(_KEEP, *columns)}
    cells: dict[Cell, Sum] = {}
    for fact in facts:
        if fact.key in kept:
            _count(cells, fact, before.get(fact.key))
    if cells:
        await _add(tx, cells)


def _complain(event: PastEvent) -> None:
    log.warning("an event could not be counted", kind=event.kind, position=event.position)


def _count(cells: dict[Cell, Sum], fact: Fact, before: Fact | None) -> None:
    """A changed rating is counted where it was, by its difference."""
    for cell in cells_of(before or fact):
        into = cells.get(cell)
        if into is None:
            into = cells[cell] = Sum()
        if before is None:
            into.count(fact)
        else:
            into.total += fact.measure - before.measure


async def _add(tx: Tx, cells: dict[Cell, Sum]) -> None:
    # In the order of the key, so that two writers could never wait for each other in a circle.
    rows = sorted(cells.items(), key=lambda item: item[0])
    keys: list[list[Any]] = [list(column) for column in zip(*(cell for cell, _ in rows), strict=True)]
    sums = [total for _, total in rows]
    await tx.execute(
        _ADD, *keys, [s.n for s in sums], [s.total for s in sums], [s.within for s in sums],
        ["{" + ",".join(map(str, s.histogram)) + "}" for s in sums],
    )
