"""A desk of its own for each test, with routing at work: whoever is online anywhere is given work."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, Wiring, connect
from playerdesk.routing.reactions import reactions


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, wiring=Wiring(reactions), size=20)
    yield database
    await database.close()
