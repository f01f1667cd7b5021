"""Documents as text: written and read again they are the same, and what is wrong has a line."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.blueprints import Place
from playerdesk.blueprints.text import read, write
from playerdesk.kernel import Rejected

WORDS = st.text(st.characters(blacklist_categories=("Cs", "Cc")) | st.just("\n"), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.floats(-1e6, 1e6, allow_nan=False) | WORDS
    | st.sampled_from(["yes", "no", "2026-11-22", "0x10", "1e3", "~", "null", "- a", "a: b", "#x", "&a", "*a", "'", "12:30"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3), max_leaves=10,
)
KEYS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,10}", fullmatch=True)
PLACES = st.builds(Place, st.sampled_from(["brand", "rule"]), KEYS | st.just(""), KEYS)


@settings(max_examples=300)
@given(st.dictionaries(PLACES, st.dictionaries(WORDS, VALUES, max_size=4), max_size=4))
def test_what_is_written_is_read_again(documents):
    text = write(documents.items())
    assert {each.place: each.body for each in read(text, ["brand", "rule"])} == documents
    assert text == write((each.place, each.body) for each in read(text, ["brand", "rule"])) or len(documents) > 1


def test_a_line_is_told_for_each_document():
    text = "playerdesk: 1\nbrand:\n  starfall:\n    name: 星陨\n\n  other:\n    name: x\n"
    assert [(each.place.name, each.line) for each in read(text, ["brand"])] == [("starfall", 3), ("other", 6)]


@pytest.mark.parametrize(("text", "line"), [
    ("", 1), ("[]", 1), ("brand: {}", 1), ("playerdesk: 2\n", 1), ("playerdesk: yes\n", 1), ("playerdesk: 1\nbrand: 3\n", 2),
    ("playerdesk: 1\nprocess: {}\n", 2), ("playerdesk: 1\nbrand:\n  a: 3\n", 3), ("playerdesk: 1\nbrand:\n  a: {x: 1\n", 4),
    ("playerdesk: 1\nbrand:\n  a: {}\n  a: {}\n", 4), ("playerdesk: 1\nbrand:\n  a: &x {}\n  b: *x\n", 4),
    ("playerdesk: 1\nbrand:\n  a: !!python/object/apply:os.system [ls]\n", 3),
    ("playerdesk: 1\n\tbrand: {}\n", 2), ("playerdesk: 1\nbrand:\n  a: {x: " + "[" * 500 + "]" * 500 + "}\n", 1),
])
def test_what_is_wrong_has_a_line_and_words(text, line):
    with pytest.raises(Rejected) as refused:
        read(text, ["brand"])
    assert refused.value.extra["line"] == line
    assert refused.value.message.zh.startswith(f"第 {line} 行")


def test_a_newer_version_is_refused_and_says_so():
    with pytest.raises(Rejected, match="newer version"):
        read("playerdesk: 7\nsomething: {}\n", ["brand"])
