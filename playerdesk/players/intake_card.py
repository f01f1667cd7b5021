"""Taking in what explains a player: penalties, last steps, contacts, the real-name check, the company's own fields."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from playerdesk.brands import Brand
from playerdesk.kernel import Tx, encode_text
from playerdesk.players import intake_card_sql as sql
from playerdesk.players.batches import columns, newest, of_kind
from playerdesk.players.events import CardChanged
from playerdesk.players.fields import BadField, Descriptor, read_fields
from playerdesk.players.matching import CARRIERS, PROPOSE, Carrier, normalised, proposals, surely_one
from playerdesk.players.membership import members_of
from playerdesk.players.merging import Choice, merge
from playerdesk.players.record_kinds import (
    BreadcrumbRecord,
    ContactRecord,
    FieldsRecord,
    PenaltyRecord,
    PurchaseRecord,
    RealnameRecord,
    SessionRecord,
)

FRESH = timedelta(hours=1)
"""What is older is history being told, and nobody's open card waits for it."""

MOST_TOLD = 200

Players = Mapping[str, int]


def checked_fields(record: FieldsRecord) -> tuple[list[Descriptor], list[BadField]]:
    """The descriptors of a record that can be taken, and the others by key."""
    return read_fields(record.fields)


async def take_in_explanations(
    tx: Tx, brand: Brand, players: Players, records: Sequence[Any], fields: Mapping[int, list[Descriptor]]
) -> int:
    """Write all of it, a statement a kind; how many rows were new or changed. `fields` by the record's id()."""
    changed = await _penalties(tx, brand, players, of_kind(records, PenaltyRecord))
    changed += await _breadcrumbs(tx, brand, players, of_kind(records, BreadcrumbRecord))
    changed += await _contacts(tx, brand, players, of_kind(records, ContactRecord))
    changed += await _realnames(tx, players, of_kind(records, RealnameRecord))
    return changed + await _fields(tx, brand, players, of_kind(records, FieldsRecord), fields)


async def _penalties(tx: Tx, brand: Brand, players: Players, records: Sequence[PenaltyRecord]) -> int:
    rows = newest(records, lambda r: r.record_id, lambda r: r.version)
    return await tx.execute(sql.PUT_PENALTIES, brand.id, [players[row.account] for row in rows], *columns(
        rows, "record_id", "kind", "reason", "by", "server", "role_id", "at", "until", "lifted_at", "moment"
    )) if rows else 0


async def _breadcrumbs(tx: Tx, brand: Brand, players: Players, records: Sequence[BreadcrumbRecord]) -> int:
    rows = newest(records, lambda r: r.record_id, lambda r: r.version)
    if not rows:
        return 0
    owners = [players[row.account] for row in rows]
    changed = await tx.execute(sql.PUT_BREADCRUMBS, brand.id, owners, *columns(rows, "record_id", "text", "at"))
    await tx.execute(sql.FORGET_BREADCRUMBS, sorted(set(owners)))
    return changed


async def _contacts(tx: Tx, brand: Brand, players: Players, records: Sequence[ContactRecord]) -> int:
    said = [msgspec.structs.replace(each, value=normalised(each.kind, each.value)) for each in records]
    rows = newest(said, lambda r: (players[r.account], r.kind), lambda r: r.version)
    if not rows:
        return 0
    owners = [players[row.account] for row in rows]
    changed = await tx.execute(sql.PUT_CONTACTS, brand.id, owners, *columns(rows, "kind", "value", "verified", "at"))
    if changed:
        await _look_for_persons(tx, [row for row in rows if row.verified and row.value])
    return changed


async def _look_for_persons(tx: Tx, rows: Sequence[ContactRecord]) -> None:
    """Accounts with the same verified contact are proposed as one person; the surest pairs are merged."""
    if not rows:
        return
    carriers: dict[tuple[str, str], list[Carrier]] = {}
    for kind, value, *rest in await tx.fetch(CARRIERS, [row.kind for row in rows], [row.value for row in rows]):
        carriers.setdefault((kind, value), []).append(Carrier(*rest))
    pairs = sorted({(low, high, kind) for (kind, _), found in carriers.items() for low, high in proposals(found)})
    if not pairs:
        return
    proposed = await tx.fetch(PROPOSE, *[list(column) for column in zip(*pairs, strict=True)])
    fresh: set[tuple[int, int]] = {(low, high) for low, high in proposed}
    for (kind, _), found in carriers.items():
        sure = surely_one(kind, found)
        # What somebody has dismissed or taken back is not fresh, and is never done again by itself.
        if sure is not None and sure in fresh:
            await merge(tx, *sure, None, f"verified {kind}", Choice(), rule=kind)


async def _realnames(tx: Tx, players: Players, records: Sequence[RealnameRecord]) -> int:
    rows = newest(records, lambda r: players[r.account], lambda r: r.version)
    return await tx.execute(
        sql.PUT_REALNAMES, [players[row.account] for row in rows], *columns(rows, "state", "age", "at")
    ) if rows else 0


async def _fields(
    tx: Tx, brand: Brand, players: Players, records: Sequence[FieldsRecord], fields: Mapping[int, list[Descriptor]]
) -> int:
    rows = newest(records, lambda r: (r.source, r.record_id), lambda r: r.version)
    return await tx.execute(
        sql.PUT_FIELDS, brand.id, [players[row.account] for row in rows],
        *columns(rows, "source", "record_id", "version"), [encode_text(fields[id(row)]) for row in rows],
    ) if rows else 0


async def tell_open_cards(tx: Tx, players: Players, records: Sequence[Any], at: datetime) -> None:
    """Whoever looks at one of these players sees at once what has just happened to her."""
    told = {players[record.account] for record in records if _is_news(record, at)}
    if 0 < len(told) <= MOST_TOLD:
        await tx.emit(CardChanged(player_ids=await members_of(tx, sorted(told))))


def _is_news(record: Any, at: datetime) -> bool:
    if isinstance(record, PurchaseRecord):
        return record.at > at - FRESH
    if isinstance(record, SessionRecord):
        return record.ended_at is not None and record.ended_at > at - FRESH and record.end_reason != "quit"
    if isinstance(record, PenaltyRecord):
        return record.moment > at - FRESH
    if isinstance(record, RealnameRecord | ContactRecord):
        return record.at > at - FRESH
    return isinstance(record, FieldsRecord)
