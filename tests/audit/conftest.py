"""A database of its own for each test: a chain is told apart from another only by its desk."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database, connect


@pytest.fixture
async def database(fresh_dsn: str) -> AsyncIterator[Database]:
    database = await connect(fresh_dsn, size=4)
    yield database
    await database.close()
