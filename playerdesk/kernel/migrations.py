"""Forward-only SQL migrations, run once however many processes start at the same moment."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import structlog
from yoyo import get_backend, read_migrations

from playerdesk.kernel.errors import Text
from playerdesk.kernel.obstacles import Unable
from playerdesk.kernel.restored import mend_after_restore

log = structlog.get_logger("migrations")

FOLDER = Path(__file__).parent.parent / "migrations"

_LOCK = 7_305_120_615_241_811
"""Any number, as long as every process of every version takes the same one."""

_APPLIED = "SELECT migration_id FROM public._yoyo_migration ORDER BY migration_id"


class NewerDatabase(Unable):
    """The database was migrated by a newer PlayerDesk than this one."""

    def __init__(self, unknown: list[str]) -> None:
        super().__init__(Text(
            zh=f"这个数据库已由更新版本的 PlayerDesk 升级过（{', '.join(unknown)}），当前版本不认识。"
               "请启动更新的版本，或用 PLAYERDESK_DATA 或 PLAYERDESK_DATABASE_URL 换一个数据库。",
            en=f"The database was migrated by a newer PlayerDesk: it knows {', '.join(unknown)}, this version does not. "
               "Start the newer version, or give this one another database (PLAYERDESK_DATABASE_URL or PLAYERDESK_DATA).",
        ))
        self.unknown = unknown


UNREACHABLE = (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""What connecting to a database fails with."""


def unreachable(failure: BaseException) -> Text:
    """Why the database does not let us in, and where to look."""
    why = str(failure).strip() or type(failure).__name__
    if isinstance(failure, asyncpg.InvalidCatalogNameError):
        return Text(zh=f"数据库服务在，但没有这个数据库（{why}）。请先创建，例如 createdb playerdesk",
                    en=f"the server answers, but has no such database ({why}). Create it first, for example: createdb playerdesk")
    if isinstance(failure, asyncpg.InvalidAuthorizationSpecificationError):
        return Text(zh=f"数据库拒绝了用户名或密码（{why}）。请检查 PLAYERDESK_DATABASE_URL。",
                    en=f"the database refuses the user or password ({why}). Check PLAYERDESK_DATABASE_URL.")
    return Text(zh=f"连不上数据库：{why}。请检查地址、用户、密码以及数据库是否已启动。",
                en=f"the database cannot be reached: {why}. Check the address, user and password, and that it runs.")


class BrokenMigration(Unable):
    """A migration the database refuses; nothing of it was kept."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(Text(
            zh=f"数据库升级 {name}.sql 没有成功，数据保持原样。数据库说：{why}\n请先用旧版本继续，并把上面这行告诉我们。",
            en=f"The migration {name}.sql failed, and the data are as they were. The database says: {why}\n"
               "Go on with the old version meanwhile, and send us the line above.",
        ))


async def migrate(dsn: str) -> list[str]:
    """Bring the database up to this version; the names of the migrations that were applied now."""
    async with _alone(dsn) as connection:
        lacking = await missing(connection)
        if lacking:
            # The library speaks psycopg and blocks; the lock stays with our own connection meanwhile.
            await asyncio.to_thread(_apply, dsn)
            log.info("migrated", applied=lacking)
        await mend_after_restore(connection)
        return lacking


async def pending(dsn: str) -> list[str]:
    """The migrations this version has and the database lacks."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await missing(connection)
    finally:
        await connection.close()


def names() -> list[str]:
    """Every migration of this version, oldest first."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))


@asynccontextmanager
async def _alone(dsn: str) -> AsyncGenerator[Any, None]:
    """A connection that holds the lock. PostgreSQL lets go of it by itself when the process dies."""
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
    except UNREACHABLE as failure:
        raise Unable(unreachable(failure)) from failure
    try:
        # Asked again and again: a statement that waits holds a snapshot, and an index that is built concurrently by
        # whoever has the lock would wait for that snapshot to end.
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _LOCK):  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        yield connection
    finally:
        await connection.close(timeout=5)


async def missing(connection: Any) -> list[str]:
    """As `pending`, on a connection one has; refuses a database of a newer version."""
    known = names()
    if await connection.fetchval("SELECT to_regclass('public._yoyo_migration') IS NULL"):
        return known
    applied = {row[0] for row in await connection.fetch(_APPLIED)}
    unknown = sorted(applied - set(known))
    if unknown:
        raise NewerDatabase(unknown)
    return [name for name in known if name not in applied]


def _apply(dsn: str) -> None:
    scheme, _, rest = dsn.partition("://")
    if scheme not in {"postgresql", "postgres"}:
        raise ValueError(f"A database URL begins with postgresql:// — this one begins with {scheme}://")
    backend = get_backend(f"postgresql+psycopg://{rest}")
    with backend:
        # The library's own lock is a row that a killed process leaves behind; ours replaces it.
        backend.break_lock()
        for migration in backend.to_apply(read_migrations(str(FOLDER))):
            try:
                _apply_one(backend, migration)
            except backend.DatabaseError as failure:
                raise BrokenMigration(migration.id, str(failure).strip()) from failure


def _apply_one(backend: Any, migration: Any) -> None:
    """The change and the note that it was made, in one transaction: a crash leaves both or neither."""
    migration.load()
    if not migration.use_transactions:
        migration.process_steps(backend, "apply")
        with backend.transaction():
            backend.mark_one(migration, log=False)
        return
    with backend.transaction():
        migration.process_steps(backend, "apply")
        backend.mark_one(migration, log=False)
