"""Checkpoints outside of the database: a file in the data folder of each machine that seals, and its log.

Whoever can write to the database and knows its secrets could build a new chain; she cannot change what other
places remember of the old one.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from playerdesk.audit.rules import Anchor, desk_of

log = structlog.get_logger("audit")

FILE = "audit-checkpoints.jsonl"


class Told(msgspec.Struct, frozen=True):
    """A line of the file; hashes in hexadecimal."""

    desk: str
    book: str
    serial: int
    number: int
    hash: str
    at: str


async def tell(folder: Path, key: bytes, anchors: Sequence[Anchor]) -> None:
    """Write checkpoints to the log and to the file; a full disk costs the file, not the sealing."""
    told = [Told(desk_of(key), a.book, a.serial, a.number, a.hash.hex(), a.at.isoformat()) for a in anchors]
    for each in told:
        log.info("audit checkpoint", book=each.book, number=each.number, hash=each.hash, serial=each.serial)
    try:
        await asyncio.to_thread(_append, folder / FILE, b"".join(msgspec.json.encode(each) + b"\n" for each in told))
    except OSError as failure:
        log.warning("checkpoints could not be written to the file", error=repr(failure))


def _append(path: Path, lines: bytes) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        whole = size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"  # else a crash has cut the last line
        os.write(descriptor, lines if whole else b"\n" + lines)  # one write: lines of two workers do not mix
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> list[Told]:
    """What the file remembers, in its order; nothing when there is none. Lines a crash has cut are passed over."""
    found: list[Told] = []
    for line in path.read_bytes().splitlines() if path.exists() else []:
        try:
            found.append(msgspec.json.decode(line, type=Told))
        except msgspec.DecodeError:
            log.warning("a line of the checkpoints cannot be read", file=str(path))
    return found
