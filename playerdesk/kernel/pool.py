"""Connections handed from one user to the next, and taken only when there is something to ask."""

from types import TracebackType
from typing import Any, Self

_MOST_SPARE = 8
"""Connections kept at hand; more go back to the driver's pool, which closes what is idle for long."""


class Pool:
    """The driver's pool, with a few connections at hand: its own way in and out costs more than a small query."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._spare: list[Any] = []
        self._in_line = 0

    async def take(self) -> Any:
        """A connection; waits ten seconds at most."""
        while self._spare:
            connection = self._spare.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        self._in_line += 1
        try:
            return await self._pool.acquire(timeout=10)
        finally:
            self._in_line -= 1

    async def give_back(self, connection: Any, *, clean: bool) -> None:
        """Kept at hand if all went well and nobody stands in line for it."""
        if clean and not self._in_line and len(self._spare) < _MOST_SPARE and not connection.is_closed():
            self._spare.append(connection)
        else:
            await self._pool.release(connection)

    async def close(self) -> None:
        while self._spare:
            await self._pool.release(self._spare.pop())
        await self._pool.close()

    def terminate(self) -> None:
        self._pool.terminate()

    def get_size(self) -> int:
        return self._pool.get_size()

    def get_max_size(self) -> int:
        return self._pool.get_max_size()

    def get_idle_size(self) -> int:
        return self._pool.get_idle_size() + len(self._spare)


class OnDemand:
    """Looks like a connection, and takes one when the first statement comes: what is remembered needs none."""

    __slots__ = ("_pool", "held")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.held: Any = None

    async def _connection(self) -> Any:
        if self.held is None:
            self.held = await self._pool.take()
        return self.held

    async def fetch(self, sql: str, *args: object) -> Any:
        return await (self.held or await self._connection()).fetch(sql, *args)

    async def fetchrow(self, sql: str, *args: object) -> Any:
        return await (self.held or await self._connection()).fetchrow(sql, *args)

    async def fetchval(self, sql: str, *args: object) -> Any:
        return await (self.held or await self._connection()).fetchval(sql, *args)

    async def execute(self, sql: str, *args: object) -> Any:
        return await (self.held or await self._connection()).execute(sql, *args)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _failure: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.held is not None:
            held, self.held = self.held, None
            await self._pool.give_back(held, clean=kind is None)
