"""Taking in what a game's back end knows: thousands of records at once, in any order, any number of times.

One statement a type of record. A record that is already known, or older than what is known, changes
nothing; one that cannot be taken is named and the others are taken all the same.
"""

from collections.abc import Sequence
from typing import Any, LiteralString

import msgspec

from playerdesk.brands import Brand, put_servers
from playerdesk.kernel import Tx, now
from playerdesk.players import intake_sql as sql
from playerdesk.players.batches import columns, newest, of_kind
from playerdesk.players.fields import Descriptor
from playerdesk.players.intake_card import checked_fields, take_in_explanations, tell_open_cards
from playerdesk.players.profiles import Profile, fold
from playerdesk.players.record_kinds import (
    CharacterRecord,
    FieldsRecord,
    PlayerRecord,
    PurchaseRecord,
    RefundRecord,
    ServerRecord,
    SessionRecord,
)
from playerdesk.players.records import BadRecord, Record, read_record
from playerdesk.players.segments.portraits import draw_again
from playerdesk.players.spend import recount

MOST_RECORDS = 5_000


class RejectedRecord(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Which record was not taken, and why; `key`: only this field of it, and the others were."""

    index: int
    code: str
    message: str
    key: str = ""


class BatchAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """What became of a batch: every record is in exactly one of the three; fields of one that was taken aside."""

    accepted: int
    unchanged: int
    rejected: list[RejectedRecord]


async def take_in(tx: Tx, brand: Brand, records: Sequence[Any], language: str = "zh") -> BatchAnswer:
    """Take in a batch of one brand: raw JSON, mappings or records; spend and tiers are right when it returns."""
    good, fields, rejected = _read(records, language)
    # One batch of a brand at a time: a refund and its purchase in two batches must see each other.
    await tx.execute(sql.ONE_BATCH_AT_A_TIME, brand.id)
    players = await _meet(tx, brand, good)
    accepted = len(await put_servers(tx, brand.id, list({r.key: r.name for r in of_kind(good, ServerRecord)}.items())))
    accepted += await _profiles(tx, players, of_kind(good, PlayerRecord))
    accepted += await _characters(tx, brand, players, of_kind(good, CharacterRecord))
    accepted += await _sessions(tx, brand, players, of_kind(good, SessionRecord))
    accepted += await _money(tx, brand, players, of_kind(good, PurchaseRecord), of_kind(good, RefundRecord))
    accepted += await take_in_explanations(tx, brand, players, good, fields)
    if accepted:
        await draw_again(tx, list(players.values()))
        await tell_open_cards(tx, players, good, now())
    return BatchAnswer(accepted, len(good) - accepted, rejected)


def _read(
    records: Sequence[Any], language: str
) -> tuple[list[Record], dict[int, list[Descriptor]], list[RejectedRecord]]:
    good: list[Record] = []
    fields: dict[int, list[Descriptor]] = {}
    rejected: list[RejectedRecord] = []
    at = now()
    for index, given in enumerate(records):
        try:
            record = read_record(given, at)
        except BadRecord as bad:
            rejected.append(RejectedRecord(index, bad.code, bad.text.pick(language)))
            continue
        if isinstance(record, FieldsRecord):
            fields[id(record)], problems = checked_fields(record)
            rejected += [RejectedRecord(index, each.code, each.text.pick(language), each.key) for each in problems]
        good.append(record)
    return good, fields, rejected


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
    return await _write(tx, sql.PUT_PROFILES, ids, *columns(
        [folded[player_id] for player_id in ids],
        "name", "name_version", "language", "language_version", "registered_at", "last_seen_at",
    ))


async def _characters(tx: Tx, brand: Brand, players: dict[str, int], records: Sequence[CharacterRecord]) -> int:
    rows = newest(records, lambda r: (r.server, r.role_id), lambda r: r.version)
    owners = [players[row.account] for row in rows]
    names = [row.name or row.role_id for row in rows]
    return await _write(
        tx, sql.PUT_CHARACTERS, brand.id, owners, *columns(rows, "server", "role_id"), names,
        *columns(rows, "level", "at"),
    ) if rows else 0


async def _sessions(tx: Tx, brand: Brand, players: dict[str, int], records: Sequence[SessionRecord]) -> int:
    rows = newest(records, lambda r: r.record_id, lambda r: r.version)
    owners = [players[row.account] for row in rows]
    return await _write(tx, sql.PUT_SESSIONS, brand.id, owners, *columns(
        rows, "record_id", "server", "role_id", "started_at", "ended_at", "end_reason"
    )) if rows else 0


async def _money(
    tx: Tx, brand: Brand, players: dict[str, int],
    purchases: Sequence[PurchaseRecord], refunds: Sequence[RefundRecord],
) -> int:
    bought = newest(purchases, lambda r: r.record_id, lambda r: r.version)
    returned = newest(refunds, lambda r: r.record_id, lambda r: r.version)
    if not bought and not returned:
        return 0
    # Whose money moves: the payers of these purchases before and after, and of the refunded ones.
    touched = (
        brand.id, [row.record_id for row in bought], [row.record_id for row in returned],
        [row.purchase_record_id for row in returned],
    )
    before = await tx.fetch(sql.PAYERS, *touched)
    owners = [players[row.account] for row in bought]
    changed = await _write(tx, sql.PUT_PURCHASES, brand.id, owners, *columns(
        bought, "record_id", "product", "amount_minor", "currency", "state", "server", "role_id", "at"
    )) if bought else 0
    changed += await _write(tx, sql.PUT_REFUNDS, brand.id, *columns(
        returned, "record_id", "purchase_record_id", "amount_minor", "reason", "at"
    )) if returned else 0
    if changed:
        after = await tx.fetch(sql.PAYERS, *touched)
        await recount(tx, [record[0] for record in (*before, *after)])
    return changed


async def _write(tx: Tx, statement: LiteralString, *args: object) -> int:
    """How many rows were new or changed."""
    return await tx.execute(statement, *args)
