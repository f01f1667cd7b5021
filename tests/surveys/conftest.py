"""A database in which ratings need nobody else."""

import pytest

from playerdesk.kernel import Wiring, connect


@pytest.fixture
async def database(dsn: str):
    database = await connect(dsn, wiring=Wiring(), size=4)
    yield database
    await database.close()
