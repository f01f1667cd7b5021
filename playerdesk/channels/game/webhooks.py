"""Answers pushed to a game's own back end, for games that deliver mail in the client.

The outbox row is written in the transaction of the answer. The worker delivers a ticket's rows in
order, signs each, tries again with back-off for a day, and leaves what will not go as dead, where
it is seen and can be sent again.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString, TypeVar

import httpx
import msgspec
import structlog

from playerdesk.brands import brands, sign_webhook
from playerdesk.channels.game.shapes import player_message
from playerdesk.channels.game.views import person_names
from playerdesk.kernel import Database, Reactions, Refused, Tx, encode_text
from playerdesk.tickets import MessagePosted, StageTold, TicketEvent, TicketResolved, entries_at

log = structlog.get_logger("webhooks")
reactions = Reactions("channels.game")
E = TypeVar("E", bound=TicketEvent)

TIMEOUT = httpx.Timeout(10, connect=3)
MOST_ATTEMPTS = 40
LONGEST_WAIT_SECONDS = 3600
BATCH = 50
AT_ONCE = 20
"""Pushes under way together: a slow game holds nobody up, and a batch is over before its lease of a minute is."""

_WRITE: LiteralString = """
    INSERT INTO channels.delivery (brand_id, ticket_id, kind, dedupe_key, body)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]::json[])
    ON CONFLICT (dedupe_key) DO NOTHING
"""

_WHO: LiteralString = """
    SELECT t.id, i.value, t.server_key, t.role_id, t.subject, t.status
    FROM tickets.ticket t
    JOIN brands.brand b ON b.id = t.brand_id AND b.webhook_url IS NOT NULL
    LEFT JOIN players.identity i ON i.player_id = t.player_id AND i.kind = 'game_account' AND i.issuer = b.key
    WHERE t.id = ANY($1::bigint[])
"""

# Only the oldest row of a ticket is tried, so a player's answers never overtake each other.
_CLAIM: LiteralString = """
    UPDATE channels.delivery d SET next_try_at = now() + interval '60 seconds', attempts = attempts + 1
    FROM (
        SELECT id FROM channels.delivery c
        WHERE state = 'pending' AND next_try_at <= now() AND NOT EXISTS (
            SELECT 1 FROM channels.delivery e WHERE e.ticket_id = c.ticket_id AND e.state = 'pending' AND e.id < c.id
        )
        ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE d.id = due.id
    RETURNING d.id, d.brand_id, d.dedupe_key, d.body::text, d.attempts
"""

_DELIVERED: LiteralString = """
    UPDATE channels.delivery SET state = 'delivered', delivered_at = now(), last_status = $2, last_error = NULL
    WHERE id = $1
"""

_FAILED: LiteralString = """
    UPDATE channels.delivery SET last_status = $2, last_error = $3, next_try_at = now() + $4::interval,
        state = CASE WHEN attempts >= $5 THEN 'dead' ELSE 'pending' END
    WHERE id = $1
"""


@reactions.within(MessagePosted)
async def push_answers(tx: Tx, events: Sequence[MessagePosted]) -> None:
    await _push_said(tx, [event for event in events if event.author != "player"])


@reactions.within(StageTold)
async def push_stages(tx: Tx, events: Sequence[StageTold]) -> None:
    """Where her matter stands is mail to her like an answer."""
    await _push_said(tx, events)


async def _push_said(tx: Tx, said: Sequence[MessagePosted | StageTold]) -> None:
    answers = await _pushed(tx, said)
    if not answers:
        return
    who = {row[0]: row for row in await tx.fetch(_WHO, [event.ticket_id for event in answers])}
    entries = {(e.ticket_id, e.seq): e for e in await entries_at(tx, [(a.ticket_id, a.seq) for a in answers])}
    names = await person_names(tx)
    rows: list[tuple[int, int, str, str, str]] = []
    for event in answers:
        row, entry = who.get(event.ticket_id), entries.get((event.ticket_id, event.seq))
        if row is not None and entry is not None:
            key = f"m-{event.ticket_id}-{event.seq}"
            body = _body("message", key, row, {"message": player_message(entry, names)})
            rows.append((event.brand_id, event.ticket_id, "message", key, body))
    await _write(tx, rows)


@reactions.within(TicketResolved)
async def push_resolutions(tx: Tx, events: Sequence[TicketResolved]) -> None:
    events = await _pushed(tx, events)
    if not events:
        return
    who = {row[0]: row for row in await tx.fetch(_WHO, [event.ticket_id for event in events])}
    rows: list[tuple[int, int, str, str, str]] = []
    for event in events:
        row = who.get(event.ticket_id)
        if row is not None:
            key = f"t-{event.ticket_id}-{event.seq}"
            ticket = {"id": event.ticket_id, "status": "resolved", "subject": row[4]}
            rows.append((event.brand_id, event.ticket_id, "ticket", key, _body("ticket", key, row, {"ticket": ticket})))
    await _write(tx, rows)


async def _pushed(tx: Tx, events: Sequence[E]) -> list[E]:
    """Those of brands that want to be told."""
    told = {brand.id for brand in await brands(tx) if brand.webhook_url and brand.modules.get("game_push", True)}
    return [event for event in events if event.brand_id in told]


def _body(kind: str, key: str, row: Any, rest: dict[str, Any]) -> str:
    return encode_text({
        "id": key, "kind": kind, "account": row[1], "ticketId": row[0], "server": row[2], "roleId": row[3], **rest
    })


async def _write(tx: Tx, rows: list[tuple[int, int, str, str, str]]) -> None:
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        await tx.execute(_WRITE, *columns)


def wait_before(attempts: int) -> timedelta:
    """1 s, 2, 4 … up to an hour: about a day and a half over all attempts."""
    return timedelta(seconds=min(2 ** max(0, attempts - 1), LONGEST_WAIT_SECONDS))


async def deliver(database: Database) -> int:
    """Try what is due; returns how many arrived."""
    arrived = 0
    under_way = asyncio.Semaphore(AT_ONCE)
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
        while True:
            async with database.transaction() as tx:
                due = await tx.fetch(_CLAIM, BATCH)
                urls = {brand.id: brand for brand in await brands(tx)}
            tries = (_deliver_one(database, client, under_way, urls.get(row[1]), row) for row in due)
            arrived += sum(await asyncio.gather(*tries))
            if len(due) < BATCH:
                return arrived


async def _deliver_one(
    database: Database, client: httpx.AsyncClient, under_way: asyncio.Semaphore, brand: Any, row: Any
) -> bool:
    delivery_id, _, key, body, attempts = row
    status: int | None = None
    error = "the brand has no webhook any more"
    if brand is not None and brand.webhook_url:
        content = body.encode()
        try:
            async with database.reading() as reader:
                token = await sign_webhook(reader, brand.id, content, delivery=key)
            async with under_way:
                response = await client.post(
                    brand.webhook_url, content=content,
                    headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
                )
            status, error = response.status_code, f"answered {response.status_code}"
        except (httpx.HTTPError, Refused) as failure:
            error = repr(failure)[:300]
    async with database.transaction() as tx:
        if status is not None and 200 <= status < 300:
            await tx.execute(_DELIVERED, delivery_id, status)
            return True
        await tx.execute(_FAILED, delivery_id, status, error, wait_before(attempts), MOST_ATTEMPTS)
    log.warning("webhook not delivered", delivery=delivery_id, attempts=attempts, error=error)
    return False


class DeadDelivery(msgspec.Struct, frozen=True):
    """A push that was given up."""

    id: int
    ticket_id: int
    attempts: int
    last_error: str | None


async def dead_deliveries(database: Database, limit: int = 200) -> list[DeadDelivery]:
    """The pushes that were given up, newest first."""
    async with database.reading() as reader:
        return await reader.rows(
            DeadDelivery,
            "SELECT id, ticket_id, attempts, last_error FROM channels.delivery"
            " WHERE state = 'dead' ORDER BY id DESC LIMIT $1",
            limit,
        )


async def deliver_again(database: Database) -> int:
    """Put them all back in line; the receiver knows by their keys what it has seen. Returns how many."""
    async with database.transaction() as tx:
        return await tx.execute(
            "UPDATE channels.delivery SET state = 'pending', attempts = 0, next_try_at = now() WHERE state = 'dead'"
        )
