"""A desk without any reactions: what happens to a ticket is what its own package does."""


import msgspec
import pytest

from playerdesk.kernel import Database
from tests.given import a_brand, a_category, a_player, a_queue, an_agent


class Desk(msgspec.Struct, frozen=True):
    """The least that a ticket needs around it."""

    brand_id: int
    queue_id: int
    category_id: int
    player_id: int
    agent_id: int
    other_agent_id: int


@pytest.fixture
async def desk(database: Database) -> Desk:
    async with database.transaction() as tx:
        queue = await a_queue(tx)
        return Desk(
            await a_brand(tx), queue, await a_category(tx, queue), await a_player(tx),
            await an_agent(tx, queue), await an_agent(tx, queue),
        )
