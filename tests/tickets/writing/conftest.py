"""A desk on which whoever is called in a note hears of it."""

from contextlib import asynccontextmanager

import pytest

from playerdesk.kernel import Database, Wiring
from playerdesk.tickets import reactions as tickets
from tests.given import a_ticket
from tests.tickets.conftest import Desk, desk  # noqa: F401


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(tickets.reactions)


@pytest.fixture
async def ticket(database: Database, desk: Desk) -> int:  # noqa: F811
    async with database.transaction() as tx:
        return await a_ticket(tx, desk.brand_id, desk.player_id, category_id=desk.category_id)


@asynccontextmanager
async def committed(database: Database):
    async with database.transaction() as tx:
        yield tx
