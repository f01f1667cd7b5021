"""The database that comes along: PostgreSQL from a wheel, started and stopped with the desk.

It lives in `<data>/postgres`, listens on a Unix socket in a folder only its owner (and root) can
enter, and never on the network. `PLAYERDESK_DATABASE_URL` puts a real server in its place.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
import structlog

from playerdesk.kernel.obstacles import about_folder
from playerdesk.kernel.postgres_owner import NoOwner
from playerdesk.kernel.postgres_processes import is_serving
from playerdesk.kernel.postgres_server import DATABASE, Postgres, PostgresProblem
from playerdesk.kernel.settings import Settings

__all__ = ["Postgres", "PostgresProblem", "dsn_of_running", "erase", "running", "start"]

log = structlog.get_logger("postgres")


async def start(settings: Settings) -> Postgres:
    """Start the embedded server for these settings and make sure our database is in it."""
    postgres = Postgres(settings.data_dir)
    try:
        await asyncio.to_thread(postgres.start)
    except NoOwner as failure:
        raise PostgresProblem(failure.text) from None
    except OSError as failure:
        raise PostgresProblem(about_folder(postgres.data, failure)) from failure
    try:
        await create_database(postgres.dsn)
    except BaseException:
        await asyncio.to_thread(postgres.stop)
        raise
    log.info("database started", folder=str(postgres.cluster))
    return postgres


async def create_database(dsn: str) -> None:
    """The first start has a cluster but not yet our database in it."""
    base = dsn.replace(f"/{DATABASE}?", "/postgres?")
    connection = await asyncpg.connect(base, timeout=10)
    try:
        with contextlib.suppress(asyncpg.DuplicateDatabaseError):
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE):
                await connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
    finally:
        await connection.close()


@asynccontextmanager
async def running(settings: Settings, *, join: bool = False) -> AsyncGenerator[str, None]:
    """The address of a database for as long as the block lasts.

    An external one is handed on untouched. With `join`, a server that another desk already runs on
    this folder is used and left alone: for short commands beside a running desk.
    """
    if settings.database_url:
        yield settings.database_url
        return
    if join and (dsn := await asyncio.to_thread(dsn_of_running, settings)):
        yield dsn
        return
    postgres = await start(settings)
    try:
        yield postgres.dsn
    finally:
        await asyncio.to_thread(postgres.stop)
        log.info("database stopped")


def dsn_of_running(settings: Settings) -> str | None:
    """The address of the embedded server if a desk is running on this folder now."""
    postgres = Postgres(settings.data_dir)
    try:
        postgres.take()
    except PostgresProblem:
        return postgres.dsn if is_serving(postgres.cluster) else None
    except OSError:  # no such folder, or not ours to look into
        return None
    postgres.let_go()
    return None


def erase(settings: Settings) -> None:
    """Forget the embedded database and the attachments of this folder; refused while a desk uses it. Blocks."""
    postgres = Postgres(settings.data_dir)
    if not postgres.data.exists():
        return
    postgres.take()
    try:
        postgres.stop_left_over()
        for name in ("postgres", "postgres.new", "files"):
            shutil.rmtree(postgres.data / name, ignore_errors=True)
    finally:
        postgres.let_go()
