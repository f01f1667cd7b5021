"""What the desk says to other people's servers: a row first, written in the transaction that decided it, then sent.

A package that sends has a table of its own, with the columns the statements below name, writes its rows itself and knows
how to send one. The worker takes what is due, tries again with back-off, and leaves what will not go as dead, where it
is seen and can be put back in line. The receiver knows by the key what it has seen.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import LiteralString

import httpx
import msgspec
import structlog

from playerdesk.kernel.database import Database, Reader
from playerdesk.kernel.errors import Refused

log = structlog.get_logger("outbox")

TIMEOUT = httpx.Timeout(10, connect=3)
LONGEST_WAIT_SECONDS = 3600
BATCH = 50
AT_ONCE = 20
"""Under way together: a slow receiver holds nobody up, and a batch is over before its lease of a minute is."""

_CLAIM: LiteralString = """
    UPDATE {table} o SET next_try_at = now() + interval '60 seconds', attempts = attempts + 1
    FROM (
        SELECT id FROM {table} c WHERE state = 'pending' AND next_try_at <= now() {in_order}
        ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE o.id = due.id
    RETURNING o.id, o.brand_id, {url}, o.dedupe_key, o.body::text, o.attempts
"""
# Only the oldest row of a ticket is tried, so what is said of one ticket never overtakes itself.
_IN_ORDER: LiteralString = """
    AND NOT EXISTS (SELECT 1 FROM {table} e WHERE e.ticket_id = c.ticket_id AND e.state = 'pending' AND e.id < c.id)
"""
_DELIVERED: LiteralString = """
    UPDATE {table} SET state = 'delivered', delivered_at = now(), last_status = $2, last_error = NULL WHERE id = $1
"""
_FAILED: LiteralString = """
    UPDATE {table} SET last_status = $2, last_error = $3, next_try_at = now() + $4::interval,
        state = CASE WHEN attempts >= $5 THEN 'dead' ELSE 'pending' END
    WHERE id = $1
"""
_DEAD: LiteralString = """
    SELECT id, ticket_id, attempts, last_error FROM {table} WHERE state = 'dead' ORDER BY id DESC LIMIT $1
"""
_AGAIN: LiteralString = """
    UPDATE {table} SET state = 'pending', attempts = 0, next_try_at = now() WHERE state = 'dead'
"""
_LATE: LiteralString = """
    SELECT greatest(0, extract(epoch FROM now() - min(next_try_at)))::float8 FROM {table} WHERE state = 'pending'
"""
_FORGET: LiteralString = """
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table} WHERE state = 'delivered' AND delivered_at < now() - interval '30 days' LIMIT 5000
    )
"""


class Letter(msgspec.Struct, frozen=True):
    """One that is due. `attempts` counts this one; without a `url` it waits for one."""

    id: int
    brand_id: int
    url: str | None
    key: str
    body: str
    attempts: int


class DeadLetter(msgspec.Struct, frozen=True):
    """One that was given up."""

    id: int
    ticket_id: int
    attempts: int
    last_error: str | None


Send = Callable[[str, Letter], Awaitable[int]]
"""To that address; the HTTP status it answered. `PermissionError`: never to be tried again."""


class Outbox:
    """The letters of one table. `url`: where one goes, in SQL about its row `o`; `in_order`: a ticket's one after the other."""

    def __init__(self, table: LiteralString, *, url: LiteralString, in_order: bool, most_attempts: int) -> None:
        self._most_attempts = most_attempts
        order = _IN_ORDER.format(table=table) if in_order else ""
        self._claim: LiteralString = _CLAIM.format(table=table, url=url, in_order=order)
        self._delivered: LiteralString = _DELIVERED.format(table=table)
        self._failed: LiteralString = _FAILED.format(table=table)
        self._dead: LiteralString = _DEAD.format(table=table)
        self._again: LiteralString = _AGAIN.format(table=table)
        self._late: LiteralString = _LATE.format(table=table)
        self._forget: LiteralString = _FORGET.format(table=table)
        self._name = table

    async def deliver(self, database: Database, send: Send) -> int:
        """Try what is due; how many arrived."""
        arrived = 0
        under_way = asyncio.Semaphore(AT_ONCE)
        while True:
            async with database.transaction() as tx:
                due = await tx.rows(Letter, self._claim, BATCH)
            arrived += sum(await asyncio.gather(*(self._try(database, under_way, send, letter) for letter in due)))
            if len(due) < BATCH:
                return arrived

    async def _try(self, database: Database, under_way: asyncio.Semaphore, send: Send, letter: Letter) -> bool:
        status: int | None = None
        most_attempts = self._most_attempts
        error = "there is no address for it any more"
        try:
            if letter.url:
                async with under_way:
                    status = await send(letter.url, letter)
                error = f"answered {status}"
        except PermissionError as failure:
            error, most_attempts = str(failure), 0
        except (httpx.HTTPError, httpx.InvalidURL, OSError, Refused) as failure:
            error = repr(failure)[:300]
        async with database.transaction() as tx:
            if status is not None and 200 <= status < 300:
                await tx.execute(self._delivered, letter.id, status)
                return True
            await tx.execute(self._failed, letter.id, status, error, wait_before(letter.attempts), most_attempts)
        log.warning("not delivered", outbox=self._name, letter=letter.id, attempts=letter.attempts, error=error)
        return False

    async def late(self, reader: Reader) -> float:
        """Seconds since the longest waiting one was to be tried; 0 when none is late."""
        return float(await reader.value(self._late))

    async def dead(self, reader: Reader, limit: int = 200) -> list[DeadLetter]:
        """Those that were given up, newest first."""
        return await reader.rows(DeadLetter, self._dead, limit)

    async def send_again(self, database: Database) -> int:
        """Put those that were given up back in line; how many."""
        async with database.transaction() as tx:
            return await tx.execute(self._again)

    async def forget(self, database: Database) -> None:
        """What arrived is kept for a month."""
        async with database.transaction() as tx:
            await tx.execute(self._forget)


def wait_before(attempts: int) -> timedelta:
    """1 s, 2, 4 … up to an hour: 20 attempts are some hours, 40 a day and a half."""
    return timedelta(seconds=min(2 ** max(0, attempts - 1), LONGEST_WAIT_SECONDS))
