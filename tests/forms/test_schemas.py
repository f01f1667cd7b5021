"""A form as JSON Schema: a true schema, and never against what the desk itself takes."""

from datetime import UTC, datetime

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from playerdesk.forms import Field, fill, json_schema
from playerdesk.kernel import Text
from tests.forms.vectors import FIELDS, VALUES, L, case, made

NAME = Text("充值", "Payment")
AT = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)


def schema_of(fields):
    return json_schema("f", NAME, msgspec.convert(fields, list[Field]))


def test_it_is_a_schema_of_2020_12():
    for each in made()["cases"]:
        Draft202012Validator.check_schema(schema_of(each["fields"]))
    assert schema_of(FIELDS)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@given(st.randoms(use_true_random=False))
def test_what_the_desk_takes_whole_is_right_by_the_schema(dice):
    form = case(dice)
    filled = fill(msgspec.convert(form["fields"], list[Field]), form["values"], at=AT)
    if not filled.problems:
        assert list(Draft202012Validator(schema_of(form["fields"])).iter_errors(filled.clean)) == []


def test_what_is_missing_unknown_or_of_another_kind_is_wrong():
    fields = [
        {**FIELDS[0], "required": True, "pattern": "[0-9]{10}"}, FIELDS[3],
        {**FIELDS[2], "show": {"field": "choice", "is": "a"}, "required": True},
        {**FIELDS[1], "need": {"field": "choice", "is": "b"}},
    ]
    check = Draft202012Validator(schema_of(fields))
    right = {"text": "1234567890"}
    assert check.is_valid(right)
    for wrong in ({}, {"text": "x"}, {**right, "more": 1}, {**right, "choice": "z"}, {**right, "choice": "a"}, {**right, "money": 5},
                  {**right, "choice": "b"}, {**right, "choice": "a", "money": 1.5}):
        assert not check.is_valid(wrong), wrong
    assert check.is_valid({**right, "choice": "a", "money": 600})
    assert check.is_valid({**right, "choice": "b", "number": 1})


def test_words_and_values_are_those_of_the_form():
    schema = json_schema("f", NAME, [msgspec.convert({**FIELDS[3], "help": L}, Field)], "zh")
    assert schema["title"] == "充值"
    assert schema["properties"]["choice"]["oneOf"][0] == {"const": "a", "title": "Field"}
    assert set(VALUES) == {field["key"] for field in FIELDS}
