"""What an open ticket asks about its player goes along indexes, however much the player and the archive have."""

from collections.abc import AsyncIterator

import pytest

from playerdesk.kernel import Database
from playerdesk.players import card
from playerdesk.staff import Scope
from playerdesk.tickets import contacts
from tests.plans import Overheard, a_busy_desk, nodes, plans


@pytest.fixture(scope="module")
async def database(module_dsn: str) -> AsyncIterator[Database]:
    database = await a_busy_desk(module_dsn)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO players.identity (player_id, kind, issuer, value) SELECT id, 'game_account', 'b1', 'a' || id FROM players.player")
        await tx.execute(
            "INSERT INTO players.purchase (brand_id, record_id, player_id, product, amount_minor, at)"
            " SELECT 1, 'p' || g, 1 + g % 5000, 'x', 600, now() - g * interval '1 minute' FROM generate_series(1, 40000) g"
        )
        await tx.execute(
            "INSERT INTO players.play_session (brand_id, record_id, player_id, started_at)"
            " SELECT 1, 's' || g, 1 + g % 5000, now() - g * interval '1 minute' FROM generate_series(1, 40000) g"
        )
        await tx.execute(
            "INSERT INTO players.penalty (brand_id, record_id, player_id, kind, reason, by_whom, at, updated_at)"
            " SELECT 1, 'b' || g, 1 + g % 5000, 'mute', '', '', now(), now() FROM generate_series(1, 20000) g"
        )
        await tx.execute(
            "INSERT INTO players.breadcrumb (brand_id, record_id, player_id, body, at)"
            " SELECT 1, 'c' || g, 1 + g % 5000, 'x', now() FROM generate_series(1, 20000) g"
        )
        await tx.execute("UPDATE players.player SET merged_into = 77 WHERE id = 78")
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE")
    yield database
    await database.close()


@pytest.mark.parametrize("read", [
    lambda reader: card(reader, 77, [1, 2, 3]), lambda reader: card(reader, 78, [1]),
    lambda reader: contacts(reader, [77, 78], Scope([1, 2, 3]), limit=20),
    lambda reader: contacts(reader, [77], Scope([1], [1, 2], [1]), before=9000, channel="chat", statuses=["closed"], limit=20),
], ids=["card", "card of two accounts", "history", "filtered history"])
async def test_a_card_and_its_history_walk_over_no_table(database, read):
    async with database.reading() as reader:
        overheard = Overheard(reader)
        await read(overheard)
    assert overheard.statements
    large = {"ticket", "player", "identity", "purchase", "play_session", "penalty", "breadcrumb"}
    for sql, *args in overheard.statements:
        async for plan in plans(database, sql, args):
            scans = [n["Relation Name"] for n in nodes(plan) if n["Node Type"] == "Seq Scan"]
            assert not set(scans) & large, sql
            touched = sum(
                (n["Actual Rows"] + n.get("Rows Removed by Filter", 0)) * n["Actual Loops"] for n in nodes(plan)
                if n.get("Relation Name") in large
            )
            assert touched < 300, f"{touched} rows for one card"
            assert plan["Actual Total Time"] < 50, sql
