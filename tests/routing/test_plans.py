"""The claim loop asks every second and whenever something happens: it walks the heads of the lines, never the desk."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database
from playerdesk.routing import Hand
from playerdesk.routing.queries import waiting
from tests.plans import Overheard, a_busy_desk, check


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    yield database
    await database.close()


def hand(person_id: int, *brands: int) -> Hand:
    return Hand(
        person_id=person_id, queue_ids=frozenset({1, 2}), brand_ids=frozenset(brands), languages=frozenset({"zh"}),
        chat_capacity=2, ticket_capacity=3,
    )


@pytest.mark.parametrize("people", [[hand(1), hand(2, 1)], [hand(1, 1), hand(2, 2)]], ids=["all games", "some games"])
async def test_whoever_waits_is_found_along_the_heads_of_the_lines(database, people):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        found = await waiting(overheard, people, 200)
    assert found
    # 480 wait in all: of chats all are looked at, of tickets the first of each line.
    for sql, *args in overheard.statements:
        await check(database, sql, args, "ticket_waiting", 700)
