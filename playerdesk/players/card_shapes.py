"""What stands on a player card, block by block. What the caller may not read is masked or None."""

from datetime import datetime
from typing import Literal

import msgspec

from playerdesk.players.events import TierReason
from playerdesk.players.rules import Tier
from playerdesk.players.shown_fields import Block


class AccountEntry(msgspec.Struct, frozen=True, rename="camel"):
    """An account of the person; `merge_id` takes it out again, None for the one that heads her."""

    id: int
    name: str
    merge_id: int | None
    rule: str
    merged_at: datetime | None
    merged_by: int | None


class IdentityEntry(msgspec.Struct, frozen=True, rename="camel"):
    kind: str
    issuer: str
    value: str
    verified: bool


class ContactEntry(msgspec.Struct, frozen=True, rename="camel"):
    """Always masked on the card; `id` is what is unmasked, with a reason, by who `can_show`."""

    id: int
    kind: str
    value: str
    verified: bool
    can_show: bool


class CharacterEntry(msgspec.Struct, frozen=True, rename="camel"):
    brand_id: int
    server_key: str
    server_name: str
    role_id: str
    name: str
    level: int
    last_seen_at: datetime | None


class PurchaseEntry(msgspec.Struct, frozen=True, rename="camel"):
    record_id: str
    product: str
    amount_minor: int
    currency: str
    state: Literal["paid", "failed", "pending"]
    refunded_minor: int
    at: datetime


class SessionEntry(msgspec.Struct, frozen=True, rename="camel"):
    started_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    server_key: str | None
    server_name: str | None


class PenaltyEntry(msgspec.Struct, frozen=True, rename="camel"):
    record_id: str
    kind: Literal["mute", "ban", "freeze", "restrict"]
    reason: str
    by: str
    at: datetime
    until: datetime | None
    lifted_at: datetime | None
    server_name: str | None


class Breadcrumb(msgspec.Struct, frozen=True, rename="camel"):
    text: str
    at: datetime


class TierEntry(msgspec.Struct, frozen=True, rename="camel"):
    from_tier: Tier
    to_tier: Tier
    reason: TierReason | None
    at: datetime


class PlayerPreferences(msgspec.Struct, frozen=True, rename="camel"):
    """How she likes to be talked to; `version` is what a change is based on, 0 for nothing written yet."""

    call_me: str = ""
    language: str = ""
    tone: str = ""
    no_go: list[str] = []
    best_time: str = ""
    version: int = 0


class PlayerCard(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The card without what tickets know of the player; `tickets` adds that. What the caller may not read is None."""

    id: int
    name: str
    language: str
    tier: Tier
    tier_since: datetime
    tier_reason: TierReason | None
    vip_manager_id: int | None
    spent30d_minor: int | None
    spent90d_minor: int | None
    spent_total_minor: int | None
    currency: str
    last_purchase_at: datetime | None
    last_seen_at: datetime | None
    registered_at: datetime | None
    realname: Literal["adult", "minor", "unverified"] | None = None
    realname_age: int | None = None
    preferences: PlayerPreferences
    accounts: list[AccountEntry] = []
    identities: list[IdentityEntry]
    contacts: list[ContactEntry] = []
    characters: list[CharacterEntry]
    purchases: list[PurchaseEntry]
    sessions: list[SessionEntry]
    penalties: list[PenaltyEntry] = []
    breadcrumbs: list[Breadcrumb] = []
    blocks: list[Block] = []
    tier_history: list[TierEntry]
