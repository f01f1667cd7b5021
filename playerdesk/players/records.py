"""The records a game's back end sends, and what is wrong with those that cannot be taken. Pure.

Every record is complete: it replaces an older one with the same id, whatever order they arrive in. Which
of two is newer is decided by `version`, a total order, so that every order of arrival ends the same.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from playerdesk.kernel import Text, clean_line

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""The version of a player record without lastSeenAt: older than every dated one; the last to arrive wins."""

_AHEAD = timedelta(hours=24)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

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


Record = PlayerRecord | CharacterRecord | SessionRecord | PurchaseRecord | RefundRecord | ServerRecord
R = TypeVar("R", bound=Struct)


class BadRecord(Exception):
    """One record that cannot be taken; the others can."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
_IDS = {"account", "server", "role_id", "record_id", "purchase_record_id", "key"}
_TIMES = {"at", "started_at", "ended_at", "registered_at", "last_seen_at"}
_FIELD = re.compile(r"`\$\.?([^`]*)`$")
_MISSING = re.compile(r"missing required field `(\w+)`")


def read_record(given: Any, at: datetime) -> Record:
    """A record as sent (raw JSON, or already decoded), checked and its texts made safe to keep."""
    if isinstance(given, msgspec.Raw):
        try:
            record = _decoder.decode(given)
        except (msgspec.ValidationError, UnicodeDecodeError) as failure:
            raise _explain(str(failure)) from failure
        except msgspec.DecodeError as failure:
            raise BadRecord("record_unreadable", Text(
                zh="这条记录不是合法的 JSON（UTF-8）。", en="This record is not JSON in UTF-8."
            )) from failure
    elif isinstance(given, Struct):
        record: Record = given  # type: ignore[assignment] -- ready records come from our own seed
    else:
        try:
            record = msgspec.convert(given, Record)
        except msgspec.ValidationError as failure:
            raise _explain(str(failure)) from failure
    return _clean(record, at)


def _clean(record: R, at: datetime) -> R:
    changes: dict[str, Any] = {}
    for name in record.__struct_fields__:
        value = getattr(record, name)
        if isinstance(value, str):
            cleaned = clean_line(value)
            if name in _IDS and cleaned != value:
                raise BadRecord("id_invalid", _text(
                    f"{_camel(name)} 含有不可见字符或首尾空格，请原样使用游戏内的编号。",
                    f"{_camel(name)} has invisible characters or spaces at its edges; send the game's own id.",
                ))
            if cleaned != value:
                changes[name] = cleaned
        elif name in _TIMES and value is not None:
            _check_time(name, value, at)
    return msgspec.structs.replace(record, **changes) if changes else record


def _check_time(name: str, value: datetime, at: datetime) -> None:
    if value > at + _AHEAD:
        raise BadRecord("time_in_future", _text(
            f"{_camel(name)} 在一天之后的未来，请检查游戏服务器的时钟与时区。",
            f"{_camel(name)} is more than a day in the future; check your server's clock and zone.",
        ))
    if value < _EARLIEST:
        raise BadRecord("time_too_early", _text(
            f"{_camel(name)} 早于 1990 年，请检查时间的单位。",
            f"{_camel(name)} is before 1990; check the unit of your times.",
        ))


def _explain(failure: str) -> BadRecord:
    missing = _MISSING.search(failure)
    if missing:
        field = missing.group(1)
        if field == "type":
            return _unknown_type()
        return BadRecord("field_missing", _text(f"缺少字段 {field}。", f"The field {field} is missing."))
    place = _FIELD.search(failure)
    field = place.group(1) if place else ""
    if field == "type":
        return _unknown_type()
    if not field:
        return BadRecord("record_unreadable", _text("这条记录应是一个 JSON 对象。", "A record is a JSON object."))
    what = failure.split(" - at ", 1)[0]
    return BadRecord("field_invalid", _text(f"字段 {field} 不正确：{what}。", f"The field {field} is wrong: {what}."))


def _unknown_type() -> BadRecord:
    known = "player, character, session, purchase, refund, server"
    return BadRecord("type_unknown", _text(f"type 只能是 {known}。", f"type is one of {known}."))


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
