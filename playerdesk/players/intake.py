"""Taking in what a game's back end knows: thousands of records at once, in any order, any number of times.

One statement a type of record. A record that is already known, or older than what is known, changes
nothing; one that cannot be taken is named and the others are taken all the same.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, LiteralString, TypeVar

import msgspec

from playerdesk.brands import Brand, put_servers
from playerdesk.kernel import Tx, now
from playerdesk.players import intake_sql as sql
from playerdesk.players.profiles import Profile, fold
from playerdesk.players.records import (
    BadRecord,
    CharacterRecord,
    PlayerRecord,
    PurchaseRecord,
    Record,
    RefundRecord,
    ServerRecord,
    SessionRecord,
    read_record,
)
from playerdesk.players.spend import recount

MOST_RECORDS = 5_000


class RejectedRecord(msgspec.Struct, frozen=True, rename="camel"):
    """Which record was not taken, and why."""

    index: int
    code: str
    message: str


class BatchAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a batch: every record is in exactly one of the three."""

    accepted: int
    unchanged: int
    rejected: list[RejectedRecord]


T = TypeVar("T")


async def take_in(tx: Tx, brand: Brand, records: Sequence[Any], language: str = "zh") -> BatchAnswer:
    """Take in a batch of one brand: raw JSON, mappings or records; spend and tiers are right when it returns."""
    good, rejected = _read(records, language)
    # One batch of a brand at a time: a refund and its purchase in two batches must see each other.
    await tx.execute(sql.ONE_BATCH_AT_A_TIME, brand.id)
    players = await _meet(tx, brand, good)
    accepted = len(await put_servers(tx, brand.id, list({r.key: r.name for r in _of(good, ServerRecord)}.items())))
    accepted += await _profiles(tx, players, _of(good, PlayerRecord))
    accepted += await _characters(tx, brand, players, _of(good, CharacterRecord))
    accepted += await _sessions(tx, brand, players, _of(good, SessionRecord))
    accepted += await _money(tx, brand, players, _of(good, PurchaseRecord), _of(good, RefundRecord))
    return BatchAnswer(accepted, len(good) - accepted, rejected)


def _read(records: Sequence[Any], language: str) -> tuple[list[Record], list[RejectedRecord]]:
    good: list[Record] = []
    rejected: list[RejectedRecord] = []
    at = now()
    for index, given in enumerate(records):
        try:
            good.append(read_record(given, at))
        except BadRecord as bad:
            rejected.append(RejectedRecord(index, bad.code, bad.text.pick(language)))
    return good, rejected


def _of(records: Sequence[Record], kind: type[T]) -> list[T]:
    return [record for record in records if isinstance(record, kind)]


def _newest(records: Sequence[T], key: Callable[[T], Hashable], version: Callable[[T], Any]) -> list[T]:
    """One record a key, in the order of the keys, so that two batches never wait for each other crosswise."""
    newest: dict[Any, T] = {}
    for record in records:
        known = newest.get(key(record))
        if known is None or version(record) > version(known):
            newest[key(record)] = record
    return [newest[each] for each in sorted(newest)]


async def _meet(tx: Tx, brand: Brand, records: Sequence[Record]) -> dict[str, int]:
    """The player of every account named, made where she was unknown."""
    accounts = sorted({
        record.account for record in records if not isinstance(record, ServerRecord | RefundRecord)
    })
    if not accounts:
        return {}
    await tx.execute(sql.MAKE_PLAYERS, brand.key, accounts)
    return {record[0]: record[1] for record in await tx.fetch(sql.FIND_PLAYERS, brand.key, accounts)}


async def _profiles(tx: Tx, players: dict[str, int], records: Sequence[PlayerRecord]) -> int:
    if not records:
        return 0
    folded: dict[int, Profile] = {}
    for record in records:
        player_id = players[record.account]
        folded[player_id] = fold(folded.get(player_id), record)
    ids = sorted(folded)
    return await _write(tx, sql.PUT_PROFILES, ids, *_columns(
        [folded[player_id] for player_id in ids],
        "name", "name_version", "language", "language_version", "registered_at", "last_seen_at",
    ))


async def _characters(tx: Tx, brand: Brand, players: dict[str, int], records: Sequence[CharacterRecord]) -> int:
    rows = _newest(records, lambda r: (r.server, r.role_id), lambda r: r.version)
    owners = [players[row.account] for row in rows]
    names = [row.name or row.role_id for row in rows]
    return await _write(
        tx, sql.PUT_CHARACTERS, brand.id, owners, *_columns(rows, "server", "role_id"), names,
        *_columns(rows, "level", "at"),
    ) if rows else 0


async def _sessions(tx: Tx, brand: Brand, players: dict[str, int], records: Sequence[SessionRecord]) -> int:
    rows = _newest(records, lambda r: r.record_id, lambda r: r.version)
    owners = [players[row.account] for row in rows]
    return await _write(tx, sql.PUT_SESSIONS, brand.id, owners, *_columns(
        rows, "record_id", "server", "role_id", "started_at", "ended_at", "end_reason"
    )) if rows else 0


async def _money(
    tx: Tx, brand: Brand, players: dict[str, int],
    purchases: Sequence[PurchaseRecord], refunds: Sequence[RefundRecord],
) -> int:
    bought = _newest(purchases, lambda r: r.record_id, lambda r: r.version)
    returned = _newest(refunds, lambda r: r.record_id, lambda r: r.version)
    if not bought and not returned:
        return 0
    # Whose money moves: the payers of these purchases before and after, and of the refunded ones.
    touched = (
        brand.id, [row.record_id for row in bought], [row.record_id for row in returned],
        [row.purchase_record_id for row in returned],
    )
    before = await tx.fetch(sql.PAYERS, *touched)
    owners = [players[row.account] for row in bought]
    changed = await _write(tx, sql.PUT_PURCHASES, brand.id, owners, *_columns(
        bought, "record_id", "product", "amount_minor", "currency", "state", "server", "role_id", "at"
    )) if bought else 0
    changed += await _write(tx, sql.PUT_REFUNDS, brand.id, *_columns(
        returned, "record_id", "purchase_record_id", "amount_minor", "reason", "at"
    )) if returned else 0
    if changed:
        after = await tx.fetch(sql.PAYERS, *touched)
        await recount(tx, [record[0] for record in (*before, *after)])
    return changed


def _columns(rows: Sequence[Any], *names: str) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]


async def _write(tx: Tx, statement: LiteralString, *args: object) -> int:
    """How many rows were new or changed."""
    return await tx.execute(statement, *args)
