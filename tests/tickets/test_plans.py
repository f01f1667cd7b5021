"""Each hot statement walks its index on a table of 24,000 tickets, with a plan for these values and with one for any."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database
from playerdesk.tickets import Filter, chats, queries
from playerdesk.tickets.views import statement
from tests.plans import Overheard, a_busy_desk, before_18, check, nodes, plans

BRANDS = [1, 2, 3]


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    yield database
    await database.close()


VIEWS = {
    "mine": "ticket_mine", "person": "ticket_mine", "person-chats": "ticket_live", "person-tickets": "ticket_mine",
    "queue": "ticket_waiting", "player": "ticket_player", "unassigned": "ticket_unassigned",
    "open": "ticket_open", "pending": "ticket_pending", "snoozed": "ticket_snoozed", "escalated": "ticket_escalated", "resolved": "ticket_resolved",
    "recent": "ticket_created",
}


@pytest.mark.parametrize("after", [None, "1762000000000000.12000"])
@pytest.mark.parametrize("view", VIEWS)
async def test_a_page_of_a_view_is_a_walk_along_its_index(database, view, after):
    narrow = Filter(brand_ids=BRANDS, person_id=7, queue_id=2, player_id=77)
    sql, args = statement(view, narrow, after, 50)
    # There are 480 unassigned ones here: a planner before 18 fetches and sorts so few.
    older = view == "unassigned" and await before_18(database)
    await check(database, sql, args, VIEWS[view], 500 if older else 50 * len(BRANDS) + 60)


@pytest.mark.parametrize(("read", "index", "most"), [
    (lambda reader: queries.timeline(reader, 5), "message_pkey", 500),
    (lambda reader: queries.timeline(reader, 5, 700), "message_pkey", 110),
    (lambda reader: queries.visible_entries(reader, 5, 780), "message_pkey", 800),
    (lambda reader: queries.entry(reader, 5, 3), "message_pkey", 1),
    (lambda reader: queries.entries_at(reader, [(5, 3), (9, 1)]), "message_pkey", 10),
    (lambda reader: queries.rows(reader, [5, 9]), "ticket_pkey", 2),
    (lambda reader: queries.of_player(reader, 77, 50), "ticket_player", 10),
    (lambda reader: queries.player_unread(reader, 77), "ticket_player", 10),
    (queries.loads, "ticket_mine", 3000),
], ids=["newest", "since", "visible", "entry", "entries", "rows", "of_player", "unread", "loads"])
async def test_what_screens_and_streams_read_is_read_along_an_index(database, read, index, most):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        assert await read(overheard)
    if most == 500 and await before_18(database):
        most = 800  # it sorts the whole ticket before it takes the newest page
    for sql, *args in overheard.statements:
        await check(database, sql, args, index, most)


async def test_counters_never_look_at_tickets(database):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        assert await queries.counts(overheard)
    for sql, *args in overheard.statements:
        async for plan in plans(database, sql, args):
            assert {n["Relation Name"] for n in nodes(plan) if "Relation Name" in n} == {"tally"}


async def test_the_place_of_a_chat_is_counted_along_its_queue(database):
    async with database.reading() as reader:
        chat = await reader.value("SELECT max(id) FROM tickets.ticket WHERE live AND queue_id = 1")
        at = await reader.value("SELECT now()")
    async for plan in plans(database, chats._WAIT, [chat, at]):
        found = list(nodes(plan))
        assert {"ticket_waiting", "ticket_live"} & {n.get("Index Name") for n in found}
        assert [n for n in found if n["Node Type"] == "Seq Scan" and n.get("Relation Name") == "ticket"] == []
