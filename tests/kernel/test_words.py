"""Text is cleaned without losing what people wrote, and found by any part of it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.kernel.cleaning import clean_line, clean_text
from playerdesk.kernel.words import query_tokens, tokens

HAN = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=40)
ANYTHING = st.text(alphabet=st.characters(), max_size=60)


def finds(query: str, text: str) -> bool:
    return set(query_tokens(query)) <= set(tokens(text))


def test_chinese_becomes_characters_and_pairs():
    assert tokens("没到账") == ["没", "到", "账", "没到", "到账"]
    assert query_tokens("没到账") == ["没到", "到账"]
    assert query_tokens("账") == ["账"]


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("648元没到账", "充值648元没到账，订单号 GP-20261122-0001"),
        ("GP 20261122", "充值648元没到账，订单号 GP-20261122-0001"),
        ("gp-20261122-0001", "订单号ＧＰ－２０２６１１２２－０００１"),
        ("到账", "到账了吗"),
        ("STRASSE", "straße"),
        ("lag", "Huge LAG spikes"),
        ("テスト", "これはテストです"),
    ],
)
def test_people_find_what_they_mean(query: str, text: str):
    assert finds(query, text)


@pytest.mark.parametrize(("query", "text"), [("账到", "没到账"), ("封号", "号被封"), ("48", "648元"), ("没账", "没到账")])
def test_and_not_what_they_do_not(query: str, text: str):
    assert not finds(query, text)


@given(HAN, st.data())
def test_every_part_of_a_chinese_text_finds_it(text: str, data: st.DataObject):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    assert finds(text[start:end], text)


@given(ANYTHING)
def test_a_text_finds_itself_and_tokens_are_unique(text: str):
    assert finds(text, text)
    assert len(set(tokens(text))) == len(tokens(text))
    assert all(0 < len(token) <= 64 for token in tokens(text))


@given(ANYTHING)
def test_searching_does_not_mind_case_or_width(text: str):
    assert set(tokens(text)) == set(tokens(unicodedata.normalize("NFKC", text)))


def test_hidden_characters_do_not_hide_a_word():
    assert finds("外挂", "外\u200b挂")
    assert finds("admin", "ad\u202emin")


@given(st.text(alphabet=st.characters(codec=None), max_size=80))
def test_cleaning_twice_is_cleaning_once_and_always_storable(text: str):
    once = clean_text(text)
    assert clean_text(once) == once
    assert "\0" not in once
    once.encode()


@pytest.mark.parametrize(
    "kept",
    [
        "充值648元没到账😭", "👨‍👩‍👧‍👦 一家人", "👩🏽‍🚒", "🏳️‍🌈", "❤️‍🔥", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "می‌خواهم", "क्‍ष", "Việt Nam", "ก็ได้", "🇨🇳", "1️⃣",
        "a\n\tb",
    ],
)
def test_what_people_write_stays(kept: str):
    assert clean_text(kept) == unicodedata.normalize("NFC", kept)


@pytest.mark.parametrize(
    ("given_", "cleaned"),
    [
        ("a\0b\x1b[31m", "ab[31m"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("外\u200b挂\ufeff", "外挂"),
        ("a\u200db", "ab"),
        ("外\u200d挂", "外挂"),
        ("half \ud83d", "half"),
        ("\u3164\u2800x".replace("\u2800", ""), "x"),
        ("z" + "\u0301" * 40, "z" + "\u0301" * 4),
        ("a\U000e0041\U000e0042b", "ab"),
        ("  x  ", "x"),
    ],
)
def test_tricks_go(given_: str, cleaned: str):
    assert clean_text(given_) == unicodedata.normalize("NFC", cleaned)


def test_a_line_is_one_line():
    assert clean_line(" a \n\t b\u3000c ") == "a b c"
