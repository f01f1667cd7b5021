"""What a player reads of a reply: its words, no marks."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.tickets.plain import plain_text

SAMPLES = json.loads((Path(__file__).parents[2] / "clients" / "agent" / "tests" / "markdown.json").read_text("utf-8"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["markdown"][:30])
def test_the_player_gets_the_words_without_the_marks(sample):
    assert plain_text(sample["markdown"]) == sample["plain"]


@given(st.text(alphabet="ab*_~`>[](){}#-1. \n\\<充。"))
def test_no_text_is_too_strange(markdown):
    assert len(plain_text(markdown)) <= len(markdown) * 12 + 12


@given(st.text(alphabet="充值到账，。！abc 123", min_size=1).map(str.strip).filter(bool))
def test_marks_around_any_words_disappear(words):
    for mark in ("**", "*", "~~", "***"):
        assert plain_text(f"您好{mark}{words}{mark}请看") == f"您好{words}请看"


@given(st.text(alphabet=st.characters(blacklist_characters="*_~`[<\\>-+.)", blacklist_categories=["Cs"])))
def test_text_without_marks_stays_as_it_was_typed(words):
    assert plain_text(words) == words
