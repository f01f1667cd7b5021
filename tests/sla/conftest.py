"""A database wired with the clocks and the default targets."""

import pytest

from playerdesk.kernel import Database, Wiring, connect
from playerdesk.sla import forget_policy, set_default_targets
from playerdesk.sla.reactions import reactions


@pytest.fixture
async def database(dsn: str):
    database: Database = await connect(dsn, wiring=Wiring(reactions), size=8)
    forget_policy()
    async with database.transaction() as tx:
        await set_default_targets(tx)
    forget_policy()
    yield database
    await database.close()
