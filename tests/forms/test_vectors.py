"""The browsers decide about a form as the server does: both are held to the same cases (clients/agent/tests/forms.test.ts)."""

import json

from tests.forms.vectors import FILE, judged, made


def test_the_server_says_what_the_vectors_say():
    known = json.loads(FILE.read_text("utf-8"))
    assert len(known["cases"]) >= 150
    for each in known["cases"]:
        assert judged(each["fields"], each["values"]) == {key: each[key] for key in ("shown", "needed", "wrong")}, each


def test_the_vectors_are_those_of_the_present_rules():
    assert json.loads(FILE.read_text("utf-8")) == json.loads(json.dumps(made())), "run tests/forms/vectors.py"


def test_every_part_of_the_language_is_in_them_both_ways():
    known = json.loads(FILE.read_text("utf-8"))["cases"]
    text = json.dumps(known)
    for name in ("is", "is_not", "in", "not_in", "contains", "not_contains", "is_empty", "less", "more", "at_least", "at_most",
                 "between", "before", "after", "has", "has_any", "has_all", "has_none", "not", "any", "all"):
        assert f'"{name}":' in text, name
    fields = {field["key"] for each in known for field in each["fields"]}
    assert {key for each in known for key in each["wrong"]} >= {"text", "number", "money", "several", "day", "at"}
    assert all(any(key in each["shown"] for each in known) and any(key not in each["shown"] for each in known) for key in fields - {"text"})
