"""The lists of tasks and the second hand walk along an index, however many steps were done before."""

import pytest

from playerdesk.kernel import connect
from playerdesk.processes.jobs import ANYTHING, RING
from playerdesk.processes.lists import COUNT, DONE, HERS, OPEN
from tests.plans import nodes, plans

_WORLD = """
INSERT INTO brands.brand (key, name) VALUES ('b', '{}');
INSERT INTO players.player (name) VALUES ('p');
INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, last_message_at, rank_at, assignee_id)
    SELECT 1, 1, 'game', 's', 'p', now(), now(), NULL FROM generate_series(1, 6000);
INSERT INTO processes.process (key) VALUES ('p');
INSERT INTO processes.edition (process_id, version, body) VALUES (1, 1, '{}');
INSERT INTO processes.instance (ticket_id, process_id, edition_id, client_key, state)
    SELECT id, 1, 1, 'k', CASE WHEN id % 10 = 0 THEN 'running' ELSE 'done' END FROM tickets.ticket;
INSERT INTO processes.task (instance_id, ticket_id, step_key, kind, state, party, due_at, ring_at, done_by, done_at)
    SELECT i.id, ticket_id, 's' || n, 'task', CASE WHEN i.state = 'running' AND n = 5 THEN 'open' ELSE 'done' END,
        'department:d' || (i.id / 10) % 12, now() + i.id * interval '1 minute',
        CASE WHEN i.state = 'running' AND n = 5 THEN now() + i.id * interval '1 minute' END, 1 + i.id % 40, now()
    FROM processes.instance i, generate_series(1, 5) n;
"""


@pytest.fixture(scope="module")
async def database(module_dsn):
    database = await connect(module_dsn, size=2)
    async with database.transaction() as tx:
        await tx.execute(_WORLD)
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE")
    yield database
    await database.close()


MINE = [["department:d1", "department:d2", "role:agent"], 7, [1], []]


@pytest.mark.parametrize(("sql", "args", "most"), [
    (OPEN, [*MINE, ""], 700), (COUNT, MINE, 700), (f"SELECT id FROM ({HERS}) AS h", MINE[:3], 700), (DONE, [7], 900),
], ids=["open", "count", "hers", "done"])
async def test_a_list_of_tasks_is_a_walk_along_indexes(database, sql, args, most):
    async for plan in plans(database, sql, args):
        found = [each for each in nodes(plan) if each.get("Relation Name") == "task"]
        assert [each["Node Type"] for each in found if each["Node Type"] == "Seq Scan"] == []
        touched = sum((each["Actual Rows"] + each.get("Rows Removed by Filter", 0)) * each["Actual Loops"] for each in found)
        assert touched <= most, touched


async def test_the_second_hand_takes_the_first_entry_of_its_index(database):
    async with database.reading() as reader:
        at = await reader.value("SELECT now()")
    for sql, args in ((ANYTHING, [at]), (RING, [at, []])):
        async for plan in plans(database, sql, args):
            found = [each for each in nodes(plan) if each.get("Relation Name") == "task"]
            assert {each.get("Index Name") for each in found} == {"task_ring"}
