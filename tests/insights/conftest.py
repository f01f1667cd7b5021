"""A desk of its own, wired with the clocks, so that nothing but the test is counted."""

import pytest

from playerdesk.kernel import Wiring, connect
from playerdesk.sla import set_default_targets
from playerdesk.sla.reactions import reactions


@pytest.fixture
async def database(fresh_dsn: str):
    database = await connect(fresh_dsn, wiring=Wiring(reactions), size=4)
    async with database.transaction() as tx:
        await set_default_targets(tx)
    yield database
    await database.close()
