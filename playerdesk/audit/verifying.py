"""Walking the chains: is every trace as it was sealed, and is none missing, added or in another place?"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.audit.outside import Told
from playerdesk.audit.rules import BOOKS, CONTENT, START, Anchor, Head, Sealed, Tombstone, desk_of, is_signed, link
from playerdesk.audit.sealing import signing_key
from playerdesk.kernel import Database, Text

A_CHUNK = 1_000
"""Hashed in one go, about 10 ms: the worker that walks has clocks to ring meanwhile."""

_HEAD: LiteralString = """
    SELECT name, number, hash, anchors, base_number, base_hash, signature FROM audit.book WHERE name = $1
"""
_ANCHORS: LiteralString = """
    SELECT book, serial, number, hash, at, signature FROM audit.anchor WHERE book = $1 ORDER BY serial
"""
_TOMBSTONE: LiteralString = """
    SELECT book, through, first, hash, at, signature FROM audit.tombstone WHERE book = $1 ORDER BY through DESC LIMIT 1
"""
_ADDED: LiteralString = """
    SELECT number, (SELECT max(number) FROM audit.sealed WHERE book = name) FROM audit.book WHERE name = $1
"""
_SEALED: LiteralString = """
    SELECT book, number, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason,
           request_id, ip, prev_hash, hash
    FROM audit.sealed WHERE book = $1 AND number > $2 ORDER BY number LIMIT $3
"""


class Finding(msgspec.Struct, frozen=True):
    """What is wrong, and with which trace first. `until`: it is this one or one of those up to there."""

    code: str
    number: int
    until: int
    text: Text


class Report(msgspec.Struct, frozen=True):
    """One book, walked from `first` through `last` over so many checkpoints (in and outside of the database)."""

    book: str
    first: int
    last: int
    anchors: int
    outside: int
    at: datetime
    finding: Finding | None


Progress = Callable[[int, int], Awaitable[None]]


async def _silent(_done: int, _total: int) -> None: ...


async def verify(
    database: Database, outside: Sequence[Told] = (), progress: Progress = _silent, chunk: int = A_CHUNK
) -> list[Report]:
    """Walk both books; `outside`: the checkpoints other places remember. Tells `progress` how far it is.

    Reads in pieces while traces go on being sealed, and never holds a lock.
    """
    async with database.transaction() as tx:
        key = await signing_key(tx)
    heads = [await _head(database, book) for book in BOOKS]
    total = sum(head.number - head.base_number for head in heads)
    reports: list[Report] = []
    done = 0
    for head in heads:
        async def tell(so_far: int, before: int = done) -> None:
            await progress(before + so_far, total)

        report = await _book(database, head, key, outside, tell, chunk)
        if report.finding and (now := await _head(database, head.book)).base_number > head.base_number:
            report = await _book(database, now, key, outside, tell, chunk)  # its oldest part was let go meanwhile
        reports.append(report)
        done += head.number - head.base_number
    return reports


async def _head(database: Database, book: str) -> Head:
    async with database.reading() as reader:
        return await reader.row(Head, _HEAD, book) or Head(book, 0, START, 0, 0, START)


async def _book(
    database: Database, head: Head, key: bytes, outside: Sequence[Told], tell: Callable[[int], Awaitable[None]], chunk: int
) -> Report:
    async with database.reading() as reader:
        # As many as the head says: later ones belong to later traces.
        anchors = [each for each in await reader.rows(Anchor, _ANCHORS, head.book) if each.serial <= head.anchors]
        tombstone = await reader.row(Tombstone, _TOMBSTONE, head.book)
        at: datetime = await reader.value("SELECT now()")
    told = [each for each in outside if each.book == head.book]
    walk = _Walk(head, key, anchors, tombstone, told)
    finding = walk.before()
    if finding is None:
        async for rows in _pieces(database, head, chunk):
            finding = walk.over(rows)
            if finding is not None:
                break
            await tell(walk.number - head.base_number)
        finding = finding or walk.after() or await _added(database, head.book)
    return Report(head.book, head.base_number + 1, walk.number, len(anchors), len(told), at, finding)


async def _pieces(database: Database, head: Head, chunk: int) -> AsyncIterator[list[Sealed]]:
    number = head.base_number
    while True:
        async with database.reading() as reader:
            rows = await reader.rows(Sealed, _SEALED, head.book, number, chunk)
        if not rows:
            return
        yield rows
        number = rows[-1].number
        if number > head.number:
            return


async def _added(database: Database, book: str) -> Finding | None:
    """Somebody else than the sealer has put something behind the end (in one look: the sealer may be at work)."""
    async with database.reading() as reader:
        (found,) = await reader.fetch(_ADDED, book)
    return _finding("added", found[0] + 1, found[1]) if found[1] is not None and found[1] > found[0] else None


class _Walk:
    """Along one book. Everything beyond the head it began with is somebody else's walk."""

    def __init__(
        self, head: Head, key: bytes, anchors: Sequence[Anchor], tombstone: Tombstone | None, told: Sequence[Told]
    ) -> None:
        self.head, self.key, self.anchors, self.tombstone, self.told = head, key, anchors, tombstone, told
        self.number, self.hash = head.base_number, head.base_hash
        self.sure = head.base_number
        """Up to here a checkpoint agrees."""
        self.marks: dict[int, list[tuple[str, bytes]]] = {}
        for each in anchors:
            self.marks.setdefault(each.number, []).append(("", each.hash))
        for each in told:
            self.marks.setdefault(each.number, []).append(("outside", bytes.fromhex(each.hash)))

    def before(self) -> Finding | None:
        """What can be said without the traces: are the signatures genuine, and are all of them there?"""
        head = self.head
        if (head.number or head.base_number) and not is_signed(self.key, head):
            return _finding("head_forged", head.number, head.number)
        if any(each.desk != desk_of(self.key) for each in self.told):
            return _finding("other_key", head.base_number + 1, head.number)
        for place, anchor in enumerate(self.anchors, 1):
            if anchor.serial != place or not is_signed(self.key, anchor):
                return _finding("anchor_forged", anchor.number, anchor.number)
        if len(self.anchors) < head.anchors:
            return _finding("anchor_missing", self.anchors[-1].number + 1 if self.anchors else 1, head.number)
        if head.base_number:
            stone = self.tombstone
            if stone is None or stone.through != head.base_number or stone.hash != head.base_hash or not is_signed(
                self.key, stone
            ):
                return _finding("tombstone_forged", head.base_number, head.base_number)
        return None

    def over(self, rows: Sequence[Sealed]) -> Finding | None:
        """The next traces, in order."""
        for row in rows:
            if row.number > self.head.number:
                break
            finding = self._step(row)
            if finding is not None:
                return finding
            self.number, self.hash = row.number, row.hash
            for _, digest in self.marks.get(row.number, ()):
                if digest != row.hash:
                    return _finding("recomputed", self.sure + 1, row.number)
                self.sure = row.number
        return None

    def _step(self, row: Sealed) -> Finding | None:
        expected = self.number + 1
        if row.number > expected:
            return _finding("missing", expected, row.number - 1)
        *content, prev, digest = msgspec.structs.astuple(row)
        assert len(content) == CONTENT
        if prev != self.hash:
            return _finding("out_of_place", row.number, row.number)
        if link(prev, content) != digest:
            return _finding("changed", row.number, row.number)
        return None

    def after(self) -> Finding | None:
        """At the end: is it the end that was sealed?"""
        last = max([self.head.number, *(each.number for each in self.told)])
        if self.number < last:
            return _finding("cut", self.number + 1, last)
        if self.hash != self.head.hash:
            return _finding("recomputed", self.sure + 1, self.number)
        return None


def _finding(code: str, number: int, until: int) -> Finding:
    template = _WORDS[code]
    numbers = {"number": number, "until": until, "range": f"{number}" if number >= until else f"{number}–{until}"}
    return Finding(code, number, until, Text(zh=template.zh.format(**numbers), en=template.en.format(**numbers)))


_WORDS = {
    "changed": Text(zh="第 {number} 条的内容与封存时不符，已被改动。", en="Trace {number} is not what was sealed: it was changed."),
    "missing": Text(zh="第 {range} 条不见了。", en="Missing: {range}."),
    "out_of_place": Text(
        zh="第 {number} 条不接在前一条之后：被调换、插入，或前一条被重写。",
        en="Trace {number} does not follow the one before it: moved or inserted, or the one before was rewritten.",
    ),
    "cut": Text(zh="末尾缺少第 {range} 条：这些记录曾经封存。", en="The end is cut off: {range} had been sealed."),
    "added": Text(
        zh="末尾多出第 {range} 条：不是本系统封存的。", en="{range} stand behind the end: this desk did not seal them.",
    ),
    "recomputed": Text(
        zh="第 {range} 条与签名的检查点不符：这一段被重新计算过。",
        en="{range}: the signed checkpoint says something else; this stretch was computed anew.",
    ),
    "head_forged": Text(
        zh="末尾标记（第 {number} 条）的签名不对：有人改过它。",
        en="The mark of the end (trace {number}) is not signed by this desk.",
    ),
    "anchor_forged": Text(
        zh="第 {number} 条处的检查点签名不对。", en="The checkpoint at trace {number} is not signed by this desk.",
    ),
    "anchor_missing": Text(zh="第 {range} 条之间的检查点不见了。", en="Checkpoints between {range} are missing."),
    "tombstone_forged": Text(
        zh="第 {number} 条及以前被删除，但没有有效的签名说明。",
        en="Traces up to {number} are gone, and no signed note says why.",
    ),
    "other_key": Text(
        zh="数据库之外的检查点用的是另一把密钥：换了数据库，或密钥被换过。",
        en="The checkpoints outside of the database were made with another key: another database, or the key was replaced.",
    ),
}
