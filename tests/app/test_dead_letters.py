"""What failed for good is seen, and sent again, by an operator."""

from pathlib import Path

from playerdesk.app.dead_letters import dead_letters
from playerdesk.kernel import connect
from playerdesk.kernel.settings import Settings
from tests.given import a_brand, a_player, a_ticket


async def test_what_was_given_up_is_listed_and_put_back_in_line(fresh_dsn: str, tmp_path: Path):
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
        await tx.execute(
            "WITH rule AS (INSERT INTO rules.rule (brand_key, key, version, body) VALUES ('', 'hook', 1, '{}') RETURNING id)"
            " INSERT INTO rules.call (rule_id, ticket_id, brand_id, dedupe_key, url, body, state, attempts, last_error)"
            " SELECT id, $2, $1, 'r-1-1', 'https://example.com', '{}', 'dead', 20, 'answered 404' FROM rule", brand_id, ticket,
        )
    push, call = await dead_letters(settings, again=True)
    assert push.startswith("push")
    assert f"ticket {ticket}" in push
    assert "answered 500" in push
    assert call.startswith("call")
    assert "answered 404" in call
    async with database.reading() as reader:
        for table in ("channels.delivery", "rules.call"):
            assert await reader.fetch(f"SELECT state, attempts FROM {table}") == [("pending", 0)]
    await database.close()
    assert await dead_letters(settings, again=False) == []
