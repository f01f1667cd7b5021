"""How traces become a chain that shows every change. Pure.

`hash = SHA-256(prev_hash ‖ SHA-256(content))`, where the content is the trace with its book and number as
canonical JSON: an array in the order of `Sealed`, keys sorted, no white space, UTF-8. Because the outer hash takes
the content's digest and not the content, a later version may let go of one content and keep its digest.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal

import msgspec

from playerdesk.kernel.words import tokens

BOOKS = ("changes", "views")
Book = Literal["changes", "views"]

START = bytes(32)
"""What the first trace of a book stands on."""

ANCHOR_EVERY = 10_000
ANCHOR_SECONDS = 300
"""A checkpoint comes after so many traces, or so long after the last when there is anything new."""

_SEEN = (".viewed", ".downloaded")
_PRIVATE = frozenset({"phone", "email", "id_number", "wechat", "qq", "value", "identities"})
_MOST_WORDS = 300

_canonical = msgspec.json.Encoder(order="sorted").encode


class Sealed(msgspec.Struct, frozen=True):
    """A trace with its place in a chain; the first fifteen fields are its content."""

    book: Book
    number: int
    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    action: str
    kind: str
    object_id: str
    brand_id: int | None
    before: Any
    after: Any
    reason: str
    request_id: str
    ip: str
    prev_hash: bytes
    hash: bytes


CONTENT = 15


class Anchor(msgspec.Struct, frozen=True):
    """A checkpoint: the trace of this number had this hash. `serial` counts a book's anchors without a gap."""

    book: str
    serial: int
    number: int
    hash: bytes
    at: datetime
    signature: bytes = b""


class Head(msgspec.Struct, frozen=True):
    """Where a book ends, how many anchors it has, and what it stands on."""

    book: str
    number: int
    hash: bytes
    anchors: int
    base_number: int
    base_hash: bytes
    signature: bytes = b""


class Tombstone(msgspec.Struct, frozen=True):
    """Everything from `first` through `through`, whose hash stays, was let go at `at`."""

    book: str
    through: int
    first: int
    hash: bytes
    at: datetime
    signature: bytes = b""


def book_of(action: str) -> Book:
    """What somebody only saw is kept for a time, what changed or left the desk for good."""
    return "views" if action.endswith(_SEEN) else "changes"


def link(prev: bytes, content: Iterable[Any]) -> bytes:
    """The hash of a trace whose fields (book to ip, in the order of `Sealed`) are these."""
    return hashlib.sha256(prev + hashlib.sha256(_canonical(list(content))).digest()).digest()


def sign(key: bytes, fact: Anchor | Head | Tombstone) -> bytes:
    """The desk's own signature under everything but the signature."""
    *facts, _ = msgspec.structs.astuple(fact)
    plain = [each.hex() if isinstance(each, bytes) else each for each in facts]
    return hmac.new(key, _canonical([type(fact).__name__, *plain]), hashlib.sha256).digest()


def is_signed(key: bytes, fact: Anchor | Head | Tombstone) -> bool:
    """Whether the desk itself has signed this, and nothing in it was changed since."""
    return hmac.compare_digest(sign(key, fact), fact.signature)


def desk_of(key: bytes) -> str:
    """A name for the owner of a key that does not give it away."""
    return hashlib.sha256(b"playerdesk audit " + key).hexdigest()[:16]


def words_of(before: Any, after: Any, reason: str) -> str | None:
    """What a search finds this trace by, apart from its columns, or None. Personal data is no search word."""
    found: dict[str, None] = dict.fromkeys(tokens(reason)) if reason else {}
    for text in (*_texts(before), *_texts(after)):
        if len(found) >= _MOST_WORDS:
            break
        found.update(dict.fromkeys(tokens(text[:2000])))
    return " ".join(list(found)[:_MOST_WORDS]) or None


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            if key not in _PRIVATE:
                yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, msgspec.Struct):
        yield from _texts(msgspec.to_builtins(value))
