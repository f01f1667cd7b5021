"""Sealing: what waits in the inbox gets its number and its hash, in the order in which it became visible.

A transaction that commits late finds its place later, so nothing is missed and no number is taken twice; the
locked books let one worker seal at a time. Nobody waits for this lock but other workers.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec
from msgspec.structs import replace

from playerdesk.audit.rules import ANCHOR_EVERY, ANCHOR_SECONDS, Anchor, Head, book_of, link, sign
from playerdesk.kernel import Database, Tx
from playerdesk.kernel.own_secrets import own_secret

A_ROUND = 5_000

_IDLE: LiteralString = """
    SELECT NOT EXISTS (SELECT FROM audit.inbox) AND NOT EXISTS (
        SELECT FROM audit.book WHERE number > anchored AND anchored_at < now() - make_interval(secs => $1))
"""

_LOCK: LiteralString = """
    SELECT name, number, hash, anchors, base_number, base_hash, signature, anchored, anchored_at, now()
    FROM audit.book ORDER BY name FOR UPDATE SKIP LOCKED
"""

_WAITING: LiteralString = """
    SELECT id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason, request_id, ip
    FROM audit.inbox ORDER BY id LIMIT $1
"""

_SEAL: LiteralString = """
    WITH gone AS (
        DELETE FROM audit.inbox WHERE id = ANY($1::bigint[]) RETURNING *
    )
    INSERT INTO audit.sealed (book, number, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after,
                              reason, request_id, ip, words, prev_hash, hash)
    SELECT n.book, n.number, g.id, g.at, g.actor_kind, g.actor_id, g.action, g.kind, g.object_id, g.brand_id, g.before,
           g.after, g.reason, g.request_id, g.ip, g.words, n.prev_hash, n.hash
    FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bytea[], $5::bytea[]) AS n (id, book, number, prev_hash, hash)
    JOIN gone g ON g.id = n.id
"""

_SAVE: LiteralString = """
    UPDATE audit.book b SET number = n.number, hash = n.hash, anchors = n.anchors, signature = n.signature,
        sealed_at = CASE WHEN b.number < n.number THEN now() ELSE sealed_at END,
        anchored = CASE WHEN b.anchors < n.anchors THEN n.number ELSE anchored END,
        anchored_at = CASE WHEN b.anchors < n.anchors THEN now() ELSE anchored_at END
    FROM unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[], $5::bytea[])
        AS n (name, number, hash, anchors, signature)
    WHERE b.name = n.name
"""

_ANCHOR: LiteralString = """
    INSERT INTO audit.anchor (book, serial, number, hash, at, signature)
    SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[], $5::timestamptz[], $6::bytea[])
"""


class Link(msgspec.Struct, frozen=True):
    """The place of a waiting trace in its chain."""

    id: int
    book: str
    number: int
    prev_hash: bytes
    hash: bytes


async def signing_key(tx: Tx) -> bytes:
    """The key under checkpoints, the ends of books and tombstones."""
    known = tx.memory.setdefault("audit signing key", {})
    if "key" not in known:
        known["key"] = await own_secret(tx, "audit checkpoints")
    return known["key"]


async def seal(database: Database, *, at_once: bool = False) -> tuple[int, list[Anchor]]:
    """Seal a round of what waits; how many there were, and the checkpoints made. `at_once`: a checkpoint now."""
    if not at_once:
        async with database.reading() as reader:
            if await reader.value(_IDLE, ANCHOR_SECONDS):
                return 0, []
    async with database.transaction() as tx:
        books = await tx.fetch(_LOCK)
        if len(books) < 2:
            return 0, []  # another worker seals
        key = await signing_key(tx)
        heads = {row[0]: Head(*tuple(row)[:7]) for row in books}
        waiting = await tx.fetch(_WAITING, A_ROUND)
        sealed, after = chained(waiting, heads)
        if sealed:
            await tx.execute(
                _SEAL, [each.id for each in sealed], [each.book for each in sealed], [each.number for each in sealed],
                [each.prev_hash for each in sealed], [each.hash for each in sealed],
            )
        anchors: list[Anchor] = []
        for name, _, _, _, _, _, _, anchored, anchored_at, now in books:
            head = after[name]
            if head.number > anchored and (at_once or _is_due(head.number - anchored, anchored_at, now)):
                after[name] = head = replace(head, anchors=head.anchors + 1)
                anchor = Anchor(name, head.anchors, head.number, head.hash, now)
                anchors.append(replace(anchor, signature=sign(key, anchor)))
        await save_heads(tx, key, [after[name] for name in heads if after[name] != heads[name]])
        await _keep(tx, anchors)
    return len(sealed), anchors


def chained(waiting: Sequence[Any], heads: dict[str, Head]) -> tuple[list[Link], dict[str, Head]]:
    """These rows (id to ip) as links behind the heads, and the heads behind them."""
    ends = {name: (head.number, head.hash) for name, head in heads.items()}
    sealed: list[Link] = []
    for row in waiting:
        facts = tuple(row)
        book = book_of(facts[4])
        number, prev = ends[book]
        digest = link(prev, (book, number + 1, *facts))
        ends[book] = number + 1, digest
        sealed.append(Link(facts[0], book, number + 1, prev, digest))
    return sealed, {
        name: replace(head, number=ends[name][0], hash=ends[name][1]) for name, head in heads.items()
    }


def _is_due(traces: int, last: datetime, now: datetime) -> bool:
    return traces >= ANCHOR_EVERY or (now - last).total_seconds() >= ANCHOR_SECONDS


async def save_heads(tx: Tx, key: bytes, heads: Sequence[Head]) -> None:
    """Where these books end now, signed."""
    if heads:
        await tx.execute(
            _SAVE, [each.book for each in heads], [each.number for each in heads], [each.hash for each in heads],
            [each.anchors for each in heads], [sign(key, each) for each in heads],
        )


async def _keep(tx: Tx, anchors: Sequence[Anchor]) -> None:
    if anchors:
        await tx.execute(
            _ANCHOR, [a.book for a in anchors], [a.serial for a in anchors], [a.number for a in anchors],
            [a.hash for a in anchors], [a.at for a in anchors], [a.signature for a in anchors],
        )
