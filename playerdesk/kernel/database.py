"""Transactions. The only module, with its neighbours in the kernel, that speaks to the driver."""

import asyncio
import errno
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, TypeVar, cast

import asyncpg
import msgspec

from playerdesk.kernel.encoding import encode, encode_text
from playerdesk.kernel.errors import Text
from playerdesk.kernel.events import Event, Question, Wiring
from playerdesk.kernel.pool import OnDemand, Pool

R = TypeVar("R")
Connection = Any  # asyncpg's pool proxy; its stubs do not survive strict checking

CONNECTION_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionError,
    FileNotFoundError,  # a Unix socket while the server is down
    TimeoutError,
)
"""What a restarting database looks like from here; worth trying again."""

RESTARTING = Text(
    zh="系统正在恢复，请稍后重试，已输入的内容不会丢失。",
    en="The desk is recovering. Please try again in a moment; nothing you wrote is lost.",
)

NO_ROOM = Text(
    zh="服务器磁盘已满，暂时无法保存，请稍后重试，已输入的内容不会丢失。管理员请腾出磁盘空间。",
    en="The desk's disk is full, so nothing can be kept just now. Please try again later; nothing you wrote is lost."
       " Administrators: make room on the disk.",
)


def is_out_of_room(failure: BaseException) -> bool:
    """Whether it failed because a disk is full: the database's, or that of the attachments."""
    return isinstance(failure, asyncpg.DiskFullError) or (
        isinstance(failure, OSError) and failure.errno in {errno.ENOSPC, errno.EDQUOT}
    )


TooSlow = asyncpg.QueryCanceledError
"""A statement that was cut off at the timeout of its pool."""

_WRITE_EVENTS = """
    INSERT INTO kernel.event (kind, topics, data)
    SELECT kind, string_to_array(topics, ' '), data::json
    FROM unnest($1::text[], $2::text[], $3::text[]) AS e (kind, topics, data)
"""


class Reader:
    """Reads rows; the shape is a frozen struct whose fields stand in the order of the columns."""

    def __init__(self, connection: Connection, memory: dict[object, dict[Any, Any]] | None = None) -> None:
        self.connection = connection
        self.memory: dict[object, dict[Any, Any]] = {} if memory is None else memory

    async def rows(self, shape: type[R], sql: LiteralString, *args: object) -> list[R]:
        return [shape(*record) for record in await self.connection.fetch(sql, *args)]

    async def row(self, shape: type[R], sql: LiteralString, *args: object) -> R | None:
        record = await self.connection.fetchrow(sql, *args)
        return None if record is None else shape(*record)

    async def fetch(self, sql: LiteralString, *args: object) -> list[Any]:
        """Bare records, for shapes nobody else needs."""
        return cast("list[Any]", await self.connection.fetch(sql, *args))

    async def value(self, sql: LiteralString, *args: object) -> Any:
        return await self.connection.fetchval(sql, *args)


class Tx(Reader):
    """One transaction: statements, and the events that say what they meant."""

    def __init__(
        self, connection: Connection, wiring: Wiring, memory: dict[object, dict[Any, Any]] | None = None, *,
        quiet: bool = False,
    ) -> None:
        super().__init__(connection, memory)
        self._wiring = wiring
        self._quiet = quiet
        self.events: list[Event] = []
        self.unsaid: set[tuple[str, int]] = set()
        """What was changed without an event of its own, as its package calls it: whoever shows it reads it again."""

    async def execute(self, sql: LiteralString, *args: object) -> int:
        """Run a statement; how many rows it touched."""
        status = cast("str", await self.connection.execute(sql, *args))
        tail = status.rsplit(" ", 1)[-1]
        return int(tail) if tail.isdigit() else 0

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[None, None]:
        """A part that may fail by itself: what it has written and said is taken back, and the rest stands."""
        said = len(self.events)
        try:
            async with self.connection.transaction():
                yield
        except BaseException:
            del self.events[said:]
            raise

    async def emit(self, *events: Event) -> None:
        """Say what happened. Reactions `within` have run when this returns, so re-read after it."""
        self.events.extend(events)
        batches: dict[type[Event], list[Event]] = {}
        for event in events:
            batches.setdefault(type(event), []).append(event)
        for event_type, batch in batches.items():
            for react in self._wiring.within.get(event_type, ()):
                await react(self, batch)

    async def ask(self, questions: Sequence[Question]) -> Sequence[Any]:
        """The answers of whoever is wired to know, in this order; each None if nobody is."""
        answer = self._wiring.answers.get(type(questions[0])) if questions else None
        return [None] * len(questions) if answer is None else await answer(self, questions)

    async def write_events(self) -> None:
        """Called by the database before the commit: the log, in one statement."""
        if not self.events:
            return
        kinds, topics, bodies = [], [], []
        for event in self.events:
            kinds.append(type(event).__name__)
            topics.append("" if self._quiet else " ".join(event.topics()))
            bodies.append(encode_text(event))
        await self.connection.execute(_WRITE_EVENTS, kinds, topics, bodies)


def _to_jsonb(value: Any) -> bytes:
    return b"\x01" + encode(value)


def _from_jsonb(data: bytes) -> Any:
    return msgspec.json.decode(data[1:])


async def _prepare(connection: Connection) -> None:
    await connection.set_type_codec(
        # Binary, with its version byte: inside records and arrays PostgreSQL sends nothing else.
        "jsonb", schema="pg_catalog", format="binary",
        encoder=_to_jsonb, decoder=_from_jsonb,
    )


async def _keep(_: Connection) -> None:
    """No reset between uses: nobody leaves session state on a pooled connection."""


class Database:
    """A pool, the wiring, and who to wake once something has committed."""

    def __init__(
        self, pool: Pool, wiring: Wiring = Wiring.EMPTY, batches: Pool | None = None, *, quiet: bool = False
    ) -> None:
        self.pool = pool
        self.quiet = quiet
        self.batches = batches or pool
        self.wiring = wiring
        self.on_commit: Callable[[Sequence[Event]], None] = lambda _: None
        self.memory: dict[object, dict[Any, Any]] = {}

    @asynccontextmanager
    async def transaction(self, *, batch: bool = False) -> AsyncGenerator[Tx, None]:
        """All or nothing; the event log is part of it. Retry outside if the database went away.

        `batch`: many items at once, found by their ids; each statement is planned once for any number of them.
        """
        pool = self.batches if batch else self.pool
        connection, clean = await pool.take(), False
        try:
            async with connection.transaction():
                tx = Tx(connection, self.wiring, self.memory, quiet=self.quiet)
                yield tx
                await tx.write_events()
            clean = True
        finally:
            await pool.give_back(connection, clean=clean)
        if tx.events:
            self.on_commit(tx.events)

    @asynccontextmanager
    async def reading(self, *, batch: bool = False) -> AsyncGenerator[Reader, None]:
        """For reads; each statement sees its own moment. Takes a connection when the first one comes.

        `batch`: as for a transaction, for statements that walk the same index whatever the values are.
        """
        async with OnDemand(self.batches if batch else self.pool) as connection:
            yield Reader(connection, self.memory)

    async def close(self) -> None:
        for pool in {self.pool, self.batches}:
            try:
                await asyncio.wait_for(pool.close(), 5)
            except TimeoutError:
                pool.terminate()


async def connect(
    dsn: str, *, wiring: Wiring = Wiring.EMPTY, size: int = 10, batches: int = 0, statement_timeout_ms: int = 10_000,
    quiet: bool = False, **session: str,
) -> Database:
    """Open a pool of `size` connections at most; statements are cut off after the timeout.

    `batches` more are kept for the lanes and the hot reads. Their arrays have another length each time,
    for which the server would plan each statement anew, at more than it costs to run it. `session`: further settings
    of the server for every connection. `quiet`: what happens is told to those who read the log, and to no screen; for
    what is long past.
    """
    pool = await _pool(dsn, size, statement_timeout_ms, **session)
    generic = session | {"plan_cache_mode": "force_generic_plan"}
    lanes = await _pool(dsn, batches, statement_timeout_ms, **generic) if batches else None
    return Database(pool, wiring, lanes, quiet=quiet)


async def _pool(dsn: str, size: int, statement_timeout_ms: int, **settings: str) -> Pool:
    pool = await asyncpg.create_pool(
        dsn, min_size=min(2, size), max_size=size, init=_prepare, reset=_keep, timeout=10,
        command_timeout=statement_timeout_ms / 1000 + 5,
        max_cached_statement_lifetime=0,  # a statement is prepared and planned once, not every five minutes
        server_settings={
            "application_name": "playerdesk",
            "statement_timeout": str(statement_timeout_ms),
            "timezone": "UTC",
            "jit": "off",
            **settings,
        },
    )
    return Pool(pool)


async def connect_one(dsn: str, **settings: str) -> Connection:
    """A connection of its own, for LISTEN and NOTIFY and for the tail of the event log."""
    return await asyncpg.connect(
        dsn, timeout=10, server_settings={"application_name": "playerdesk live", "timezone": "UTC", "jit": "off", **settings}
    )
