"""What is wrong with a form is said at its place before anybody fills it; patterns are never slow."""

import re
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.forms import Field
from playerdesk.forms.checking import problems_of
from playerdesk.forms.patterns import BadPattern, check_pattern, fits

L = {"zh": "项", "en": "Field"}
A = {"key": "a", "kind": "text", "label": L}
CHOICE = {"key": "c", "kind": "choice", "label": L, "options": [{"key": "x", "name": L}]}


def places(*fields):
    found = problems_of(msgspec.convert(list(fields), list[Field]))
    return {each.place for each in found if each.severity == "error"}


@pytest.mark.parametrize(("fields", "wrong"), [
    ([A], set()),
    ([A, A], {"fields.0.key", "fields.1.key"}),
    ([{**A, "key": "a b"}], {"fields.0.key"}),
    ([{**A, "label": {"zh": " ", "en": "x"}}], {"fields.0.label"}),
    ([{**CHOICE, "options": []}], {"fields.0.options"}),
    ([{**CHOICE, "options": [{"key": "x", "name": L}, {"key": "x", "name": L}]}], {"fields.0.options.0.key", "fields.0.options.1.key"}),
    ([{**A, "show": {"field": "a", "is": "x"}}], {"fields.0.show"}),
    ([{**A, "need": {"not": {"field": "a", "is_empty": True}}}], {"fields.0.need"}),
    ([{**A, "show": {"field": "gone", "is": "x"}}], {"fields.0.show.field"}),
    ([{**A, "show": {"all": [{"field": "c", "is": "y"}]}}, CHOICE], {"fields.0.show.all.0.is"}),
    ([{**A, "show": {"field": "b", "is": "x"}}, {**A, "key": "b", "show": {"field": "a", "is": "x"}}], {"fields.0.show"}),
    ([{**A, "show": {"field": "c", "is": "x"}}, {**CHOICE, "audience": "agent"}], {"fields.0.show"}),
    ([{**A, "min": 5, "max": 2}], {"fields.0.max"}), ([{**A, "max": "today"}], {"fields.0.max"}),
    ([{"key": "d", "kind": "date", "label": L, "min": "yesterday"}], {"fields.0.min"}),
    ([{"key": "d", "kind": "date", "label": L, "min": "today-30d", "max": "today"}], set()),
    ([{**A, "pattern": "("}], {"fields.0.pattern"}), ([{**CHOICE, "pattern": "x"}], {"fields.0.pattern"}),
    ([{**A, "pattern": "(a+)+b"}], {"fields.0.pattern"}),
    ([{**CHOICE, "default": "y"}], {"fields.0.default"}), ([{**CHOICE, "default": "x"}], set()),
    ([{"key": "m", "kind": "lookup", "label": L}], {"fields.0.lookup"}),
    ([{"key": "t", "kind": "tree", "label": L, "options": [{"key": "x", "name": L, "options": []}]}], {"fields.0.options.0.options"}),
])
def test_each_problem_stands_at_its_place(fields, wrong):
    assert places(*fields) == wrong


def test_a_tree_is_only_so_deep():
    option = {"key": "k5", "name": L}
    for n in range(4, 0, -1):
        option = {"key": f"k{n}", "name": L, "options": [option]}
    assert places({"key": "t", "kind": "tree", "label": L, "options": [option]}) == {"fields.0.options.0.options.0.options.0.options.0.options.0"}


def test_what_nobody_knows_is_no_field():
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.convert([{**A, "colour": "red"}], list[Field])


GOOD = ["[A-Z]{2}[0-9]{10,18}", "1[3-9]\\d{9}", "\\w+@\\w+\\.\\w+", "(?:86-)?[0-9]+", "a|bc|d*", "^[^<>]{1,20}$", "[\\w\\-]+?", "(ab){2,5}"]
BAD = ["(a+)+", "(a|b)*c", "(a*)*", "(a{1,9}){1,9}", "a**", "[", "(", "a)", "*a", "a{2", "a{5,2}", "(?=a)", "(?i)a", "\\1", "\\s", "\\b", "x++", "a]", "😀", "",
       "\\w*\\w*\\w*\\w*", "a^b", "[a-\\d]", "[]", "(?P<x>a)"]


@pytest.mark.parametrize("pattern", GOOD)
def test_plain_patterns_are_taken(pattern):
    check_pattern(pattern)


@pytest.mark.parametrize("pattern", BAD)
def test_others_are_refused_with_words(pattern):
    with pytest.raises(BadPattern) as refused:
        check_pattern(pattern)
    assert refused.value.text.zh
    assert refused.value.text.en


PIECES = st.sampled_from(["a", "b", "[ab]", "(a|b)", "(?:ab)", ".", "\\d", "a|b", "(", ")", "*", "+", "?", "{2}", "{1,9}", "{2,}", "\\w"])


@given(st.lists(PIECES, min_size=1, max_size=9).map("".join))
def test_no_pattern_that_is_taken_is_slow(pattern):
    try:
        check_pattern(pattern)
    except BadPattern:
        return
    re.compile(pattern, re.ASCII)
    for value in ("a" * 200 + "!", "ab" * 100 + "!", "a" * 200):
        begun = time.process_time()
        fits(pattern, value)
        assert time.process_time() - begun < 1.5, pattern
