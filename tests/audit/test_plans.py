"""Searching a million traces walks an index, page by page, whatever is asked for together."""

import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from playerdesk.audit.queries import TraceFilter, statement, traces
from playerdesk.kernel import Database, connect
from tests.plans import nodes, plans

pytestmark = pytest.mark.slow  # a million rows take a while to write

NEWEST = datetime(2026, 11, 20, tzinfo=UTC)

# Forty people, three games of which one is tiny, a thousand macros changed now and then, and nobody is busy with number 39.
_WORLD = """
INSERT INTO audit.sealed (book, number, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason,
                          request_id, ip, words, prev_hash, hash)
SELECT 'changes', g, g, timestamptz '2026-11-20 00:00Z' - (1000000 - g) * interval '20 seconds',
    CASE WHEN g % 3 = 0 THEN 'player' ELSE 'staff' END, CASE WHEN g % 9973 = 1 THEN 39 ELSE g % 39 END,
    CASE WHEN g % 997 = 0 THEN 'macro.changed' WHEN g % 5 = 0 THEN 'ticket.assigned' ELSE 'message.posted' END,
    CASE WHEN g % 997 = 0 THEN 'macro' ELSE 'ticket' END, (g / 8)::text,
    CASE WHEN g % 997 = 0 THEN NULL WHEN g % 20011 = 0 THEN 3 ELSE 1 + g % 2 END, NULL, '{"seq": 1}', '', 'r', '',
    CASE WHEN g % 997 = 0 THEN ARRAY['退款', '款', '退', 'm' || g] END, '\\x00', '\\x00'
FROM generate_series(1, 1000000) g
"""


@pytest.fixture(scope="module")
async def million(module_dsn: str) -> AsyncIterator[Database]:
    database = await connect(module_dsn, size=2, statement_timeout_ms=120_000)
    async with database.transaction() as tx:
        await tx.execute(_WORLD)
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE audit.sealed")
    yield database
    await database.close()


MARK = f"{int((NEWEST.timestamp() - 400_000) * 1_000_000)}.900000"
ASKED = {
    "everything": ({}, "sealed_at", 110),
    "a person": ({"actor_id": 7}, "sealed_actor", 110),
    "a person who did little": ({"actor_id": 39}, "sealed_actor", 110),
    "a ticket": ({"kind": "ticket", "object_id": "4711"}, "sealed_object", 20),
    "a kind": ({"kind": "macro"}, "sealed_kind", 110),
    "an action": ({"action": "macro.changed"}, "sealed_action", 110),
    "a time": ({"since": datetime(2026, 6, 1, tzinfo=UTC), "until": datetime(2026, 6, 2, tzinfo=UTC)}, "sealed_at", 110),
    "a text": ({"text": "退款"}, "sealed_words", 1100),
    "some games": ({"brand_ids": [1, 3]}, "sealed_brand", 220),
    "a person in some games": ({"brand_ids": [1, 2], "actor_id": 7}, "sealed_actor", 60_000),
}


@pytest.mark.parametrize("after", [None, MARK], ids=["first", "later"])
@pytest.mark.parametrize("asked", ASKED)
async def test_a_page_is_a_walk_along_an_index(million, asked, after):
    facts, index, most = ASKED[asked]
    sql, args = statement(TraceFilter(**facts), after, 50)
    async for plan in plans(million, sql, args):
        found = list(nodes(plan))
        touched = sum(
            (n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) * n["Actual Loops"]
            for n in found if n.get("Relation Name") == "sealed"
        )
        assert not [n for n in found if n["Node Type"] == "Seq Scan" and n.get("Relation Name") == "sealed"]
        assert index in {n.get("Index Name") for n in found}, [n.get("Index Name") for n in found]
        assert touched <= most, f"{touched} rows touched for a page"


async def test_no_page_of_a_million_takes_long(million):
    """Generous for a busy machine; the figures are printed."""
    slowest = 0.0
    for asked, (facts, _, _) in ASKED.items():
        async with million.reading() as reader:
            await traces(reader, TraceFilter(**facts), None, 50)
            started = time.perf_counter()
            await traces(reader, TraceFilter(**facts), MARK, 50)
        took = time.perf_counter() - started
        slowest = max(slowest, took)
        print(f"{asked:26} {took * 1000:6.1f} ms")
    assert slowest < 1.0
