"""A form as JSON Schema (2020-12), for games that send their players' answers themselves. Pure.

It describes values as the desk keeps them: money in minor units, times in UTC. Conditions become `allOf` of `if`/`then`
as far as JSON Schema can say them; what it cannot say (days counted from today, text without regard to capitals) is left
to the desk, so that a right answer is never called wrong.
"""

from collections.abc import Sequence
from typing import Any

from playerdesk.forms.limits import AMOUNTS, COUNTS, LENGTHS
from playerdesk.forms.shapes import Field, leaves
from playerdesk.forms.values import LARGEST_MONEY, LARGEST_NUMBER, LONGEST_LINE, LONGEST_TEXT, MOST_FILES
from playerdesk.kernel import Text

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
ANYTHING: Schema = {}

_TEXTS = ("text", "longtext", "server", "character", "purchase", "lookup")


def json_schema(key: str, name: Text, fields: Sequence[Field], language: str = "en") -> Schema:
    """The answers of one form, by the keys of its fields."""
    schema: Schema = {
        "$schema": DIALECT,
        "title": name.pick(language),
        "type": "object",
        "properties": {field.key: _property(field, language) for field in fields},
        "required": [field.key for field in fields if field.required and not field.show],
        "additionalProperties": False,
        "x-form": key,
    }
    rules = [rule for field in fields for rule in _rules(field)]
    return {**schema, "allOf": rules} if rules else schema


def _property(field: Field, language: str) -> Schema:
    found: Schema = {"title": field.label.pick(language), **_value(field)}
    if field.help is not None:
        found["description"] = field.help.pick(language)
    if field.default is not None and field.default not in ("today", "now"):
        found["default"] = field.default
    return {**found, "x-kind": field.kind}


def _value(field: Field) -> Schema:
    low, high = field.min, field.max
    if field.kind in _TEXTS:
        longest = LONGEST_TEXT if field.kind == "longtext" else LONGEST_LINE
        found: Schema = {"type": "string", "minLength": 1, "maxLength": longest}
        if field.kind in LENGTHS:
            found |= {"minLength": max(1, low)} if isinstance(low, int) else {}
            found |= {"maxLength": high} if isinstance(high, int) else {}
        return found | ({"pattern": f"^(?:{field.pattern})$"} if field.pattern else {})
    if field.kind in AMOUNTS:
        money = field.kind == "money"
        most = LARGEST_MONEY if money else LARGEST_NUMBER
        return {
            "type": "integer" if money else "number",
            "minimum": low if isinstance(low, int | float) else 0 if money else -most,
            "maximum": high if isinstance(high, int | float) else most,
        }
    options: Any = [{"const": option.key, "title": option.name.en or option.name.zh} for option in leaves(field.options)]
    match field.kind:
        case "choice" | "tree":
            return {"type": "string", "oneOf": options}
        case "choices":
            return {"type": "array", "items": {"type": "string", "oneOf": options}, "uniqueItems": True, **_count(field)}
        case "file":
            return {
                "type": "array", "items": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "uniqueItems": True,
                "maxItems": MOST_FILES, **_count(field),
            }
        case "date":
            return {"type": "string", "format": "date"}
        case "datetime":
            return {"type": "string", "format": "date-time"}
        case _:
            return {"const": True}


def _count(field: Field) -> Schema:
    low = {"minItems": max(1, field.min)} if isinstance(field.min, int) else {"minItems": 1}
    return low | ({"maxItems": field.max} if isinstance(field.max, int) and field.kind in COUNTS else {})


def _rules(field: Field) -> list[Schema]:
    """When it is needed, and when it is not asked."""
    present: Schema = {"required": [field.key]}
    found: list[Schema] = []
    shown = None if field.show is None else condition(field.show)
    if shown is not None:
        found.append({"if": {"not": shown}, "then": {"not": present}})
        if field.required:
            found.append({"if": shown, "then": present})
    needed = None if field.need is None else condition(field.need)
    if needed is not None and (field.show is None or shown is not None):
        found.append({"if": {"allOf": [needed, shown]} if shown else needed, "then": present})
    return found


def condition(tree: dict[str, Any]) -> Schema | None:
    """A condition as a schema of the whole answer; None when JSON Schema cannot say it exactly."""
    if "all" in tree or "any" in tree:
        name = "all" if "all" in tree else "any"
        parts = [condition(part) for part in tree[name]]
        if any(part is None for part in parts):
            return None
        if not parts:
            return ANYTHING if name == "all" else {"not": {}}
        return {"allOf" if name == "all" else "anyOf": parts}
    if "not" in tree:
        part = condition(tree["not"])
        return None if part is None else {"not": part}
    key = tree["field"]
    operator = next(name for name in tree if name != "field")
    return _leaf(key, operator, tree[operator])


_OPPOSITE = {"is_not": "is", "not_in": "in", "has_none": "has_any", "not_contains": "contains"}


def _leaf(key: str, operator: str, value: Any) -> Schema | None:
    if operator in _OPPOSITE:
        part = _leaf(key, _OPPOSITE[operator], value)
        return None if part is None else {"not": part}
    if operator == "is_empty":
        there: Schema = {"required": [key]}
        return {"not": there} if value else there
    if operator == "is" and value is False:
        return {"not": {"properties": {key: {"const": True}}, "required": [key]}}
    each: Schema | None = {
        "is": lambda: {"const": value}, "in": lambda: {"enum": value},
        "has": lambda: {"contains": {"const": value}}, "has_any": lambda: {"contains": {"enum": value}},
        "has_all": lambda: {"allOf": [{"contains": {"const": one}} for one in value]},
        "at_least": lambda: {"minimum": value}, "at_most": lambda: {"maximum": value},
        "more": lambda: {"exclusiveMinimum": value}, "less": lambda: {"exclusiveMaximum": value},
        "between": lambda: {"minimum": value[0], "maximum": value[1]} if isinstance(value[0], int | float) else None,
    }.get(operator, lambda: None)()
    return None if each is None else {"properties": {key: each}, "required": [key]}
