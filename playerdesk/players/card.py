"""The player card: everything an agent should know before she answers, over all accounts of one person."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, LiteralString, TypeVar

import msgspec

from playerdesk.brands import brands
from playerdesk.kernel import Reader
from playerdesk.players.card_shapes import (
    AccountEntry,
    Breadcrumb,
    CharacterEntry,
    ContactEntry,
    IdentityEntry,
    PenaltyEntry,
    PlayerCard,
    PlayerPreferences,
    PurchaseEntry,
    SessionEntry,
    TierEntry,
)
from playerdesk.players.events import TierReason
from playerdesk.players.fields import Descriptor
from playerdesk.players.masking import RULES, mask_value
from playerdesk.players.membership import edges_of, person_of
from playerdesk.players.persons import source
from playerdesk.players.shown_fields import Block, shown_fields

# $1 the head, $2 all accounts of the person, $3 the brands the reader serves. A list of an account is read along its
# index as far as it is shown, whatever lies behind it.
CARD: LiteralString = """
    SELECT p.id, p.name, p.language, p.tier, p.tier_since, p.tier_reason, p.vip_manager_id, p.spent_30d_minor,
        p.spent_90d_minor, p.spent_total_minor, rule.currency, p.last_purchase_at,
        (SELECT max(last_seen_at) FROM players.player WHERE id = ANY($2::bigint[])),
        (SELECT min(registered_at) FROM players.player WHERE id = ANY($2)),
        coalesce((SELECT realname FROM players.player WHERE id = ANY($2) AND realname = 'minor' LIMIT 1), p.realname),
        (SELECT min(realname_age) FROM players.player WHERE id = ANY($2)),
        array(SELECT ROW(a.id, a.name, m.id, coalesce(m.rule, ''), m.at, m.by_id)
              FROM players.player a LEFT JOIN players.merge m ON m.merged_id = a.id AND m.undone_at IS NULL
              WHERE a.id = ANY($2) ORDER BY a.id <> $1, a.id),
        array(SELECT ROW(i.kind, i.issuer, i.value, i.verified) FROM players.identity i
              WHERE i.player_id = ANY($2) AND (i.kind <> 'game_account'
                  OR i.issuer IN (SELECT key FROM brands.brand WHERE id = ANY($3::bigint[]))) ORDER BY i.id LIMIT 50),
        array(SELECT ROW(c.id, c.kind, c.value, c.verified) FROM players.contact c
              WHERE c.player_id = ANY($2) AND c.value <> '' AND c.brand_id = ANY($3) ORDER BY c.id LIMIT 20),
        array(SELECT ROW(c.brand_id, c.server_key, coalesce(s.name, c.server_key), c.role_id, c.name, c.level,
                         c.last_seen_at)
              FROM players.character c
              LEFT JOIN brands.server s ON s.brand_id = c.brand_id AND s.key = c.server_key
              WHERE c.player_id = ANY($2) AND c.brand_id = ANY($3)
              ORDER BY c.last_seen_at DESC NULLS LAST, c.id LIMIT 50),
        array(SELECT ROW(b.record_id, b.product, b.amount_minor, b.currency, b.state,
                         coalesce((SELECT sum(f.amount_minor) FROM players.refund f
                            WHERE f.brand_id = b.brand_id AND f.purchase_record_id = b.record_id), 0)::bigint, b.at)
              FROM unnest($2) AS account CROSS JOIN LATERAL (
                  SELECT * FROM players.purchase WHERE player_id = account AND brand_id = ANY($3)
                  ORDER BY at DESC LIMIT 10) AS b ORDER BY b.at DESC LIMIT 10),
        array(SELECT ROW(g.started_at, g.ended_at, g.end_reason, g.server_key, s.name)
              FROM unnest($2) AS account CROSS JOIN LATERAL (
                  SELECT * FROM players.play_session WHERE player_id = account AND brand_id = ANY($3)
                  ORDER BY started_at DESC LIMIT 5) AS g
              LEFT JOIN brands.server s ON s.brand_id = g.brand_id AND s.key = g.server_key
              ORDER BY g.started_at DESC LIMIT 5),
        array(SELECT ROW(n.record_id, n.kind, n.reason, n.by_whom, n.at, n.until, n.lifted_at, s.name)
              FROM unnest($2) AS account CROSS JOIN LATERAL (
                  SELECT * FROM players.penalty WHERE player_id = account AND brand_id = ANY($3)
                  ORDER BY at DESC LIMIT 10) AS n
              LEFT JOIN brands.server s ON s.brand_id = n.brand_id AND s.key = n.server_key ORDER BY n.at DESC LIMIT 10),
        array(SELECT ROW(c.body, c.at) FROM unnest($2) AS account CROSS JOIN LATERAL (
                  SELECT body, at FROM players.breadcrumb WHERE player_id = account AND brand_id = ANY($3)
                  ORDER BY at DESC LIMIT 10) AS c ORDER BY c.at DESC LIMIT 10),
        array(SELECT ROW(f.brand_id, f.source, f.record_id, f.fields, f.received_at)
              FROM players.field_record f WHERE f.player_id = ANY($2) AND f.brand_id = ANY($3)
              ORDER BY f.source, f.record_id LIMIT 50),
        array(SELECT ROW(t.from_tier, t.to_tier, t.reason, t.at)
              FROM players.tier_change t WHERE t.player_id = ANY($2) ORDER BY t.at DESC, t.id DESC LIMIT 20),
        rule.window_days, rule.low_minor
    FROM players.player p CROSS JOIN players.tier_rule rule WHERE p.id = $1
"""

PREFERENCES: LiteralString = """
    SELECT call_me, language, tone, no_go, best_time, version FROM players.preference WHERE player_id = $1
"""

T = TypeVar("T")


async def card(
    reader: Reader, player_id: int, brand_ids: Sequence[int] | None = None, permissions: Collection[str] = ()
) -> PlayerCard | None:
    """The card of the person this account belongs to, with what she does in these brands (None: in all).

    Contacts and personal fields are masked for everybody; `permissions` say which of them the reader may unmask.
    """
    person = await person_of(reader, player_id)
    if not person:
        return None
    if brand_ids is None:
        brand_ids = [brand.id for brand in await brands(reader)]
    records = await reader.fetch(CARD, person[0], person, list(brand_ids))
    preferences = await preferences_of(reader, person)
    row = tuple(records[0])
    values = dict(zip(PlayerCard.__struct_fields__[:16], row[:16], strict=True))
    values["tier_reason"] = _reason(row[5] or {
        # Nobody has counted yet: she has not spent anything the rule looks at.
        "windowDays": row[26], "spentMinor": 0, "currency": row[10], "rule": f"none<{row[27]}",
    })
    return PlayerCard(
        **values, preferences=preferences,
        accounts=_entries(AccountEntry, row[16]),
        identities=_entries(IdentityEntry, row[17]),
        contacts=[
            ContactEntry(number, kind, mask_value(kind, value, ()), verified, RULES[kind][0] in permissions)
            for number, kind, value, verified in row[18]
        ],
        characters=_entries(CharacterEntry, row[19]),
        purchases=_entries(PurchaseEntry, row[20]),
        sessions=_entries(SessionEntry, row[21]),
        penalties=_entries(PenaltyEntry, row[22]),
        breadcrumbs=_entries(Breadcrumb, row[23]),
        blocks=[
            Block(brand, name, record, shown_fields(msgspec.convert(fields, list[Descriptor]), row[3], permissions), at)
            for brand, name, record, fields, at in row[24]
        ],
        tier_history=[TierEntry(entry[0], entry[1], _reason(entry[2]), entry[3]) for entry in row[25]],
    )


async def preferences_of(reader: Reader, person: Sequence[int]) -> PlayerPreferences:
    """Of the person with these accounts, her head first: those of the account that was chosen when they were merged."""
    edges = await edges_of(reader, person) if len(person) > 1 else []
    whose = source(person[0], edges, "preferences")
    return await reader.row(PlayerPreferences, PREFERENCES, whose) or PlayerPreferences()


def _entries(shape: type[T], records: Iterable[Any]) -> list[T]:
    return [shape(*record) for record in records]


def _reason(stored: Any) -> TierReason:
    return msgspec.convert(stored, TierReason)
