"""Migrations run once, whoever starts, and never backwards."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from playerdesk.kernel import migrations
from playerdesk.kernel.migrations import BrokenMigration, NewerDatabase, migrate, names, pending


async def test_a_new_database_gets_every_migration(empty_dsn: str):
    assert await pending(empty_dsn) == names()
    assert await migrate(empty_dsn) == names()
    assert await pending(empty_dsn) == []
    connection = await asyncpg.connect(empty_dsn)
    assert await connection.fetchval("SELECT count(*) FROM kernel.event") == 0
    await connection.close()


async def test_ten_processes_starting_at_once_migrate_once(empty_dsn: str):
    results = await asyncio.gather(*(migrate(empty_dsn) for _ in range(10)))
    assert sorted(map(len, results)) == [0] * 9 + [len(names())]


async def test_a_newer_database_is_refused_and_left_alone(empty_dsn: str):
    await migrate(empty_dsn)
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute(
        "INSERT INTO _yoyo_migration (migration_hash, migration_id, applied_at_utc)"
        " VALUES ('x', '9999_from_the_future', now())"
    )
    await connection.close()
    with pytest.raises(NewerDatabase, match="9999_from_the_future"):
        await migrate(empty_dsn)
    with pytest.raises(NewerDatabase):
        await pending(empty_dsn)


async def test_a_broken_migration_is_named_and_leaves_nothing(
    empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "0001_good.sql").write_text("CREATE TABLE good (a int);")
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (a int);\nCREATE TABL oops;")
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    with pytest.raises(BrokenMigration, match=r"0002_bad\.sql"):
        await migrate(empty_dsn)
    connection = await asyncpg.connect(empty_dsn)
    assert await connection.fetchval("SELECT to_regclass('good')") == "good"
    assert await connection.fetchval("SELECT to_regclass('half')") is None
    await connection.close()
    assert await pending(empty_dsn) == ["0002_bad"]
    (tmp_path / "0002_bad.sql").write_text("CREATE TABLE half (a int);")
    assert await migrate(empty_dsn) == ["0002_bad"]


async def test_an_index_over_a_big_table_is_built_while_others_write_and_again_after_a_crash(
    empty_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """As the handbook says it is done; with several processes that start at once, and one that was killed half way."""
    (tmp_path / "0001_table.sql").write_text("CREATE TABLE big (a int); INSERT INTO big SELECT generate_series(1, 20000);")
    monkeypatch.setattr(migrations, "FOLDER", tmp_path)
    await migrate(empty_dsn)
    (tmp_path / "0002_index.sql").write_text(
        "-- transactional: false\nDROP INDEX CONCURRENTLY IF EXISTS big_a;\nCREATE UNIQUE INDEX CONCURRENTLY big_a ON big (a);"
    )
    writer = await asyncpg.connect(empty_dsn)
    await writer.execute("INSERT INTO big VALUES (1)")  # makes the building fail, and leaves an index that is not valid
    with pytest.raises(BrokenMigration, match=r"0002_index\.sql"):
        await migrate(empty_dsn)
    assert await pending(empty_dsn) == ["0002_index"]
    await writer.execute("DELETE FROM big WHERE ctid = (SELECT max(ctid) FROM big WHERE a = 1)")
    transaction = writer.transaction()
    await transaction.start()
    await writer.execute("INSERT INTO big VALUES (-1)")
    building = asyncio.gather(*(migrate(empty_dsn) for _ in range(4)))
    await asyncio.sleep(0.5)
    await writer.execute("INSERT INTO big VALUES (-2)")
    assert not building.done(), "it waits for the writer, and the writer does not wait for it"
    await transaction.commit()
    assert sorted(map(len, await asyncio.wait_for(building, 20))) == [0, 0, 0, 1]
    assert await writer.fetchval("SELECT indisvalid FROM pg_index WHERE indexrelid = 'big_a'::regclass")
    await writer.close()


async def test_a_lock_row_left_by_a_killed_process_does_not_block(empty_dsn: str):
    await migrate(empty_dsn)
    connection = await asyncpg.connect(empty_dsn)
    await connection.execute("INSERT INTO yoyo_lock (locked, ctime, pid) VALUES (1, now(), 999999)")
    await connection.execute("DELETE FROM _yoyo_migration WHERE migration_id = $1", names()[-1])
    await connection.close()
    # The statement fails (the table is there already), which shows that it was tried, not waited for.
    with pytest.raises(BrokenMigration, match=names()[-1]):
        await asyncio.wait_for(migrate(empty_dsn), 10)
