"""Each order of a list is walked along its own index, and a window is all that is looked at, whatever is asked for."""

import json
from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, now
from playerdesk.kernel.conditions import Asking, fix, read
from playerdesk.staff import Scope
from playerdesk.tickets import SORTS, Walk, ticket_fields
from playerdesk.tickets.walking import statement
from tests.plans import a_busy_desk, check, nodes

OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}
INDEXES = {
    "rank": "ticket_open", "due": "ticket_open_due", "waiting_since": "ticket_open_wait", "last_message": "ticket_open_word",
    "priority": "ticket_open_priority", "created": "ticket_created", "resolved": "ticket_resolved",
    "snoozed": "ticket_snoozed", "escalated": "ticket_escalated",
}


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    yield database
    await database.close()


@pytest.mark.parametrize("sort", INDEXES)
async def test_a_window_is_a_walk_along_the_index_of_its_order(database, sort):
    rare = {"field": "subject", "contains": "never said by anybody"}
    tree = rare if SORTS[sort].along != SORTS["rank"].along else {"all": [OPEN, rare]}
    async with database.reading() as reader:
        test = fix(read(tree, await ticket_fields(reader)), Asking(now=now()))
    sql, args = statement(Walk(test=test, scope=Scope([1, 2, 3]), sort=sort), None, "200", 50)
    await check(database, sql, args, INDEXES[sort], 200 * 3 * 2 + 60)


async def test_somebodys_own_tickets_are_found_by_her(database):
    async with database.reading() as reader:
        tree = {"all": [OPEN, {"field": "assignee", "is": {"me": True}}]}
        test = fix(read(tree, await ticket_fields(reader)), Asking(now=now(), me=7))
        sql, args = statement(Walk(test=test, scope=Scope([1, 2, 3]), sort="due"), None, "200", 50)
        found = json.loads(await reader.value(f"EXPLAIN (FORMAT JSON) {sql}", *args))[0]["Plan"]
    assert "ticket_mine" in {node.get("Index Name") for node in nodes(found)}
