"""Text from outside, made safe to store and to show: no NULs, no invisible tricks, one normal form."""

import re
import unicodedata

# Characters that reorder or hide what follows (RTL tricks), that show nothing, and broken halves of characters.
_TRICKS = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SPACES = re.compile(r"\s+")
_LINE_ENDS = re.compile(r"\r\n?|\u2028|\u2029|\x85")
# Joiners make families out of emoji and shape several scripts; between anything else they only hide.
_JOINS = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ufe0f\u2190-\u2bff\U0001f000-\U0001faff"
_IDLE_JOINERS = re.compile(
    f"(?<![{_JOINS}])[\u200c\u200d]+|[\u200c\u200d]+(?![{_JOINS}\u200c\u200d])|(?<=[\u200c\u200d])[\u200c\u200d]+"
)
# Invisible tags spell the flags of Scotland, Wales and England after a black flag; elsewhere they smuggle text.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f)|[\U000e0000-\U000e0fff]")
# Vowel signs come in twos and threes; towers of them cover the lines above and below.
_MARKS = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_TOWERS = re.compile(f"({_MARKS}{{3}}){_MARKS}+")


def clean_text(text: str) -> str:
    """Several lines: line ends are \\n, tabs stay, controls and tricks go, the edges are trimmed."""  # noqa: D301
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    if not text.isascii():
        text = _TRICKS.sub("", text)
        text = _TAGS.sub(lambda found: found.group(1) or "", text)
        text = _IDLE_JOINERS.sub("", text)
        text = _TOWERS.sub(r"\1", unicodedata.normalize("NFC", text))
    return text.strip()


def clean_line(text: str) -> str:
    """One line: as `clean_text`, and every run of white space becomes one space."""
    return _SPACES.sub(" ", clean_text(text)).strip()
