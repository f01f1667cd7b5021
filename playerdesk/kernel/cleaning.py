"""Text from outside, made safe to store and to show: no NULs, no invisible tricks, one normal form."""

import re
import unicodedata

# Characters that reorder or hide what follows (RTL tricks), and broken halves of characters.
# Zero-width joiners stay: emoji and several scripts are made of them.
_TRICKS = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\ud800-\udfff]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85")


def clean_text(text: str) -> str:
    """Several lines: line ends become one kind, tabs stay, controls and tricks go, the edges are trimmed."""
    text = _LINE_ENDS.sub("\n", text)
    text = _CONTROLS.sub("", _TRICKS.sub("", text))
    return unicodedata.normalize("NFC", text).strip()


def clean_line(text: str) -> str:
    """One line: as `clean_text`, and every run of white space becomes one space."""
    return _SPACES.sub(" ", clean_text(text)).strip()
