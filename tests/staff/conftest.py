"""A database, people to sign in, and the HTTP application with the session middleware."""

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.middleware import DefineMiddleware

from playerdesk.kernel import Database
from playerdesk.kernel.http import EXCEPTION_HANDLERS
from playerdesk.staff import StaffSession
from playerdesk.staff.http import ROUTES
from tests.staff.given import AnAgent, given_agent


@pytest.fixture
async def agent(database: Database) -> AnAgent:
    return await given_agent(database, roles=["agent", "lead"])


@pytest.fixture
async def client(database: Database):
    app = Litestar(
        route_handlers=ROUTES,
        middleware=[DefineMiddleware(StaffSession, database=lambda: database)],
        dependencies={"database": Provide(lambda: database, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,
        state=State({"demo_accounts": [{"login": "lin", "password": "x", "name": "林", "role": {"zh": "", "en": ""}}]}),
        logging_config=None,
    )
    transport = ASGITransport(app)  # in this loop: the pool of the fixture belongs to it
    async with AsyncClient(transport=transport, base_url="http://desk.example") as client:
        yield client
