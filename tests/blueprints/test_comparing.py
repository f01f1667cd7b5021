"""What differs between two bodies: replaying the differences onto one gives the other."""

import copy

from hypothesis import given
from hypothesis import strategies as st

from playerdesk.blueprints import differences

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2)
BODIES = st.dictionaries(st.sampled_from("abc"), st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3), max_leaves=8,
), max_size=3)


def told(before, after):
    return [(each.place, each.kind) for each in differences(before, after)]


def test_a_field_that_moved_up_is_one_difference():
    one, two = {"key": "a", "label": "x"}, {"key": "b", "label": "y"}
    assert told({"fields": [one, two]}, {"fields": [two, one]}) == [("fields", "moved")]
    assert told({"fields": [one, two]}, {"fields": [{**one, "label": "z"}, two]}) == [("fields.a.label", "changed")]
    assert told({"fields": [one]}, {"fields": [two, one]}) == [("fields.b", "added")]
    assert told({"n": 1}, {"n": True}) == [("n", "changed")]


@given(BODIES)
def test_a_body_does_not_differ_from_itself(body):
    assert differences(body, copy.deepcopy(body)) == []


@given(BODIES, BODIES)
def test_what_differs_is_told_and_what_does_not_is_not(before, after):
    rebuilt = copy.deepcopy(before)
    found = differences(before, after)
    # From the back, so that what is taken out of a list does not move what stands before it.
    for each in sorted((d for d in found if d.kind == "removed"), key=lambda d: d.place, reverse=True):
        _at(rebuilt, each.place, None, remove=True)
    for each in (d for d in found if d.kind != "removed"):
        _at(rebuilt, each.place, each.after, remove=False)
    assert repr(_sorted(rebuilt)) == repr(_sorted(after))


def _at(body, place, value, *, remove):
    *way, last = place.split(".")
    for step in way:
        body = body[int(step)] if isinstance(body, list) else body[step]
    if isinstance(body, list):
        if remove:
            del body[int(last)]
        elif int(last) < len(body):
            body[int(last)] = value
        else:
            body.append(value)
    elif remove:
        del body[last]
    else:
        body[last] = value


def _sorted(value):
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(each) for each in value] if isinstance(value, list) else value
