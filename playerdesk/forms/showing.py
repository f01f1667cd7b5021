"""Which fields of a form are asked just now, and which of them are needed: conditions about the other fields. Pure.

What is not shown has no value, for conditions too. A form whose conditions run in a ring cannot be published; in one that
does so all the same, the field that closes the ring counts as not shown. The browsers decide the same: both sides are
tested with clients/forms/vectors.json.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from playerdesk.forms.shapes import Field, leaves
from playerdesk.kernel import Rejected
from playerdesk.kernel import conditions as language

_KINDS: dict[str, Any] = {
    "text": "text", "longtext": "text", "server": "text", "character": "text", "purchase": "text", "lookup": "text",
    "number": "number", "money": "money", "choice": "choice", "tree": "choice", "choices": "tags", "file": "tags",
    "date": "time", "datetime": "time", "consent": "bool",
}

Row = Mapping[str, Any]


def book(fields: Sequence[Field], time_zone: str = "Asia/Shanghai") -> language.Fields:
    """What conditions of this form can ask about: its own fields, by their keys."""
    return language.Fields(*(_asked(field, time_zone) for field in fields))


def _asked(field: Field, time_zone: str) -> language.Field:
    key, kind = field.key, _KINDS[field.kind]

    def read(row: Row) -> Any:
        return _plain(field.kind, row.get(key), time_zone)

    return language.Field(
        name=key, kind=kind, sql="", read=read, nullable=kind != "bool", label=field.label,
        options=[option.key for option in leaves(field.options)] if kind == "choice" else None,
    )


def _plain(kind: str, value: Any, time_zone: str) -> Any:
    if kind == "consent":
        return value is True
    if value is None:
        return None
    if kind in ("number", "money"):
        return Decimal(str(value))
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind == "date":
        day = date.fromisoformat(value)
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    return value


def mentioned(tree: Any) -> Iterator[str]:
    """The fields a condition asks about, also when it is not well formed."""
    if isinstance(tree, dict):
        if isinstance(tree.get("field"), str):
            yield tree["field"]
        for part in tree.values():
            yield from mentioned(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from mentioned(part)


def ring(fields: Sequence[Field]) -> list[str] | None:
    """Fields that are shown only when each other is; None when there are none."""
    after = {field.key: list(dict.fromkeys(mentioned(field.show))) for field in fields if field.show}
    done: set[str] = set()

    def walk(key: str, above: tuple[str, ...]) -> list[str] | None:
        if key in above:
            return [*above[above.index(key):], key]
        if key in done:
            return None
        for other in after.get(key, ()):
            if found := walk(other, (*above, key)):
                return found
        done.add(key)
        return None

    for key in after:
        if found := walk(key, ()):
            return found
    return None


class Showing:
    """Decides for one set of values, given as they are kept."""

    def __init__(self, fields: Sequence[Field], values: Row, now: datetime, time_zone: str = "Asia/Shanghai") -> None:
        self._fields = {field.key: field for field in fields}
        self._values, self._zone = values, time_zone
        self._book: language.Fields | None = None
        self._asking = language.Asking(now=now, zone=time_zone)
        self._shown: dict[str, bool] = {}
        self._looking: set[str] = set()

    def shown(self, field: Field) -> bool:
        """Whether it is asked."""
        if not field.show:
            return True
        known = self._shown.get(field.key)
        if known is None:
            if field.key in self._looking:
                return False
            self._looking.add(field.key)
            known = self._true(field.show)
            self._looking.discard(field.key)
            self._shown[field.key] = known
        return known

    def needed(self, field: Field) -> bool:
        """Whether it cannot be left empty."""
        return self.shown(field) and (field.required or (field.need is not None and self._true(field.need)))

    def _true(self, tree: Any) -> bool:
        self._book = self._book or book(list(self._fields.values()), self._zone)
        seen = {
            key: self._values.get(key) for key in mentioned(tree)
            if key in self._fields and self._values.get(key) is not None and self.shown(self._fields[key])
        }
        try:
            test = language.fix(language.read(tree, self._book), self._asking)
        except Rejected:
            # Checked before it was published; what makes no sense any more asks nothing less.
            return True
        return language.matches(test)(seen)
