"""Calls to other systems: a row in the transaction of the firing, made by the worker, signed, tried again for a day."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec
import structlog

from playerdesk.brands import sign_webhook
from playerdesk.kernel import Database, Refused, Tx, encode_text
from playerdesk.rules.addresses import resolved
from playerdesk.rules.book import Rule
from playerdesk.tickets import Standing

log = structlog.get_logger("rules")
TIMEOUT = httpx.Timeout(10, connect=3)
MOST_ATTEMPTS = 20
BATCH = 50
AT_ONCE = 10

_WRITE: LiteralString = """
    INSERT INTO rules.call (rule_id, ticket_id, brand_id, key, url, body)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])
    ON CONFLICT (key) DO NOTHING
"""
_CLAIM: LiteralString = """
    UPDATE rules.call c SET next_try_at = now() + interval '60 seconds', attempts = attempts + 1
    FROM (
        SELECT id FROM rules.call WHERE state = 'pending' AND next_try_at <= now()
        ORDER BY next_try_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS due
    WHERE c.id = due.id RETURNING c.id, c.brand_id, c.key, c.url, c.body, c.attempts
"""
_FAILED: LiteralString = """
    UPDATE rules.call SET last_error = $2, next_try_at = now() + $3::interval,
        state = CASE WHEN attempts >= $4 OR $5 THEN 'dead' ELSE 'pending' END
    WHERE id = $1
"""


class Wanted(msgspec.Struct, frozen=True):
    """A call a rule wants: about which ticket, which of its actions, where to."""

    rule: Rule
    ticket: Standing
    place: int
    url: str


async def write_calls(tx: Tx, wanted: Sequence[Wanted], at: datetime) -> None:
    """Into the outbox; the ticket as it stands now is what is sent."""
    rows: list[tuple[Any, ...]] = []
    for each in wanted:
        ticket, rule = each.ticket, each.rule.row
        key = f"r-{rule.id}-{ticket.id}-{ticket.seq}-{each.place}"
        body = encode_text({
            "id": key, "kind": "rule", "rule": rule.key, "at": at,
            "ticket": {
                "id": ticket.id, "status": ticket.status, "priority": ticket.priority, "channel": ticket.channel,
                "tier": ticket.tier, "playerId": ticket.player_id, "assigneeId": ticket.assignee_id, "queueId": ticket.queue_id,
            },
        })
        rows.append((rule.id, ticket.id, ticket.brand_id, key, each.url, body))
    if rows:
        await tx.execute(_WRITE, *[list(column) for column in zip(*rows, strict=True)])


async def call_out(database: Database, allowed: frozenset[str]) -> int:
    """Make the calls that are due; how many arrived."""
    arrived = 0
    under_way = asyncio.Semaphore(AT_ONCE)
    while True:
        async with database.transaction() as tx:
            due = await tx.fetch(_CLAIM, BATCH)
        arrived += sum(await asyncio.gather(*(_call_one(database, under_way, row, allowed) for row in due)))
        if len(due) < BATCH:
            return arrived


async def _call_one(database: Database, under_way: asyncio.Semaphore, row: Any, allowed: frozenset[str]) -> bool:
    number, brand_id, key, url, body, attempts = row
    content, error, final = body.encode(), "", False
    try:
        async with under_way:
            status = await _send(database, brand_id, key, url, content, allowed)
        if 200 <= status < 300:
            async with database.transaction() as tx:
                await tx.execute("UPDATE rules.call SET state = 'done', last_error = NULL WHERE id = $1", number)
            return True
        error = f"answered {status}"
    except PermissionError as failure:
        error, final = str(failure), True
    except (httpx.HTTPError, httpx.InvalidURL, OSError, Refused) as failure:
        error = repr(failure)[:300]
    async with database.transaction() as tx:
        wait = timedelta(seconds=min(2 ** max(0, attempts - 1), 3600))
        await tx.execute(_FAILED, number, error, wait, MOST_ATTEMPTS, final)
    log.warning("a rule's call did not arrive", call=number, attempts=attempts, error=error)
    return False


async def _send(database: Database, brand_id: int, key: str, url: str, content: bytes, allowed: frozenset[str]) -> int:
    """To the very address that was looked at: a name that answers differently the second time gains nothing."""
    address = await resolved(url, allowed)
    parts = urlsplit(url)
    host = parts.hostname or ""
    netloc = f"[{address}]" if ":" in address else address
    if parts.port:
        netloc += f":{parts.port}"
    async with database.reading() as reader:
        token = await sign_webhook(reader, brand_id, content, delivery=key)
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
        response = await client.post(
            urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")), content=content,
            headers={"Host": parts.netloc, "Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            extensions={"sni_hostname": host},
        )
    return response.status_code
