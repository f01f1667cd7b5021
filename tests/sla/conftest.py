"""A database wired with the clocks and the default targets."""

import pytest

from playerdesk.kernel import Database, Wiring, connect
from playerdesk.sla import set_default_targets
from playerdesk.sla.reactions import reactions


@pytest.fixture
async def database(dsn: str):
    database: Database = await connect(dsn, wiring=Wiring(reactions), size=8)
    async with database.transaction() as tx:
        await set_default_targets(tx)
    yield database
    await database.close()
