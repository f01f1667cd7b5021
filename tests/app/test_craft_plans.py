"""What stands beside a ticket, and what is being written: along an index, whatever lies in the archive."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, now
from playerdesk.staff import Scope
from playerdesk.tickets.craft import follows, side, snoozing
from playerdesk.tickets.craft.overview import craft_of
from playerdesk.tickets.writing import drafts, held
from tests.plans import Overheard, a_busy_desk, nodes, plans

SCOPE = Scope([1, 2, 3])


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    yield database
    await database.close()


READS = {
    "overview": lambda reader: craft_of(reader, 100, 1, SCOPE),
    "followed": lambda reader: follows.followed(reader, 1, SCOPE),
    "sides": lambda reader: side.my_sides(reader, 1),
    "what is due to wake": lambda reader: reader.fetch(snoozing._DUE, now()),
    "drafts": lambda reader: drafts.drafts_of(reader, 1),
    "held replies": lambda reader: held.held_of(reader, 1),
    "what is due to be said": lambda reader: reader.fetch(held._DUE.replace(" FOR UPDATE SKIP LOCKED", ""), now()),
}


@pytest.mark.parametrize("what", READS)
async def test_what_is_asked_at_every_opening_never_reads_the_archive(database, what):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        await READS[what](overheard)
    assert overheard.statements
    for sql, *args in overheard.statements:
        async for plan in plans(database, sql, args):
            scans = {n["Relation Name"] for n in nodes(plan) if n["Node Type"] == "Seq Scan"}
            assert not scans & {"ticket", "message"}, sql
