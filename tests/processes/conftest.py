"""A desk with front, middle and back office, where what happens to a ticket is what the whole desk makes of it."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.app.wiring import WIRING
from playerdesk.kernel import Database, connect
from tests.processes.given import Office, an_office


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = await connect(dsn, size=12, wiring=WIRING)
    yield database
    await database.close()


@pytest.fixture
async def office(database: Database) -> Office:
    async with database.transaction() as tx:
        return await an_office(tx)
