"""Row 12: what 200 rules cost an event of a ticket: alone in its transaction, and twenty in one as the lanes do it."""

import time
from collections.abc import Sequence
from typing import Any

from bench.desk import Desk
from bench.figures import Row, percentile
from bench.plan import Plan
from playerdesk.app.kinds import KINDS
from playerdesk.app.wiring import WIRING
from playerdesk.blueprints import Place, publish_body
from playerdesk.brands import brands
from playerdesk.kernel import Database, connect, now
from playerdesk.rules import consider
from playerdesk.tickets import MessagePosted, facts, standings

RULES = 200
AIM_MS = 0.3
TOGETHER = 20


def rules(brand_keys: Sequence[str]) -> list[tuple[str, str, dict[str, Any]]]:
    """Half of every brand, half of one; conditions of three kinds of comparison; one in fifty holds for a few tickets."""
    made: list[tuple[str, str, dict[str, Any]]] = []
    for n in range(RULES):
        brand = "" if n % 2 else brand_keys[n % len(brand_keys)]
        word = {"field": "said", "contains": f"词{n}"}
        asked: list[dict[str, Any]] = [
            {"any": [word, {"field": "subject", "contains": f"题{n}"}]}, {"field": "tier", "in": ["high", "mid"]},
            {"not": {"field": "tags", "has": f"标签{n}"}}, {"field": "created", "within_last": "30d"} if n % 5 == 0 else word,
        ]
        made.append((brand, f"bench-{n}", {
            "name": {"zh": f"规则{n}", "en": f"Rule {n}"}, "when": {"events": ["opened", "player_message"]},
            "if": {"all": asked}, "then": [{"do": "priority", "to": n % 4}], "position": n,
        }))
    return made


async def _events(database: Database, count: int) -> list[MessagePosted]:
    async with database.reading() as reader:
        ids = [row[0] for row in await reader.fetch("SELECT id FROM tickets.ticket ORDER BY id DESC LIMIT $1", count)]
        return [
            MessagePosted(
                **facts(each, now()), seq=1, number=1, author="player", author_id=each.player_id, status_before=each.status,
                first_response=False, waited_seconds=None,
            )
            for each in (await standings(reader, ids)).values()
        ]


async def _rounds(database: Database, events: list[MessagePosted], together: int) -> tuple[list[float], float]:
    """Milliseconds and server CPU µs an event."""
    took: list[float] = []
    cpu = time.process_time()
    for at in range(0, len(events) - together + 1, together):
        async with database.transaction() as tx:
            began = time.perf_counter()
            await consider(tx, "player_message", events[at:at + together])
            took.append((time.perf_counter() - began) * 1000 / together)
    return took, (time.process_time() - cpu) / max(1, len(took) * together) * 1e6


async def measure(desk: Desk, plan: Plan) -> list[Row]:
    """The rules are real ones, published as documents; none fires, which is what nearly every event meets."""
    database = await connect(desk.dsn, wiring=WIRING, size=2)
    try:
        async with database.transaction() as tx:
            keys = [brand.key for brand in await brands(tx)]
            for brand, key, body in rules(keys):
                await publish_body(tx, KINDS, Place("rule", brand, key), body, None)
        events = await _events(database, min(plan.reads, 2000))
        await _rounds(database, events[:100], 1)
        with desk.cost() as cost:
            alone, _ = await _rounds(database, events, 1)
        together, cpu = await _rounds(database, events, TOGETHER)
        async with database.transaction() as tx:
            await tx.execute("DELETE FROM rules.rule WHERE key LIKE 'bench-%'")
    finally:
        await database.close()
    mean = sum(together) / len(together)
    return [Row(
        number=12, what=f"an event of a ticket with {RULES} rules", aim=f"≤ {AIM_MS} ms an event", met=mean <= AIM_MS,
        cpu_us=cpu, server_us=cpu, per_second=1000 / mean,
        more={
            "ms an event, 20 together": round(mean, 3), "ms an event, alone p50": round(percentile(alone, 50), 3),
            "alone p99": round(percentile(alone, 99), 3), "database µs, alone": round(cost.database / len(alone) * 1e6),
        },
    )]
