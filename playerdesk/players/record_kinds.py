"""The records a game's back end sends, kind by kind. Pure.

Every record is complete: it replaces an older one with the same id, whatever order they arrive in. Which
of two is newer is decided by `version`, a total order, so that every order of arrival ends the same.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The version of a player record without lastSeenAt: older than every dated one; the last to arrive wins."""

Account = Annotated[str, Meta(min_length=1, max_length=200)]
Key = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=64)]
RecordId = Annotated[str, Meta(min_length=1, max_length=128)]
Moment = Annotated[datetime, Meta(tz=True)]
Minor = Annotated[int, Meta(ge=0, le=10**14)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$")]


class PlayerRecord(Struct, frozen=True, rename="camel", tag="player"):
    account: Account
    name: Name = ""
    language: Annotated[str, Meta(max_length=35)] | None = None
    registered_at: Moment | None = None
    last_seen_at: Moment | None = None


class CharacterRecord(Struct, frozen=True, rename="camel", tag="character"):
    account: Account
    server: Key
    role_id: Key
    name: Name
    at: Moment
    level: Annotated[int, Meta(ge=0, le=1_000_000)] = 1

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.at, self.level, self.name or self.role_id)


class SessionRecord(Struct, frozen=True, rename="camel", tag="session"):
    record_id: RecordId
    account: Account
    started_at: Moment
    server: Key | None = None
    role_id: Key | None = None
    ended_at: Moment | None = None
    end_reason: Annotated[str, Meta(max_length=40)] | None = None

    @property
    def version(self) -> tuple[Any, ...]:
        return (
            self.ended_at or BEGINNING, self.started_at, self.end_reason or "", self.server or "", self.role_id or ""
        )


class PurchaseRecord(Struct, frozen=True, rename="camel", tag="purchase"):
    record_id: RecordId
    account: Account
    product: Annotated[str, Meta(min_length=1, max_length=200)]
    amount_minor: Minor
    at: Moment
    currency: Currency = "CNY"
    state: Literal["paid", "failed", "pending"] = "paid"
    server: Key | None = None
    role_id: Key | None = None

    @property
    def version(self) -> tuple[Any, ...]:
        """Newer first by time; at the same time what is more settled: pending, failed, paid."""
        settled = ("pending", "failed", "paid").index(self.state)
        return (
            self.at, settled, self.amount_minor, self.currency, self.product, self.server or "", self.role_id or ""
        )


class RefundRecord(Struct, frozen=True, rename="camel", tag="refund"):
    record_id: RecordId
    purchase_record_id: RecordId
    amount_minor: Annotated[int, Meta(ge=1, le=10**14)]
    at: Moment
    reason: Annotated[str, Meta(max_length=200)] = ""

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.at, self.amount_minor, self.purchase_record_id, self.reason)


class ServerRecord(Struct, frozen=True, rename="camel", tag="server"):
    key: Key
    name: Annotated[str, Meta(min_length=1, max_length=64)]


class PenaltyRecord(Struct, frozen=True, rename="camel", tag="penalty"):
    """Mute, ban, freeze or another restriction. No `until`: for good. `lifted_at`: taken back before its time."""

    record_id: RecordId
    account: Account
    kind: Literal["mute", "ban", "freeze", "restrict"]
    at: Moment
    until: Moment | None = None
    reason: Annotated[str, Meta(max_length=300)] = ""
    by: Annotated[str, Meta(max_length=64)] = ""
    lifted_at: Moment | None = None
    updated_at: Moment | None = None
    server: Key | None = None
    role_id: Key | None = None

    @property
    def moment(self) -> datetime:
        """What decides which of two is newer; without `updatedAt` lifting it is the news."""
        return self.updated_at or self.lifted_at or self.at

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.moment, self.lifted_at or BEGINNING, self.until or BEGINNING, self.at, self.kind, self.reason,
                self.by, self.server or "", self.role_id or "")


class BreadcrumbRecord(Struct, frozen=True, rename="camel", tag="breadcrumb"):
    """A step in the game worth knowing when she asks: "opened shop", "payment page closed"."""

    record_id: RecordId
    account: Account
    text: Annotated[str, Meta(min_length=1, max_length=200)]
    at: Moment

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.at, self.text)


class ContactRecord(Struct, frozen=True, rename="camel", tag="contact"):
    """Her phone, mail address … as the game knows it; an empty value: none any more."""

    account: Account
    kind: Literal["phone", "email", "wechat", "qq"]
    value: Annotated[str, Meta(max_length=200)]
    at: Moment
    verified: bool = False

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.at, self.verified, self.value)


class RealnameRecord(Struct, frozen=True, rename="camel", tag="realname"):
    """What the real-name check has said; the age, never the number."""

    account: Account
    state: Literal["adult", "minor", "unverified"]
    at: Moment
    age: Annotated[int, Meta(ge=0, le=150)] | None = None

    @property
    def version(self) -> tuple[Any, ...]:
        return (self.at, self.state, -1 if self.age is None else self.age)


class FieldsRecord(Struct, frozen=True, rename="camel", tag="fields"):
    """Descriptors of one source about one account, complete with each version; see `fields`."""

    source: Key
    record_id: RecordId
    account: Account
    version: Annotated[int, Meta(ge=0, le=2**62)]
    fields: list[Any]
