"""Reading what a game's back end sends, and saying what is wrong with a record that cannot be taken. Pure.

A record is read by itself, so that one bad record does not spoil the others.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from playerdesk.kernel import Text, clean_line
from playerdesk.players.record_kinds import (
    BreadcrumbRecord,
    CharacterRecord,
    ContactRecord,
    FieldsRecord,
    PenaltyRecord,
    PlayerRecord,
    PurchaseRecord,
    RealnameRecord,
    RefundRecord,
    ServerRecord,
    SessionRecord,
)

_AHEAD = timedelta(hours=24)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

Record = (
    PlayerRecord | CharacterRecord | SessionRecord | PurchaseRecord | RefundRecord | ServerRecord
    | PenaltyRecord | BreadcrumbRecord | ContactRecord | RealnameRecord | FieldsRecord
)
R = TypeVar("R", bound=Struct)


class BadRecord(Exception):
    """One record that cannot be taken; the others can."""

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text


_decoder: msgspec.json.Decoder[Record] = msgspec.json.Decoder(Record)
_IDS = {"account", "server", "role_id", "record_id", "purchase_record_id", "key", "source"}
_TIMES = {"at", "started_at", "ended_at", "registered_at", "last_seen_at", "lifted_at", "updated_at"}
KINDS = (
    "player", "character", "session", "purchase", "refund", "server", "penalty", "breadcrumb", "contact", "realname",
    "fields",
)
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
    known = ", ".join(KINDS)
    return BadRecord("type_unknown", _text(f"type 只能是 {known}。", f"type is one of {known}."))


def _text(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)
