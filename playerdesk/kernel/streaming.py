"""Reading very many rows without holding them, all as they were at one moment, on a connection of its own."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from playerdesk.kernel.database import Database, Reader

Fetch = Callable[[int], Awaitable[list[Any]]]


@asynccontextmanager
async def streaming(database: Database, sql: LiteralString, *args: object) -> AsyncGenerator[Fetch, None]:
    """`await fetch(500)` gives the next rows of one statement, [] at the end."""
    async with standing_still(database) as reader:
        cursor = await reader.connection.cursor(sql, *args)
        yield cursor.fetch


@asynccontextmanager
async def standing_still(database: Database) -> AsyncGenerator[Reader, None]:
    """For many statements that all see the moment of the first one, whatever is changed meanwhile."""
    connection, clean = await database.pool.take(), False
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield Reader(connection, database.memory)
        clean = True
    finally:
        await database.pool.give_back(connection, clean=clean)
