"""What of a filled form is kept, and what is said about the rest. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from playerdesk.forms.limits import broken_limit
from playerdesk.forms.shapes import Field, leaves
from playerdesk.forms.showing import Showing
from playerdesk.forms.values import BadValue, read_value
from playerdesk.kernel import Rejected, Text

MOST_UNKNOWN = 20
"""How many unknown fields are named one by one; a flood of them is answered with one line."""

_UNKNOWN = Text(zh="这个表单没有此项，内容未保存。", en="This form has no such field; it was not saved.")
_TOO_MANY = Text(zh="还有更多未知的项，均未保存。", en="There were more unknown fields; none was saved.")
_NOT_ASKED = Text(zh="按其他项的内容，这一项不需要填写，未保存。", en="With the other answers this is not asked; it was not saved.")
_MISSING = Text(zh="请填写这一项。", en="Please fill this in.")


class Filled(msgspec.Struct, frozen=True):
    """A filled form: what is kept, what is wrong by field, which fields are asked, and which of those are needed."""

    clean: dict[str, Any]
    problems: dict[str, Text]
    needed: frozenset[str]
    shown: frozenset[str]


def fill(
    definition: Sequence[Field], given: Mapping[str, Any], *, time_zone: str = "Asia/Shanghai", at: datetime | None = None
) -> Filled:
    """Everything at once, for callers that say it in their own way."""
    at = at or datetime.now(UTC)
    clean, problems = _check(definition, given, time_zone, at)
    showing = Showing(definition, clean, at, time_zone)
    return Filled(
        clean, problems, frozenset(field.key for field in definition if showing.needed(field)),
        frozenset(field.key for field in definition if showing.shown(field)),
    )


def check_fields(
    definition: Sequence[Field], given: Mapping[str, Any], language: str, *, time_zone: str = "Asia/Shanghai"
) -> tuple[dict[str, Any], dict[str, str]]:
    """What is kept, and by field why the rest is not, in the player's language.

    A form is filled in the game's own zone: a time without one means `time_zone`.
    """
    clean, problems = _check(definition, given, time_zone)
    return clean, {key: text.pick(language) for key, text in problems.items()}


def demand_required(
    definition: Sequence[Field], given: Mapping[str, Any], *, time_zone: str = "Asia/Shanghai"
) -> None:
    """Refuses (422) a form whose required fields are missing or wrong; each is named."""
    refuse_incomplete(fill(definition, given, time_zone=time_zone))


def refuse_incomplete(filled: Filled) -> None:
    """The same for a form that was looked at already."""
    wrong = {key: text for key, text in filled.problems.items() if key in filled.needed}
    if wrong:
        raise Rejected("fields_incomplete", Text(
            zh="还有必填项没有填好，请按提示补充。",
            en="Some required fields are missing or wrong; please complete them.",
        ), fields=wrong)


def _check(
    definition: Sequence[Field], given: Mapping[str, Any], time_zone: str, at: datetime | None = None
) -> tuple[dict[str, Any], dict[str, Text]]:
    at = at or datetime.now(UTC)
    read: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    for field in definition:
        try:
            value = read_value(field.kind, given.get(field.key), _keys(field), time_zone)
        except BadValue as bad:
            problems[field.key] = field.message or bad.text
            continue
        if value is not None:
            wrong = broken_limit(field, value, at, time_zone)
            if wrong is None:
                read[field.key] = value
            else:
                problems[field.key] = wrong
    showing = Showing(definition, read, at, time_zone)
    clean: dict[str, Any] = {}
    for field in definition:
        if not showing.shown(field):
            problems.pop(field.key, None)
            if field.key in read:
                problems[field.key] = _NOT_ASKED
        elif field.key in read:
            clean[field.key] = read[field.key]
        elif field.key not in problems and showing.needed(field):
            problems[field.key] = _MISSING
    known = {field.key for field in definition}
    unknown = [key for key in given if key not in known]
    for key in unknown[:MOST_UNKNOWN]:
        problems[key[:64]] = _UNKNOWN
    if len(unknown) > MOST_UNKNOWN:
        problems["…"] = _TOO_MANY
    return clean, problems


def _keys(field: Field) -> list[str]:
    return [option.key for option in leaves(field.options)]
