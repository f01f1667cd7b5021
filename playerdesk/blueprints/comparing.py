"""What differs between two bodies. Pure."""

from collections.abc import Iterator
from typing import Any, cast

import msgspec


class Difference(msgspec.Struct, frozen=True):
    """One place where two bodies differ; what is absent is None and `kind` says so."""

    place: str
    kind: str
    """added, removed, changed, or moved (then both sides are lists of keys)."""
    before: Any
    after: Any


_ABSENT = object()


def differences(before: Any, after: Any) -> list[Difference]:
    """From one body to another, in the order in which people read them.

    Lists of objects that all have a `key` are compared by it, so that one field moved up is not every field changed.
    """
    return list(_compare(before, after, ""))


def _compare(before: Any, after: Any, place: str) -> Iterator[Difference]:
    if before is _ABSENT:
        yield Difference(place, "added", None, after)
    elif after is _ABSENT:
        yield Difference(place, "removed", before, None)
    elif isinstance(before, dict) and isinstance(after, dict):
        yield from _by_name(cast("dict[str, Any]", before), cast("dict[str, Any]", after), place)
    elif (ones := _keyed(before)) is not None and (others := _keyed(after)) is not None:
        yield from _by_name(ones, others, place)
        if [key for key in ones if key in others] != [key for key in others if key in ones]:
            yield Difference(place, "moved", list(ones), list(others))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _by_position(cast("list[Any]", before), cast("list[Any]", after), place)
    elif before != after or type(before) is not type(after):
        yield Difference(place, "changed", before, after)


def _by_name(before: dict[str, Any], after: dict[str, Any], place: str) -> Iterator[Difference]:
    for name in dict.fromkeys([*before, *after]):
        yield from _compare(before.get(name, _ABSENT), after.get(name, _ABSENT), f"{place}.{name}" if place else name)


def _by_position(before: list[Any], after: list[Any], place: str) -> Iterator[Difference]:
    for n in range(max(len(before), len(after))):
        one = before[n] if n < len(before) else _ABSENT
        other = after[n] if n < len(after) else _ABSENT
        yield from _compare(one, other, f"{place}.{n}" if place else str(n))


def _keyed(value: Any) -> dict[str, Any] | None:
    """The items by their keys, if every one has a key of its own."""
    if not isinstance(value, list) or not value:
        return None
    items = cast("list[Any]", value)
    found = {each["key"]: each for each in items if isinstance(each, dict) and isinstance(each.get("key"), str)}
    return found if len(found) == len(items) else None
