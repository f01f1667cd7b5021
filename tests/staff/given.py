"""People to sign in."""

import secrets
from typing import Any

from playerdesk.kernel import Database
from playerdesk.staff import add_person

PASSWORD = "correct horse battery"


class AnAgent:
    def __init__(self, person_id: int, login: str) -> None:
        self.id = person_id
        self.login = login


async def given_agent(database: Database, **facts: Any) -> AnAgent:
    login = f"agent-{secrets.token_hex(5)}"
    async with database.transaction() as tx:
        return AnAgent(await add_person(tx, login, "林若曦", PASSWORD, **facts), login)
