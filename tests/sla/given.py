"""Live chats of new players, told by the clock, on a database that is wired."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playerdesk.kernel import Database
from playerdesk.tickets import lock_one
from tests import given
from tests.given import a_brand, a_player, an_agent, said

T0 = datetime(2026, 11, 16, 2, tzinfo=UTC)
"""A Monday morning, ten o'clock in Shanghai."""


def later(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


async def a_ticket(database: Database, at: datetime = T0, tier: str = "none", **changes: Any) -> int:
    """A ticket of a new player of a new brand; the reactions of the database run."""
    async with database.transaction() as tx:
        brand = changes.pop("brand_id", None) or await a_brand(tx)
        return await given.a_ticket(tx, brand, await a_player(tx, tier=tier), at, **{"live": True, **changes})


async def says(database: Database, ticket_id: int, author: str, at: datetime, author_id: int | None = None) -> None:
    """A message by the player or, when nobody is named, by a new agent."""
    async with database.transaction() as tx:
        if author_id is None:
            of_player = author == "player"
            author_id = (await lock_one(tx, ticket_id)).player_id if of_player else await an_agent(tx, state="offline")
        await said(tx, ticket_id, author, author_id, "好的", at)


async def events(database: Database, kind: str, ticket_id: int) -> list[dict[str, Any]]:
    """What the log says happened to a ticket."""
    async with database.reading() as reader:
        return [
            row[0] for row in await reader.fetch(
                "SELECT data::jsonb FROM kernel.event WHERE kind = $1 AND (data->>'ticketId')::bigint = $2"
                " ORDER BY position",
                kind, ticket_id,
            )
        ]
