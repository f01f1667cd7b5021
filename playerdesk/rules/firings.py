"""The log of what fired and why: written with the change, read by ticket and by rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString

import msgspec

from playerdesk.kernel import Reader, Tx, encode_text

KEPT = timedelta(days=90)
PAGE = 50


class Firing(msgspec.Struct, frozen=True):
    """One firing to be written."""

    rule_id: int
    version: int
    ticket_id: int
    event: str
    outcome: str
    why: dict[str, Any]
    acts: list[dict[str, Any]]
    cause_id: int | None
    at: datetime


class Fired(msgspec.Struct, frozen=True, rename="camel"):
    """One firing as it is read; `cause_id` is the firing that led to it."""

    id: int
    rule_key: str
    rule_brand: str
    rule_name: dict[str, str]
    version: int
    ticket_id: int
    subject: str
    event: str
    outcome: str
    why: dict[str, Any]
    acts: list[dict[str, Any]]
    cause_id: int | None
    at: datetime


_WRITE: LiteralString = """
    INSERT INTO rules.firing (rule_id, version, ticket_id, event, outcome, why, acts, cause_id, at)
    SELECT rule_id, version, ticket_id, event, outcome, why, acts::jsonb, cause_id, at
    FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::bigint[],
        $9::timestamptz[]) AS n (rule_id, version, ticket_id, event, outcome, why, acts, cause_id, at)
    RETURNING id
"""
_FINISH: LiteralString = """
    UPDATE rules.firing f SET outcome = n.outcome, acts = n.acts::jsonb
    FROM unnest($1::bigint[], $2::text[], $3::text[]) AS n (id, outcome, acts) WHERE f.id = n.id
"""
_READ: LiteralString = """
    SELECT f.id, r.key, r.brand_key, r.body -> 'name', f.version, f.ticket_id, t.subject, f.event, f.outcome, f.why, f.acts,
           f.cause_id, f.at
    FROM rules.firing f JOIN rules.rule r ON r.id = f.rule_id JOIN tickets.ticket t ON t.id = f.ticket_id
"""
_OFTEN: LiteralString = """
    SELECT ticket_id FROM rules.firing
    WHERE ticket_id = ANY($1::bigint[]) AND rule_id = $2 AND at > $3 AND acts @> '[{"do": "reply", "outcome": "done"}]'
    GROUP BY ticket_id HAVING count(*) >= $4
"""


async def write_firings(
    tx: Tx, firings: Sequence[Firing], finished: Sequence[tuple[int, str, list[dict[str, Any]]]] = ()
) -> list[int]:
    """Write new ones, whose numbers come back, or finish those that were begun."""
    if finished:
        numbers, outcomes, acts = zip(*finished, strict=True)
        await tx.execute(_FINISH, list(numbers), list(outcomes), [encode_text(each) for each in acts])
    if not firings:
        return []
    rows = await tx.fetch(
        _WRITE, [f.rule_id for f in firings], [f.version for f in firings], [f.ticket_id for f in firings],
        [f.event for f in firings], [f.outcome for f in firings], [f.why for f in firings], [encode_text(f.acts) for f in firings],
        [f.cause_id for f in firings], [f.at for f in firings],
    )
    return [row[0] for row in rows]


async def replied_often(tx: Tx, rule_id: int, ticket_ids: Sequence[int], most: int, at: datetime) -> set[int]:
    """Which of these tickets this rule has spoken in so often within the hour."""
    return {row[0] for row in await tx.fetch(_OFTEN, list(ticket_ids), rule_id, at - timedelta(hours=1), most)}


async def fired_on(reader: Reader, ticket_id: int) -> list[Fired]:
    """What rules did with a ticket, newest first."""
    return await reader.rows(Fired, f"{_READ} WHERE f.ticket_id = $1 ORDER BY f.id DESC LIMIT $2", ticket_id, 2 * PAGE)


async def fired_by(reader: Reader, brand_key: str, key: str, before: int | None, brand_ids: Sequence[int]) -> list[Fired]:
    """What a rule did lately, newest first, with tickets of these brands."""
    return await reader.rows(
        Fired,
        f"{_READ} WHERE f.rule_id = (SELECT id FROM rules.rule WHERE brand_key = $1 AND key = $2) AND f.id < $3"
        " AND t.brand_id = ANY($4::bigint[]) ORDER BY f.id DESC LIMIT $5",
        brand_key, key, before or (1 << 62), list(brand_ids), PAGE,
    )


class Tally(msgspec.Struct, frozen=True, rename="camel"):
    """How a rule has done in the last seven days."""

    brand_key: str
    key: str
    fired: int
    stopped: int
    last_at: datetime | None


_TALLIES: LiteralString = """
    SELECT r.brand_key, r.key, count(f.id)::int, count(f.id) FILTER (WHERE f.outcome = 'stopped')::int, max(f.at)
    FROM rules.rule r LEFT JOIN LATERAL (
        SELECT id, outcome, at FROM rules.firing WHERE rule_id = r.id ORDER BY id DESC LIMIT 1000
    ) AS f ON f.at > now() - interval '7 days'
    WHERE NOT r.retired GROUP BY r.id
"""


async def tallies(reader: Reader) -> list[Tally]:
    """Of every rule in force; 1,000 at most each."""
    return await reader.rows(Tally, _TALLIES)


async def forget_old(tx: Tx, at: datetime) -> int:
    """What nobody asks about any more."""
    gone = await tx.execute(
        "DELETE FROM rules.firing WHERE id IN (SELECT id FROM rules.firing WHERE at < $1 ORDER BY at LIMIT 5000)", at - KEPT
    )
    await tx.execute(
        "DELETE FROM rules.timed WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM rules.timed WHERE moment < $1 ORDER BY moment LIMIT 5000))", at - timedelta(days=200),
    )
    return gone
