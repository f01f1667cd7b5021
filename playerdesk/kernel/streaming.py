"""Reading very many rows without holding them: a cursor on the server, on a connection of its own."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, LiteralString

from playerdesk.kernel.database import Database

Fetch = Callable[[int], Awaitable[list[Any]]]


@asynccontextmanager
async def streaming(database: Database, sql: LiteralString, *args: object) -> AsyncGenerator[Fetch, None]:
    """`await fetch(500)` gives the next rows, [] at the end; all of them as they were at the beginning."""
    connection, clean = await database.pool.take(), False
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            cursor = await connection.cursor(sql, *args)
            yield cursor.fetch
        clean = True
    finally:
        await database.pool.give_back(connection, clean=clean)
