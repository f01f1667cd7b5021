"""What of a filled form is kept, and what is said about the rest."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.forms import Field, Option, check_fields, demand_required
from playerdesk.kernel import Rejected, Text, clean_text


def a_field(key: str, kind: str, *, required: bool = False, options: tuple[str, ...] = ()) -> Field:
    choices = [Option(option, Text(option, option)) for option in options] or None
    return Field(key=key, kind=kind, label=Text(key, key), required=required, options=choices)


FORM = [
    a_field("order", "text", required=True), a_field("story", "longtext"), a_field("age", "number"),
    a_field("paid", "money", required=True), a_field("way", "choice", options=("wechat", "alipay")),
    a_field("when", "datetime"),
]
KEYS = {field.key for field in FORM}


def test_a_well_filled_form_is_kept_whole():
    clean, rejected = check_fields(FORM, {
        "order": "  A\u202e-1001\x00 ", "story": "第一行\r\n第二行", "age": "12", "paid": 64800, "way": "alipay",
        "when": "2026-11-22T12:30",
    }, "zh")
    assert rejected == {}
    assert clean == {
        "order": "A-1001", "story": "第一行\n第二行", "age": 12, "paid": 64800, "way": "alipay",
        "when": "2026-11-22T04:30:00Z",
    }


@pytest.mark.parametrize(
    ("kind", "given_value", "kept"),
    [
        ("money", 64800, 64800), ("money", "648", 64800), ("money", "¥1,648.50 元", 164850), ("money", 0, 0),
        ("money", 100.0, 100),
        ("number", 3.5, 3.5), ("number", "-7", -7), ("number", "1e3", 1000),
        ("text", 10086, "10086"), ("text", "a\nb", "a b"),
        ("datetime", "2026-11-22T04:30:00.123456Z", "2026-11-22T04:30:00.123456Z"),
        ("datetime", "2026-11-22 12:30:00+08:00", "2026-11-22T04:30:00Z"),
    ],
)
def test_values_are_kept_in_one_form(kind, given_value, kept):
    clean, rejected = check_fields([a_field("x", kind)], {"x": given_value}, "zh")
    assert (clean, rejected) == ({"x": kept}, {})


@pytest.mark.parametrize(
    ("kind", "given_value"),
    [
        ("money", "648.005"), ("money", 0.5), ("money", -1), ("money", "Infinity"), ("money", True), ("money", 10**13),
        ("money", [1]), ("number", "twelve"), ("number", float("nan")), ("number", 10**16), ("number", "9" * 100),
        ("text", "x" * 201), ("text", ["a"]), ("text", False), ("longtext", "x" * 5001),
        ("choice", "cash"), ("choice", 1), ("datetime", "yesterday"), ("datetime", 1732_000_000),
        ("datetime", "0001-01-01T00:00"), ("datetime", "2026-13-01"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_bad_value_is_named_in_the_players_language(kind, given_value, language):
    form = [a_field("x", kind, options=("wechat",))]
    clean, rejected = check_fields(form, {"x": given_value}, language)
    assert clean == {}
    assert rejected["x"].isascii() == (language == "en")
    with pytest.raises(Rejected) as refused:
        demand_required([a_field("x", kind, required=True, options=("wechat",))], {"x": given_value})
    assert set(refused.value.fields) == {"x"}


@pytest.mark.parametrize("empty", [None, "", "   ", "\u200b"])
def test_an_empty_field_is_no_field(empty):
    form = [a_field("order", "text", required=True), a_field("story", "longtext")]
    clean, rejected = check_fields(form, {"order": empty, "story": empty}, "en")
    assert (clean, rejected) == ({}, {"order": "Please fill this in."})
    with pytest.raises(Rejected, match="fields_incomplete"):
        demand_required(form, {"order": empty})


def test_an_optional_field_gone_wrong_does_not_hold_up_the_question():
    demand_required([a_field("age", "number")], {"age": "?", "unknown": 1})


def test_an_unknown_field_is_reported_never_dropped_silently():
    _, rejected = check_fields([], {f"extra{n}": n for n in range(100)}, "en")
    assert rejected["extra0"] == "This form has no such field; it was not saved."
    assert len(rejected) == 21


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)), max_leaves=5,
)
PLAUSIBLE = st.one_of(
    JSON, st.sampled_from(["wechat", "648", "2026-11-22T12:30", "9999-12-31T23:59:59-12:00", "-0", "1e-9", "٣"]),
    st.datetimes().map(str), st.decimals(allow_nan=True).map(str),
)


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(KEYS)), st.text(max_size=8)), PLAUSIBLE, max_size=10))
def test_every_field_given_is_kept_or_reported_and_what_is_kept_stays(filled):
    clean, rejected = check_fields(FORM, filled, "zh")
    assert set(clean) <= KEYS
    assert not set(clean) & set(rejected)
    for key, value in filled.items():
        empty = key in KEYS and (value is None or (isinstance(value, str) and not clean_text(value)))
        assert empty or key in clean or key[:64] in rejected or "…" in rejected
    assert {"order", "paid"} <= set(clean) | set(rejected)
    # What is kept can be stored and read again, and filling it in once more changes nothing.
    again, _ = check_fields(FORM, msgspec.json.decode(msgspec.json.encode(clean)), "zh")
    assert again == clean
