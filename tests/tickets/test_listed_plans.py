"""Tickets by conditions alone: window by window along their ids, none left out, none twice, and a rare one is no long read."""

import time
from collections.abc import AsyncIterator
from itertools import pairwise

import pytest

from playerdesk.app.searching import search_pool
from playerdesk.kernel import Database, TooSlow, now
from playerdesk.kernel.conditions import Asking, fix, read, to_sql
from playerdesk.staff import Scope
from playerdesk.tickets import ticket_fields
from playerdesk.tickets.search.listed import NARROWEST, WIDEST, walk_tickets, windows
from playerdesk.tickets.search.windows import FIRST_ARGUMENT, Narrow
from tests.plans import Overheard, a_busy_desk, check

EVERYTHING = Scope([1, 2, 3])
RARE = {"field": "subject", "contains": "never said by anybody"}
TREES = [
    RARE, {"all": [{"field": "brand", "is": 2}, RARE]}, {"field": "assignee", "is_empty": True}, {"field": "resolved", "is_empty": True},
    {"all": [{"field": "status", "in": ["new", "open"]}, {"field": "queue", "is": 4}]}, {"field": "escalated", "is": True},
]


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    yield database
    await database.close()


async def narrow_to(reader, tree) -> Narrow:
    return Narrow(*to_sql(fix(read(tree, await ticket_fields(reader)), Asking(now=now())), FIRST_ARGUMENT))


def test_windows_follow_each_other_down_to_the_first_ticket():
    found = [1_000_000, *windows(1_000_000)]
    widths = [above - below for above, below in pairwise(found)]
    assert (found[-1], widths[0], max(widths)) == (0, NARROWEST, WIDEST)


@pytest.mark.parametrize("tree", TREES)
async def test_a_window_is_all_that_is_looked_at(database, tree):
    async with database.reading() as reader:
        heard = Overheard(reader)
        await walk_tickets(heard, EVERYTHING, await narrow_to(reader, tree), None, 20)
    for sql, *args in heard.statements[1:]:
        await check(database, sql, args, "ticket_pkey", args[1] - args[2])


async def test_one_players_tickets_are_read_along_hers(database):
    async with database.reading() as reader:
        heard = Overheard(reader)
        found = await walk_tickets(heard, EVERYTHING, Narrow("t.player_id = $8", [77], few=True), None, 3)
    sql, *args = heard.statements[1]
    await check(database, sql, args, "ticket_player", 30)
    assert len(found.ids) == 3
    assert found.reached == found.ids[-1]


async def test_pages_have_every_ticket_once_also_when_there_is_no_time(database):
    async with database.reading() as reader:
        narrow = await narrow_to(reader, {"field": "escalated", "is": True})
        wanted = [row[0] for row in await reader.fetch("SELECT id FROM tickets.ticket WHERE escalated_at IS NOT NULL ORDER BY id DESC")]
        for seconds in (0, 1):
            got, before, pages = [], None, 0
            while before != 0:
                page = await walk_tickets(reader, EVERYTHING, narrow, before, 20, seconds)
                assert before is None or page.reached < before
                got, before, pages = got + page.ids, page.reached, pages + 1
            assert got == wanted
            assert pages >= len(wanted) / 20


async def test_what_is_cut_off_says_how_far_it_came(database):
    class Slow(Overheard):
        async def fetch(self, *args):
            if len(self.statements) == 2:
                raise TooSlow
            self.statements.append(args)
            return await self.reader.fetch(*args)

    async with database.reading() as reader:
        top = await reader.value("SELECT max(id) + 1 FROM tickets.ticket")
        found = await walk_tickets(Slow(reader), EVERYTHING, await narrow_to(reader, RARE), None, 20)
    assert (found.ids, found.reached) == ([], top - NARROWEST)

@pytest.mark.slow
async def test_a_page_of_a_million_tickets_is_there_well_within_a_second_and_a_half(fresh_dsn):
    database = await a_busy_desk(fresh_dsn)
    async with database.transaction() as tx:
        columns = (
            "brand_id, player_id, channel, subject, player_name, status, queue_id, assignee_id, preview, last_message_at, rank_at,"
            " escalated_at, resolved_at, created_at"
        )
        await tx.execute("SET LOCAL statement_timeout = '10min'")
        # What is copied fits already: no foreign key is looked at.
        await tx.execute("SET LOCAL session_replication_role = replica")
        await tx.execute(
            f"INSERT INTO tickets.ticket ({columns}) SELECT {columns} FROM"  # type: ignore[arg-type]
            " (SELECT * FROM tickets.ticket WHERE status = 'closed' LIMIT 20000) AS t, generate_series(1, 50)"
        )
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE tickets.ticket")
    pool = await search_pool(fresh_dsn, 1)
    try:
        async with pool.reading() as reader:
            for tree in TREES:
                narrow, before, longest, pages = await narrow_to(reader, tree), None, 0.0, 0
                while before != 0 and pages < 60:
                    began = time.perf_counter()
                    before, pages = (await walk_tickets(reader, EVERYTHING, narrow, before, 20)).reached, pages + 1
                    longest = max(longest, time.perf_counter() - began)
                print(f"{tree}: {pages} pages, the slowest {longest * 1000:.0f} ms")
                assert longest < 1.5
    finally:
        await pool.close()
        await database.close()
