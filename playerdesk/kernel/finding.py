"""What somebody typed into a search box: as a tsquery for the index, and as fragments of the texts it was found in.

A `words` column is a tsvector of the tokens of `words.py` (and of marks that begin with §, which no text can contain).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from playerdesk.kernel.words import LONGEST_WORD, fold, parts, query_tokens

LONGEST_QUERY = 200
"""Characters; nobody types more, and what is pasted is not a search."""

MOST_TOKENS = 64
BEFORE, AROUND = 24, 120
"""Characters of a fragment: before its first hit, and altogether."""

# A digit or two would begin half of all numbers.
_PREFIX_LETTERS, _PREFIX_DIGITS = 2, 3


class Part(msgspec.Struct, frozen=True):
    """A stretch of a fragment; `hit`: it is what was searched for."""

    text: str
    hit: bool = False


class Asked(msgspec.Struct, frozen=True):
    """A query that was understood. Empty `tokens`: nothing in it can be searched for."""

    tokens: tuple[str, ...]
    pieces: tuple[str, ...]
    """Runs of characters and words as they must stand in a text."""
    beginning: str = ""
    """The last word, while it is still being typed: anything that begins with it will do."""

    def __bool__(self) -> bool:
        return bool(self.tokens or self.beginning)

    def tsquery(self, *marks: str) -> str:
        """For ``$1::tsquery``; `marks` are further lexemes or alternatives in brackets, quoted by `lexeme`."""
        words = [lexeme(token) for token in self.tokens]
        if self.beginning:
            words.append(lexeme(self.beginning) + ":*")
        return " & ".join([*marks, *words])

    @property
    def needs_a_look(self) -> bool:
        """Whether the index alone cannot tell: it knows pairs, not runs of three and more characters."""
        return bool(self._long())

    def fits(self, text: str) -> bool:
        """Whether those runs stand in the text in one piece."""
        long = self._long()
        if not long:
            return True
        folded = fold(text)
        return all(piece in folded for piece in long)

    def _long(self) -> list[str]:
        return [piece for piece in self.pieces if len(piece) > 2 and not _is_word(piece)]

    def fragment(self, text: str) -> list[Part]:
        """The text around the first hit, cut into what was found and what was not; [] when nothing is in it."""
        found = list(self._hits(text))
        if not found:
            return []
        start = max(0, min(found[0][0] - BEFORE, len(text) - AROUND))
        end = min(len(text), start + AROUND)
        cut: list[Part] = [Part("…")] if start else []
        at = start
        for left, right in found:
            if left >= end:
                break
            if left > at:
                cut.append(Part(text[at:left]))
            cut.append(Part(text[max(at, left):min(right, end)], hit=True))
            at = min(right, end)
        if at < end:
            cut.append(Part(text[at:end]))
        if end < len(text):
            cut.append(Part("…"))
        return cut

    def _hits(self, text: str) -> Iterator[tuple[int, int]]:
        """Places in the text itself, in order, never overlapping."""
        folded: list[str] = []
        origin: list[int] = []
        for place, character in enumerate(text):
            for each in fold_one(character):
                folded.append(each)
                origin.append(place)
        spans = sorted(self._spans("".join(folded)))
        last = 0
        for left, right in spans:
            start, end = max(origin[left], last), origin[right - 1] + 1
            if end > start:
                yield start, end
                last = end

    def _spans(self, folded: str) -> Iterator[tuple[int, int]]:
        for at, piece, is_word in parts(folded):
            if is_word:
                if piece[:LONGEST_WORD] in self.pieces or (self.beginning and piece.startswith(self.beginning)):
                    yield at, at + len(piece)
                continue
            for wanted in self.pieces:
                place = piece.find(wanted)
                while place >= 0:
                    yield at + place, at + place + len(wanted)
                    place = piece.find(wanted, place + len(wanted))


def understand(text: str) -> Asked:
    """Read a query; the caller has looked at its length."""
    typed = text[:LONGEST_QUERY]
    folded = fold(typed)
    found = [(piece, is_word) for _, piece, is_word in parts(folded)]
    open_end = bool(found) and found[-1][1] and typed[-1:].strip() != "" and folded.endswith(found[-1][0])
    beginning = found[-1][0][:LONGEST_WORD] if open_end and _may_begin(found[-1][0]) else ""
    pieces = [piece[:LONGEST_WORD] if is_word else piece for piece, is_word in (found[:-1] if beginning else found)]
    tokens = dict.fromkeys(token for piece in pieces for token in query_tokens(piece))
    return Asked(tuple(tokens)[:MOST_TOKENS], tuple(dict.fromkeys(pieces)), beginning)


def lexeme(token: str) -> str:
    """A token or mark as it stands in a tsvector or tsquery."""
    return "'" + token.replace("\\", "").replace("'", "") + "'"


def tsvector(found: Iterable[str]) -> str:
    """For ``$1::tsvector``."""
    return " ".join(map(lexeme, found))


def fold_one(character: str) -> str:
    """One character as it is compared: half-width, lower case. Near enough to show a hit; the index folds whole texts."""
    if character < "\x80":
        return character.lower()
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", character).casefold())


def _may_begin(word: str) -> bool:
    return len(word) >= (_PREFIX_DIGITS if word.isdigit() else _PREFIX_LETTERS)


def _is_word(piece: str) -> bool:
    return re.fullmatch(r"[\x00-\x7f]+", piece) is not None
