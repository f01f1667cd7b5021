"""Words to search by, without a dictionary: single characters and pairs for Chinese, whole words for the rest.

`tokens` goes into the index with a text, `query_tokens` finds it: a text contains what was asked for
only if it has every token of the query. Pairs make two characters as selective as a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from playerdesk.kernel.cleaning import clean_text

LONGEST_WORD = 64
"""Longer ones (hashes, base64) are cut; nobody types them to the end."""

# Han with its extensions, kana and Hangul: scripts that put no spaces between words.
_SPACELESS = (
    "\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
)
_PARTS = re.compile(f"([{_SPACELESS}]+)|((?:(?![{_SPACELESS}])[^\\W_])+)")


def tokens(text: str) -> list[str]:
    """Everything this text can be found by, each once."""
    found: dict[str, None] = {}
    for spaceless, word in _PARTS.findall(fold(text)):
        if word:
            found[word[:LONGEST_WORD]] = None
            continue
        found.update(dict.fromkeys(spaceless))
        found.update(dict.fromkeys(map("".join, pairwise(spaceless))))
    return list(found)


def query_tokens(text: str) -> list[str]:
    """What a text must have to be found, each once; pairs, and a single character only where it stands alone."""
    found: dict[str, None] = {}
    for spaceless, word in _PARTS.findall(fold(text)):
        if word:
            found[word[:LONGEST_WORD]] = None
        elif len(spaceless) == 1:
            found[spaceless] = None
        else:
            found.update(dict.fromkeys(map("".join, pairwise(spaceless))))
    return list(found)


def parts(folded: str) -> Iterator[tuple[int, str, bool]]:
    """The runs of a folded text: where each begins, the run, and whether it is a word."""
    for found in _PARTS.finditer(folded):
        yield found.start(), found.group(), found.group(2) is not None


def fold(text: str) -> str:
    """Full-width like half-width, upper like lower case. Folding can undo the normal form, hence twice."""
    folded = unicodedata.normalize("NFKC", clean_text(text)).casefold()
    return unicodedata.normalize("NFKC", folded)
