"""A database wired with the clocks and the default targets."""

import pytest

from playerdesk.kernel import Database, Wiring
from playerdesk.sla import set_default_targets
from playerdesk.sla.reactions import reactions


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(reactions)


@pytest.fixture
async def database(database: Database) -> Database:
    async with database.transaction() as tx:
        await set_default_targets(tx)
    return database
