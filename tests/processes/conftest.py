"""A desk with front, middle and back office, where what happens to a ticket is what the whole desk makes of it."""


import pytest

from playerdesk.app.wiring import WIRING
from playerdesk.kernel import Database, Wiring
from tests.processes.given import Office, an_office


@pytest.fixture
def wiring() -> Wiring:
    return WIRING


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction() as tx:
        return await an_office(tx)
