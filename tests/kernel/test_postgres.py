"""The embedded server: private, refused to two desks, safe after a crash."""

import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest

from playerdesk.kernel.postgres import dsn_of_running, erase, running
from playerdesk.kernel.postgres_memory import GiB, MiB, settings_for
from playerdesk.kernel.postgres_processes import forget_stale_pid, is_serving
from playerdesk.kernel.postgres_server import Postgres, PostgresProblem
from playerdesk.kernel.settings import Settings
from tests.conftest import IN_A_HURRY

SMALL = IN_A_HURRY | {"shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[Postgres]:
    postgres = Postgres(tmp_path / "data", SMALL)
    yield postgres
    postgres.stop()


def pid_of(postgres: Postgres) -> int:
    return int((postgres.cluster / "postmaster.pid").read_text().split()[0])


def ask(dsn: str, question: str) -> object:
    with psycopg.connect(dsn.replace("/playerdesk?", "/postgres?"), connect_timeout=5) as connection:
        found = connection.execute(question).fetchone()  # type: ignore[arg-type]
    assert found
    return found[0]


def test_it_is_private_and_speaks_chinese(postgres: Postgres):
    dsn = postgres.start()
    assert ask(dsn, "SHOW listen_addresses") == ""
    assert ask(dsn, "SHOW server_encoding") == "UTF8"
    assert ask(dsn, "SELECT upper('é') || length('充值')::text") == "É2"
    assert stat.S_IMODE(postgres.cluster.stat().st_mode) == 0o700
    assert ask(dsn, "SHOW synchronous_commit") == "on"
    if os.geteuid() == 0:
        assert postgres.cluster.stat().st_uid != 0


def test_data_survive_a_restart_and_a_crash(postgres: Postgres):
    dsn = postgres.start()
    with psycopg.connect(dsn.replace("/playerdesk?", "/postgres?"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (a int)")
    postgres.stop()
    assert not is_serving(postgres.cluster)
    postgres.start()
    os.kill(pid_of(postgres), signal.SIGKILL)
    postgres.let_go()  # as the system does when the desk is killed with it
    again = Postgres(postgres.data, SMALL)
    assert ask(again.start(), "SELECT count(*) FROM kept") == 0
    again.let_go()


def test_the_server_of_a_killed_desk_is_taken_over(postgres: Postgres):
    postgres.start()
    before = pid_of(postgres)
    postgres.let_go()
    again = Postgres(postgres.data, SMALL)
    assert ask(again.start(), "SELECT 1") == 1
    assert pid_of(again) != before
    again.let_go()


def test_a_second_desk_is_refused_and_the_first_lives_on(postgres: Postgres):
    dsn = postgres.start()
    with pytest.raises(PostgresProblem, match=rf"process {os.getpid()}.*PLAYERDESK_DATA"):
        Postgres(postgres.data, SMALL).start()
    assert ask(dsn, "SELECT 1") == 1


def test_a_pid_that_now_belongs_to_somebody_else_does_not_block(postgres: Postgres):
    postgres.start()
    postgres.stop()
    with subprocess.Popen(["sleep", "60"]) as other:
        for note in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (postgres.cluster / note).write_text(f"{other.pid}\n{postgres.cluster}\n")
        assert not is_serving(postgres.cluster)
        started = time.monotonic()
        assert ask(postgres.start(), "SELECT 1") == 1
        assert time.monotonic() - started < 10
        assert other.poll() is None, "somebody else's process was ended"
        other.kill()


def test_nothing_to_forget_is_fine(tmp_path: Path):
    forget_stale_pid(tmp_path, tmp_path)
    assert not is_serving(tmp_path)


def test_a_long_path_gets_a_short_private_socket_folder(tmp_path: Path):
    postgres = Postgres(tmp_path / ("long" * 30) / "data, 'quoted'", SMALL)
    dsn = postgres.start()
    try:
        assert ask(dsn, "SELECT 1") == 1
        (socket,) = str(ask(dsn, "SHOW unix_socket_directories")).split(",")
        assert stat.S_IMODE(Path(socket).stat().st_mode) == 0o700
    finally:
        postgres.stop()


def test_a_folder_prepared_by_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    postgres = Postgres(tmp_path / ("long" * 30), SMALL)
    sockets = postgres._sockets
    sockets.mkdir(mode=0o777)
    sockets.chmod(0o777)
    with pytest.raises(PostgresProblem, match="belongs to somebody else"):
        postgres.start()


def test_an_unfinished_first_start_is_begun_anew(postgres: Postgres):
    unfinished = postgres.data / "postgres.new"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18")
    assert ask(postgres.start(), "SELECT 1") == 1
    assert not unfinished.exists()


def test_another_major_version_is_explained(postgres: Postgres):
    postgres.start()
    postgres.stop()
    (postgres.cluster / "PG_VERSION").write_text("15\n")
    with pytest.raises(PostgresProblem, match="made by PostgreSQL 15"):
        postgres.start()
    (postgres.cluster / "PG_VERSION").write_text("18\n")


def test_ones_own_settings_win_and_stay(postgres: Postgres):
    postgres.start()
    postgres.stop()
    (postgres.cluster / "mine.conf").write_text("work_mem = '7MB'\n")
    assert ask(postgres.start(), "SHOW work_mem") == "7MB"


async def test_running_makes_the_database_and_short_commands_join_it(tmp_path: Path):
    settings = Settings(data_dir=tmp_path)
    assert dsn_of_running(settings) is None
    async with running(settings) as dsn:
        connection = await asyncpg.connect(dsn)
        assert await connection.fetchval("SELECT current_database()") == "playerdesk"
        await connection.close()
        async with running(settings, join=True) as joined:
            assert joined == dsn
        assert dsn_of_running(settings) == dsn
        with pytest.raises(PostgresProblem):
            erase(settings)
    assert dsn_of_running(settings) is None
    assert (tmp_path / "postgres").exists()
    erase(settings)
    assert not (tmp_path / "postgres").exists()


async def test_an_external_database_is_handed_on_untouched(tmp_path: Path):
    async with running(Settings(data_dir=tmp_path, database_url="postgresql://there/x")) as dsn:
        assert dsn == "postgresql://there/x"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("memory", "buffers", "cache"), [(512 * MiB, "128MB", "256MB"), (8 * GiB, "1024MB", "4096MB"), (64 * GiB, "2048MB", "32768MB")]
)
def test_memory_is_shared_out(memory: int, buffers: str, cache: str):
    settings = settings_for(memory, 2, Path("/x"))
    assert (settings["shared_buffers"], settings["effective_cache_size"]) == (buffers, cache)
