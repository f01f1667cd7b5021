"""A desk as it is after months, and how the server runs a statement on it."""

import json

from playerdesk.kernel import Database, connect

_WORLD = """
INSERT INTO brands.brand (key, name) SELECT 'b' || g, '{}' FROM generate_series(1, 3) g;
INSERT INTO staff.queue (key, name) SELECT 'q' || g, '{}' FROM generate_series(1, 5) g;
INSERT INTO staff.person (login, name, password_hash) SELECT 'a' || g, 'a', '' FROM generate_series(1, 40) g;
INSERT INTO players.player (name, tier) SELECT 'p', (ARRAY['high', 'mid', 'low', 'none'])[1 + g % 4]
    FROM generate_series(1, 5000) g;
-- A desk as it is after months: nine of ten are over, a few hundred wait.
INSERT INTO tickets.ticket (brand_id, player_id, channel, live, subject, player_name, status, queue_id, assignee_id,
    assigned_at, last_message_at, rank_at, escalated_at, resolved_at, created_at)
SELECT 1 + g % 3, 1 + (g * 7919) % 5000, CASE WHEN g % 3 = 0 THEN 'chat' ELSE 'game' END, s = 'new' AND g % 4 = 0,
    's', 'p', s, 1 + (g / 7) % 5, CASE WHEN s = 'new' THEN NULL ELSE 1 + g % 40 END,
    CASE WHEN s = 'new' THEN NULL ELSE at END, at, at,
    CASE WHEN g % 100 = 7 THEN at END, CASE WHEN s IN ('resolved', 'closed') THEN at END, at
FROM (
    SELECT g, timestamptz '2026-11-20 00:00Z' - g * interval '90 seconds' AS at,
        CASE WHEN g % 50 < 44 THEN 'closed' WHEN g % 50 = 44 THEN 'resolved' WHEN g % 50 = 45 THEN 'new'
             WHEN g % 50 = 46 THEN 'pending' WHEN g % 50 = 47 THEN 'hold' ELSE 'open' END AS s
    FROM generate_series(1, 24000) g
) AS made;
INSERT INTO tickets.message (ticket_id, seq, number, kind, author, body)
    SELECT id, n, n, 'message', 'player', 'x' FROM tickets.ticket, generate_series(1, 2) n;
INSERT INTO tickets.message (ticket_id, seq, number, kind, author, body)
    SELECT 5, n, n, 'message', 'player', 'x' FROM generate_series(3, 800) n;
INSERT INTO tickets.session (ticket_id, accepted_at, ended_at)
    SELECT id, created_at, created_at FROM tickets.ticket WHERE channel = 'chat' AND NOT live;
INSERT INTO tickets.session (ticket_id) SELECT id FROM tickets.ticket WHERE live;
UPDATE tickets.ticket SET player_unread = 1 WHERE player_id = 77;
INSERT INTO tickets.tally (brand_id, queue_id, status, tier, assigned, n, folded)
    SELECT brand_id, queue_id, status, tier, assignee_id IS NOT NULL, count(*), true FROM tickets.ticket GROUP BY 1, 2, 3, 4, 5;
"""


async def a_busy_desk(dsn: str) -> Database:
    """24,000 tickets, of which a few hundred wait; statistics are fresh."""
    database = await connect(dsn, size=2, statement_timeout_ms=60_000)
    async with database.transaction() as tx:
        await tx.execute(_WORLD)  # type: ignore[arg-type]
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE")
    return database


async def before_18(database: Database) -> bool:
    async with database.reading() as reader:
        return await reader.value("SELECT current_setting('server_version_num')::int < 180000")


class Overheard:
    """A reader that remembers the statements it was given, so that what is explained is what is run."""

    def __init__(self, reader):
        self.reader = reader
        self.statements = []

    def __getattr__(self, name):
        async def call(*args):
            self.statements.append(args[1:] if name in ("rows", "row") else args)
            return await getattr(self.reader, name)(*args)

        return call


def nodes(plan):
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def plans(database, sql, args):
    """How it is run for these values, and how once the server has settled for one plan for all values."""
    for mode in ("force_custom_plan", "force_generic_plan"):
        async with database.transaction() as tx:
            await tx.execute(f"SET LOCAL plan_cache_mode = {mode}")
            # The comment keeps the driver from taking the plan it has prepared in the other mode.
            found = await tx.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql} -- {mode}", *args)
            yield json.loads(found)[0]["Plan"]


async def check(database, sql, args, index, most_rows):
    async for plan in plans(database, sql, args):
        found = list(nodes(plan))
        tables = [n for n in found if n.get("Relation Name") in ("ticket", "message", "session")]
        assert [n["Node Type"] for n in found if n["Node Type"] == "Seq Scan" and n in tables] == []
        used = {n["Index Name"] for n in found if "Index Name" in n}
        assert index in used, used
        touched = sum(
            (n["Actual Rows"] + n.get("Rows Removed by Filter", 0) + n.get("Rows Removed by Index Recheck", 0))
            * n["Actual Loops"] for n in tables
        )
        assert touched <= most_rows, f"{touched} rows touched for a page"
