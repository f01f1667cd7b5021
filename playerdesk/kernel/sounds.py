"""Names as they are typed without an input method: the pinyin of their characters, and its first letters."""

import os
from itertools import islice, product

# One reading per character and context would need a dictionary of phrases (40 MB); names have every reading instead.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "1")

from pypinyin import Style, pinyin

MOST_READINGS = 12
LONGEST = 12
"""Characters of a name that are sounded out."""


def sounds(name: str) -> list[str]:
    """`剑舞红尘` → `jwhc`, `jianwuhongchen`; each reading of characters that have several, up to a dozen."""
    syllables = pinyin(name[:LONGEST], style=Style.NORMAL, heteronym=True, errors="ignore")
    # Readings that begin alike are told apart by the whole syllable, not by its first letter.
    initials = ["".join(each) for each in _readings([list(dict.fromkeys(s[:1] for s in one)) for one in syllables])]
    return list(dict.fromkeys([*initials, *("".join(each) for each in _readings(syllables))])) if syllables else []


def _readings(syllables: list[list[str]]) -> list[tuple[str, ...]]:
    return list(islice(product(*syllables), MOST_READINGS))
