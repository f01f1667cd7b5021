"""What of a filled form is kept, and what is said about the rest. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from playerdesk.forms.values import BadValue, read_value
from playerdesk.kernel import Rejected, Text

Kind = Literal["text", "longtext", "number", "money", "choice", "datetime"]

MOST_UNKNOWN = 20
"""How many unknown fields are named one by one; a flood of them is answered with one line."""


class Option(msgspec.Struct, frozen=True, rename="camel"):
    """One answer to choose."""

    key: str
    name: Text


class Field(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """One thing the form asks for."""

    key: str
    kind: Kind
    label: Text
    required: bool
    options: list[Option] | None = None
    help: Text | None = None


_UNKNOWN = Text(zh="这个表单没有此项，内容未保存。", en="This form has no such field; it was not saved.")
_TOO_MANY = Text(zh="还有更多未知的项，均未保存。", en="There were more unknown fields; none was saved.")
_MISSING = Text(zh="请填写这一项。", en="Please fill this in.")


def check_definition(fields: Sequence[Field | dict[str, Any]]) -> list[Field]:
    """A form that can be filled: known kinds, every key once, choices to choose from."""
    try:
        definition = [
            field if isinstance(field, Field) else msgspec.convert(field, Field) for field in fields
        ]
    except msgspec.ValidationError as failure:
        raise Rejected("form_invalid", Text(
            zh=f"表单定义不正确：{failure}", en=f"The form's definition is wrong: {failure}"
        )) from failure
    keys = [field.key for field in definition]
    for field in definition:
        if keys.count(field.key) > 1 or not field.key.isidentifier():
            raise Rejected("form_invalid", Text(
                zh=f"表单项的标识 {field.key} 重复或不合法。",
                en=f"The field key {field.key} is taken twice or malformed.",
            ))
        if field.kind == "choice" and not field.options:
            raise Rejected("form_invalid", Text(
                zh=f"选择项 {field.key} 没有可选的答案。", en=f"The choice {field.key} has nothing to choose from."
            ))
    return definition


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
    required = {field.key for field in definition if field.required}
    _, problems = _check(definition, given, time_zone)
    wrong = {key: text for key, text in problems.items() if key in required}
    if wrong:
        raise Rejected("fields_incomplete", Text(
            zh="还有必填项没有填好，请按提示补充。",
            en="Some required fields are missing or wrong; please complete them.",
        ), fields=wrong)


def _check(
    definition: Sequence[Field], given: Mapping[str, Any], time_zone: str
) -> tuple[dict[str, Any], dict[str, Text]]:
    clean: dict[str, Any] = {}
    problems: dict[str, Text] = {}
    for field in definition:
        try:
            value = read_value(field.kind, given.get(field.key), _keys(field), time_zone)
        except BadValue as bad:
            problems[field.key] = bad.text
            continue
        if value is not None:
            clean[field.key] = value
        elif field.required:
            problems[field.key] = _MISSING
    known = {field.key for field in definition}
    unknown = [key for key in given if key not in known]
    for key in unknown[:MOST_UNKNOWN]:
        problems[key[:64]] = _UNKNOWN
    if len(unknown) > MOST_UNKNOWN:
        problems["…"] = _TOO_MANY
    return clean, problems


def _keys(field: Field) -> frozenset[str]:
    return frozenset(option.key for option in field.options or ())
