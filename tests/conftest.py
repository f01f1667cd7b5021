"""What every test may lean on: one real PostgreSQL a run, one migrated database a worker.

`PLAYERDESK_TEST_DATABASE_URL` (a URL that may create databases) puts a real server in the place of
the embedded one; the tests are the same.
"""

import asyncio
import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, settings

from playerdesk.kernel import Database, Wiring, connect
from playerdesk.kernel.migrations import migrate
from playerdesk.kernel.postgres_server import Postgres

# How long an example takes, and how long it takes to think one up, says something about the machine and nothing about us.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
settings.load_profile("here")

# Nothing in a test outlives the machine, so nothing has to wait for the disk.
IN_A_HURRY = {
    "shared_buffers": "128MB", "fsync": "off", "full_page_writes": "off", "max_connections": "200",
    "logging_collector": "off", "log_min_duration_statement": "-1", "max_wal_size": "512MB",
}
IN_MEMORY, ROOM = Path("/dev/shm"), 6 << 30
"""A database is a thousand small files: on a disk each costs a word in its journal, in memory next to nothing."""
OTHER_STREAM = {
    "test_a_crash_in_between", "test_accessibility", "test_attacks", "test_audit", "test_keyboard", "test_live_chat",
    "test_nothing_missed", "test_play", "test_processes", "test_search", "test_segments", "test_service_levels",
    "test_side_by_side", "test_sign_in", "test_views", "test_writing",
}
"""About half of the browser tests by their time; a file that is not named goes with the rest."""


def pytest_configure(config: pytest.Config) -> None:
    """The controlling process names a folder; whichever worker needs the server first starts it there."""
    if not hasattr(config, "workerinput"):
        os.environ["PLAYERDESK_TEST_FOLDER"] = tempfile.mkdtemp(prefix="pd-", dir=roomy())
        os.environ["PLAYERDESK_TEST_RUN"] = uuid4().hex[:8]
        # Not the folder all runs of this user share: another one that starts closes it to the user we lend.
        os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["PLAYERDESK_TEST_FOLDER"]
        # The processes of the desks that tests start find their modules compiled, from the second on.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def roomy() -> str | None:
    """Where databases of tests are kept: in memory where that is plentiful, else where temporary files go."""
    try:
        free = next(int(line.split()[1]) << 10 for line in Path("/proc/meminfo").read_text().splitlines() if "MemAvailable" in line)
        there = shutil.disk_usage(IN_MEMORY).free
    except (OSError, StopIteration):
        return None
    return str(IN_MEMORY) if min(free, there) >= ROOM and os.access(IN_MEMORY, os.W_OK) else None


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ["PLAYERDESK_TEST_FOLDER"])
        if (folder / "started").exists():
            Postgres(folder).stop()
        elif (external := os.environ.get("PLAYERDESK_TEST_DATABASE_URL")) and (folder / "template").exists():
            _drop(external, _template_name())
        shutil.rmtree(folder, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n` each file goes to whoever is free; the browser tests are two streams with a desk each.

    As one stream they would be all that is left at the end. A file stays together, for what it lays out once.
    """
    from xdist.scheduler import LoadScopeScheduling

    class FilesTogether(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return _stream(nodeid) or nodeid.partition("::")[0]

    if config.getvalue("dist") != "load":
        return None
    config.option.loadscopereorder = False  # in the order below, not by the number of tests
    return FilesTogether(config, log)


def _stream(nodeid: str) -> str:
    if not nodeid.startswith("tests/browser/"):
        return ""
    return f"browser, {'other' if Path(nodeid.partition('::')[0]).stem in OTHER_STREAM else 'one'} stream"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With `-n` what takes long comes first: whoever has nothing left waits for something short only."""
    if not hasattr(config, "workerinput"):
        return
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (not _stream(item.nodeid), _stream(item.nodeid), item.path not in slow))


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def server() -> str:
    """The address of the PostgreSQL server of this run."""
    if external := os.environ.get("PLAYERDESK_TEST_DATABASE_URL"):
        return external
    folder = Path(os.environ["PLAYERDESK_TEST_FOLDER"])
    postgres = Postgres(folder, IN_A_HURRY)
    with _one_at_a_time(folder):
        if not (folder / "started").exists():
            postgres.start()
            postgres.let_go()
            (folder / "started").touch()
    return database_on(postgres.dsn, "postgres")


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a migrated, empty database, made once a run."""
    folder = Path(os.environ["PLAYERDESK_TEST_FOLDER"])
    with _one_at_a_time(folder):
        if not (folder / "template").exists():
            _run(server, f'CREATE DATABASE "{_template_name()}" TEMPLATE template0')
            asyncio.run(migrate(database_on(server, _template_name())))
            (folder / "template").touch()
    return _template_name()


@pytest.fixture(scope="session")
def dsn(server: str, template: str) -> Iterator[str]:
    """This worker's own database. Tests that commit leave rows behind; `fresh_dsn` does not share."""
    with a_database(server, template) as address:
        yield address


@pytest.fixture
def wiring() -> Wiring:
    """Who reacts in `database`: nobody, unless a folder says so."""
    return Wiring.EMPTY


@pytest.fixture
async def database(dsn: str, wiring: Wiring) -> AsyncIterator[Database]:
    """The worker's own database, with connections enough for tests that do many things at once."""
    database = await connect(dsn, wiring=wiring, size=24)
    yield database
    await database.close()


@pytest.fixture
def fresh_dsn(server: str, template: str) -> Iterator[str]:
    """A database for this one test."""
    with a_database(server, template) as address:
        yield address


@pytest.fixture(scope="module")
def module_dsn(server: str, template: str) -> Iterator[str]:
    """A database for the tests of one file, for those that need many rows."""
    with a_database(server, template) as address:
        yield address


@pytest.fixture
def empty_dsn(server: str) -> Iterator[str]:
    """A database nobody has migrated."""
    with a_database(server, "template0") as address:
        yield address


def database_on(server: str, name: str) -> str:
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


@contextmanager
def a_database(server: str, template: str) -> Generator[str, None, None]:
    """A database like this one, gone afterwards; its address."""
    name = f"pd_test_{uuid4().hex[:12]}"
    # As files and not through the log: a fifth of the time, some hundred times a run.
    _run(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
    yield database_on(server, name)
    _drop(server, name)


def _template_name() -> str:
    return f"pd_template_{os.environ['PLAYERDESK_TEST_RUN']}"


def _drop(server: str, name: str) -> None:
    _run(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _run(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@contextmanager
def _one_at_a_time(folder: Path) -> Generator[None, None, None]:
    with (folder / "one").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
