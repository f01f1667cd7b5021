"""A database wired with rules, and rules that are made in a line."""


import pytest

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.kernel import Wiring, connect
from playerdesk.rules.reactions import reactions
from playerdesk.tickets import reactions as tickets
from tests.given import a_brand, a_player, a_queue, an_agent, number


class Desk:
    """One brand with a queue, somebody and a player."""

    def __init__(self, database):
        self.database = database

    async def set_up(self):
        async with self.database.transaction() as tx:
            self.brand = await a_brand(tx)
            self.brand_key = await tx.value("SELECT key FROM brands.brand WHERE id = $1", self.brand)
            self.queue = await a_queue(tx)
            self.queue_key = await tx.value("SELECT key FROM staff.queue WHERE id = $1", self.queue)
            self.agent = await an_agent(tx, self.queue)
            self.lead = await an_agent(tx, self.queue, roles=("lead",), brand_ids=(self.brand,))
            self.login = await tx.value("SELECT login FROM staff.person WHERE id = $1", self.agent)
            self.player = await a_player(tx)
        return self

    async def rule(self, events, condition, *then, since=None, hours=None, brand=True, **more):
        """Publishes a rule; its key."""
        key = f"rule-{number()}"
        when = {"since": since, "hours": hours} if since else {"events": events}
        body = {"name": {"zh": f"规则{key}", "en": key}, "when": when, "if": condition, "then": list(then), **more}
        async with self.database.transaction() as tx:
            await publish_body(tx, KINDS, Place("rule", self.brand_key if brand else "", key), body, None)
        return key

    async def do(self, action, *args, **more):
        async with self.database.transaction() as tx:
            return await action(tx, *args, **more)

    async def ask(self, read, *args, **more):
        async with self.database.reading() as reader:
            return await read(reader, *args, **more)


@pytest.fixture
async def desk(dsn):
    database = await connect(dsn, wiring=Wiring(tickets.reactions, reactions), size=4)
    yield await Desk(database).set_up()
    await database.close()


