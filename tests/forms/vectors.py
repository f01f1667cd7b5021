"""Makes clients/forms/vectors.json: forms, answers, and what the server says of them. Run it after a change of the rules."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from playerdesk.forms import Field
from playerdesk.forms.limits import broken_limit
from playerdesk.forms.showing import Showing

FILE = Path(__file__).parents[2] / "clients/forms/vectors.json"
NOW = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)
ZONE = "Etc/GMT-8"  # eight hours ahead, with no summer time: the browsers are told an offset
L = {"zh": "项", "en": "Field"}
OPTIONS = [{"key": key, "name": L} for key in ("a", "b", "c")]
FIELDS = [
    {"key": "text", "kind": "text", "label": L}, {"key": "number", "kind": "number", "label": L},
    {"key": "money", "kind": "money", "label": L}, {"key": "choice", "kind": "choice", "label": L, "options": OPTIONS},
    {"key": "several", "kind": "choices", "label": L, "options": OPTIONS}, {"key": "agree", "kind": "consent", "label": L},
    {"key": "tree", "kind": "tree", "label": L, "options": [{"key": "t", "name": L, "options": OPTIONS}]},
    {"key": "day", "kind": "date", "label": L}, {"key": "at", "kind": "datetime", "label": L},
]
VALUES = {
    "text": ["Alipay 支付宝", "abc", "A", "👨‍👩‍👧", "1234567890"], "number": [0, 0.5, 3, -7, 12], "money": [0, 600, 64800],
    "choice": ["a", "b"], "several": [["a"], ["a", "c"]], "agree": [True], "tree": ["a", "c"],
    "day": ["2026-11-22", "2026-11-21", "2026-10-23", "2027-01-01"],
    "at": ["2026-11-22T04:30:00Z", "2026-11-21T16:00:00Z", "2026-11-21T15:59:59Z", "2026-10-01T00:00:00Z"],
}
LEAVES = {
    "text": [{"is": "abc"}, {"is_not": "abc"}, {"in": ["A", "abc"]}, {"contains": "alIPAY"}, {"not_contains": "支"}, {"is_empty": True}],
    "number": [{"is": 3}, {"less": 3}, {"more": 0.5}, {"at_least": 3}, {"at_most": 0}, {"between": [0, 3]}, {"is_empty": False}],
    "money": [{"at_least": 600}, {"between": [1, 64800]}, {"not_in": [600]}], "choice": [{"is": "a"}, {"not_in": ["a"]}, {"is_empty": True}],
    "several": [{"has": "a"}, {"has_any": ["b", "c"]}, {"has_all": ["a", "c"]}, {"has_none": ["c"]}, {"is_empty": True}],
    "agree": [{"is": True}, {"is": False}, {"is_not": True}], "tree": [{"in": ["c"]}],
    "day": [{"before": "today"}, {"after": "today-30d"}, {"between": ["2026-11-01", "today"]}, {"is_empty": True}],
    "at": [{"before": "today"}, {"after": "-3d"}, {"between": ["today", "now"]}, {"before": "2026-11-01T00:00:00+08:00"}],
}
LIMITS = {
    "text": [{"min": 2}, {"max": 3}, {"pattern": "[0-9]{10}"}, {"pattern": "[A-Z][a-z]*( .*)?"}, {"pattern": "a|b|abc"}, {"pattern": ".{1,4}"}],
    "number": [{"min": 0}, {"max": 3}, {"min": 0.5, "max": 0.5}], "money": [{"min": 600}, {"max": 600}],
    "several": [{"min": 2}, {"max": 1}], "day": [{"max": "today"}, {"min": "today-30d"}, {"min": "2026-11-22"}],
    "at": [{"max": "today"}, {"min": "today"}, {"min": "today-1d", "max": "today+1d"}],
}


def tree(dice: random.Random, known: list[str], depth: int = 0) -> dict:
    if depth < 2 and dice.random() < 0.35:
        name = dice.choice(["all", "any", "not"])
        if name == "not":
            return {"not": tree(dice, known, depth + 1)}
        return {name: [tree(dice, known, depth + 1) for _ in range(dice.randint(1, 3))]}
    key = dice.choice(known)
    return {"field": key, **dice.choice(LEAVES[key])}


def case(dice: random.Random) -> dict:
    fields, known = [], [field["key"] for field in FIELDS]
    for n, field in enumerate(FIELDS):
        more = dict(dice.choice(LIMITS[field["key"]])) if field["key"] in LIMITS and dice.random() < 0.5 else {}
        if n and dice.random() < 0.5:
            more["show"] = tree(dice, known[:n])
        if dice.random() < 0.4:
            more["need"] = tree(dice, [key for key in known if key != field["key"]])
        more |= {"required": True} if dice.random() < 0.2 else {}
        fields.append({**field, **more})
    dice.shuffle(fields)  # a field may be shown by one that stands below it
    values = {key: dice.choice(those) for key, those in VALUES.items() if dice.random() < 0.7}
    return {"fields": fields, "values": values}


def judged(fields: list[dict], values: dict) -> dict:
    """What the server says."""
    form = msgspec.convert(fields, list[Field])
    showing = Showing(form, values, NOW, ZONE)
    return {
        "shown": [field.key for field in form if showing.shown(field)],
        "needed": [field.key for field in form if showing.needed(field)],
        "wrong": [
            field.key for field in form
            if field.key in values and broken_limit(field, values[field.key], NOW, ZONE) is not None
        ],
    }


def made() -> dict:
    dice = random.Random(4)
    cases = [case(dice) for _ in range(150)]
    return {"now": "2026-11-22T04:30:00Z", "offset": 480, "cases": [{**each, **judged(**each)} for each in cases]}


if __name__ == "__main__":
    FILE.write_text(json.dumps(made(), ensure_ascii=False, separators=(",", ":")).replace('{"fields"', '\n{"fields"') + "\n", "utf-8")
