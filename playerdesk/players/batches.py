"""Records of a batch made ready for one statement a kind. Pure."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def of_kind(records: Sequence[Any], kind: type[T]) -> list[T]:
    return [record for record in records if isinstance(record, kind)]


def newest(records: Sequence[T], key: Callable[[T], Hashable], version: Callable[[T], Any]) -> list[T]:
    """One record a key, in the order of the keys, so that two batches never wait for each other crosswise."""
    found: dict[Any, T] = {}
    for record in records:
        known = found.get(key(record))
        if known is None or version(record) > version(known):
            found[key(record)] = record
    return [found[each] for each in sorted(found)]


def columns(rows: Sequence[Any], *names: str) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
