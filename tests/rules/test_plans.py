"""Rules of time and dry runs walk an index, on a desk of 24,000 tickets."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from playerdesk.kernel import Database, now
from playerdesk.kernel.conditions import Asking, fix, read
from playerdesk.rules.fields import rule_fields
from playerdesk.rules.firings import fired_by, fired_on
from playerdesk.rules.timing import PLACES, statement
from playerdesk.rules.trying import LINES, WALK
from tests.plans import Overheard, a_busy_desk, check

_FIRED = """
    INSERT INTO rules.rule (brand_key, key, version, body) SELECT '', 'r' || g, 1, '{"name": {}}' FROM generate_series(1, 200) g;
    INSERT INTO rules.firing (rule_id, version, ticket_id, event, outcome, why, acts, at)
        SELECT 1 + g % 200, 1, 1 + g, 'opened', 'done', '{}', '[]', now() FROM generate_series(1, 20000) g;
"""
INDEXES = {
    "created": "ticket_open_created", "last_message": "ticket_open_word", "waiting_since": "ticket_open_wait",
    "resolved": "ticket_resolved", "due": "ticket_open_due", "due_in": "ticket_open_due",
}


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    async with database.transaction() as tx:
        await tx.execute(_FIRED)
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE rules.firing")
    yield database
    await database.close()


def test_every_time_has_its_index():
    assert INDEXES.keys() == PLACES.keys()


@pytest.mark.parametrize("since", INDEXES)
async def test_what_is_due_is_found_along_its_index(database, since):
    async with database.reading() as reader:
        tree = read({"field": "priority", "in": [1, 2]}, await rule_fields(reader))
        sql, args = statement(since, fix(tree, Asking(now=now())))
    at = now() - timedelta(days=3)
    await check(database, sql, [1, at - timedelta(days=1), at, 1, 200, *args], INDEXES[since], 1500)


async def test_last_month_is_walked_newest_first(database):
    at = now()
    await check(database, WALK, [1, at - timedelta(days=30), at, 1 << 62, None, [], 250], "ticket_created", 300)
    # As small a part of this little desk as a window is of a real one.
    await check(database, LINES, [list(range(1, 51))], "message_pkey", 1500)


async def test_the_log_is_read_along_its_indexes(database):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        await fired_on(overheard, 5)
        await fired_by(overheard, "", "r7", None, [1])
    (ticket_sql, *ticket), (rule_sql, *rule) = overheard.statements
    await check(database, ticket_sql, ticket, "firing_ticket", 10)
    await check(database, rule_sql, rule, "firing_rule", 200)
