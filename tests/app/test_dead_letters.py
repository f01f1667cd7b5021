"""What failed for good is seen, and sent again, by an operator."""

from pathlib import Path

from playerdesk.app.dead_letters import dead_letters
from playerdesk.kernel import connect
from playerdesk.kernel.settings import Settings
from tests.given import a_brand, a_player, a_ticket


async def test_a_push_that_was_given_up_is_listed_and_put_back_in_line(fresh_dsn: str, tmp_path: Path):
    settings = Settings(data_dir=tmp_path, database_url=fresh_dsn)
    assert await dead_letters(settings, again=False) == []
    database = await connect(fresh_dsn, size=2)
    async with database.transaction() as tx:
        brand_id = await a_brand(tx)
        ticket = await a_ticket(tx, brand_id, await a_player(tx))
        await tx.execute(
            "INSERT INTO channels.delivery (brand_id, ticket_id, kind, dedupe_key, body, state, attempts, last_error)"
            " VALUES ($1, $2, 'message', 'm-1-1', '{}', 'dead', 40, 'answered 500')", brand_id, ticket,
        )
    (line,) = await dead_letters(settings, again=True)
    assert f"ticket {ticket}" in line
    assert "answered 500" in line
    async with database.reading() as reader:
        assert await reader.fetch("SELECT state, attempts FROM channels.delivery") == [("pending", 0)]
    await database.close()
    assert await dead_letters(settings, again=False) == []
