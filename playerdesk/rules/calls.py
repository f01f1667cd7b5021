"""Calls to other systems: a row in the transaction of the firing, made by the worker, signed, tried again for some hours."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

import httpx
import msgspec

from playerdesk.brands import webhook_headers
from playerdesk.kernel import Database, Tx, encode_text
from playerdesk.kernel.outbox import TIMEOUT, Letter, Outbox
from playerdesk.rules.addresses import resolved
from playerdesk.rules.book import Rule
from playerdesk.tickets import Standing

OUTBOX = Outbox("rules.call", url="o.url", in_order=False, most_attempts=20)

_WRITE: LiteralString = """
    INSERT INTO rules.call (rule_id, ticket_id, brand_id, dedupe_key, url, body)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[])
    ON CONFLICT (dedupe_key) DO NOTHING
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

    async def call(url: str, letter: Letter) -> int:
        """To the very address that was looked at: a name that answers differently the second time gains nothing."""
        address = await resolved(url, allowed)
        parts = urlsplit(url)
        netloc = f"[{address}]" if ":" in address else address
        if parts.port:
            netloc += f":{parts.port}"
        content = letter.body.encode()
        async with database.reading() as reader:
            headers = await webhook_headers(reader, letter.brand_id, content, delivery=letter.key)
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False) as client:
            response = await client.post(
                urlunsplit((parts.scheme, netloc, parts.path or "/", parts.query, "")), content=content,
                headers={**headers, "Host": parts.netloc}, extensions={"sni_hostname": parts.hostname or ""},
            )
        return response.status_code

    return await OUTBOX.deliver(database, call)
