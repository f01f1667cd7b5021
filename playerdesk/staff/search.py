"""Finding colleagues by name, login or the pinyin of their names. There are few enough to look at each of them."""

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from playerdesk.kernel.sounds import sounds
from playerdesk.kernel.words import fold
from playerdesk.staff.queries import Person
from playerdesk.staff.rules import State


class FoundPerson(msgspec.Struct, frozen=True):
    """A colleague in the answers of a search."""

    id: int
    name: str
    login: str
    state: State


_sounds = lru_cache(10_000)(sounds)


def find_people(people: Iterable[Person], typed: str, limit: int) -> list[FoundPerson]:
    """Those who fit, the best first: beginnings before middles, names before sounds."""
    wanted = "".join(fold(typed).split())
    if not wanted:
        return []
    ranked = [(rank, person) for person in people if (rank := _rank(person, wanted)) is not None]
    ranked.sort(key=lambda each: (each[0], each[1].id))
    return [FoundPerson(person.id, person.name, person.login, person.state) for _, person in ranked[:limit]]


def _rank(person: Person, wanted: str) -> int | None:
    name = "".join(fold(person.name).split())
    if name.startswith(wanted):
        return 0
    if person.login.startswith(wanted):
        return 1
    if wanted in name:
        return 2
    if wanted.isascii() and any(sound.startswith(wanted) for sound in _sounds(person.name)):
        return 3
    return None
