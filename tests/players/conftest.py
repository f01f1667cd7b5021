"""A database wired with what players do by themselves."""

import pytest

from playerdesk.brands import Brand
from playerdesk.kernel import Database, Wiring, connect
from playerdesk.players.reactions import reactions
from tests.players.given import a_brand


@pytest.fixture
def wiring() -> Wiring:
    return Wiring(reactions)


@pytest.fixture
async def fresh(fresh_dsn: str):
    database = await connect(fresh_dsn, wiring=Wiring(reactions), size=4)
    yield database
    await database.close()


@pytest.fixture
async def brand(database: Database) -> Brand:
    return await a_brand(database)
