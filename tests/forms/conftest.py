"""A database of its own: categories without a brand are everybody's."""

import pytest

from playerdesk.kernel import connect


@pytest.fixture
async def database(fresh_dsn: str):
    database = await connect(fresh_dsn, size=3)
    yield database
    await database.close()
