"""What a process remembers: for seconds, apart for every database, and never too much."""

import time

from playerdesk.kernel import Remembered


class AHolder:
    def __init__(self) -> None:
        self.memory = {}


def test_what_is_remembered_is_forgotten_in_time():
    holder, names = AHolder(), Remembered[str, str](60)
    assert names.put(holder, "a", "one") == "one"
    names.put(holder, "b", "two", seconds=0.01)
    time.sleep(0.02)
    assert (names.get(holder, "a"), names.get(holder, "b")) == ("one", None)


def test_within_its_grace_one_looks_again_and_the_others_have_the_old_value():
    holder, names = AHolder(), Remembered[str, str](60, grace=0.3)
    names.put(holder, "a", "old", seconds=0.01)
    time.sleep(0.02)
    assert [names.get(holder, "a") for _ in range(3)] == [None, "old", "old"]
    names.put(holder, "a", "new")
    assert names.get(holder, "a") == "new"
    names.put(holder, "b", "old", seconds=0.01)
    time.sleep(0.02)
    assert names.get(holder, "b") is None
    time.sleep(0.35)
    assert names.get(holder, "b") is None, "who was to look has not: nobody is given what is too old"
    names.forget(holder, "b")


def test_two_databases_share_nothing_and_two_kinds_share_nothing():
    one, other, names, places = AHolder(), AHolder(), Remembered[str, str](60), Remembered[str, str](60)
    names.put(one, "a", "name")
    assert names.get(other, "a") is None
    assert places.get(one, "a") is None


def test_the_oldest_goes_when_there_are_too_many():
    holder, names = AHolder(), Remembered[int, int](60, most=3)
    for n in range(5):
        names.put(holder, n, n)
    names.put(holder, 2, 20)
    assert [names.get(holder, n) for n in range(5)] == [None, None, 20, 3, 4]


def test_one_thing_or_everything_can_be_forgotten():
    holder, names = AHolder(), Remembered[int, int](60)
    names.put(holder, 1, 1)
    names.put(holder, 2, 2)
    names.forget(holder, 1)
    names.forget(holder, 7)
    assert (names.get(holder, 1), names.get(holder, 2)) == (None, 2)
    names.forget(holder)
    names.forget(holder)
    assert names.get(holder, 2) is None
