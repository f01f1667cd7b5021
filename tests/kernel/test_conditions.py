"""The condition language: both readings of a condition agree, and what is wrong is named with its place."""

from datetime import UTC, datetime, timedelta
from operator import attrgetter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.kernel import Rejected, connect
from playerdesk.kernel.conditions import (
    Asking,
    Field,
    Fields,
    fix,
    matches,
    moves,
    personal,
    possible,
    read,
    read_what_is_left,
    to_sql,
)

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
ASKING = Asking(now=NOW, me=3, my_team=[3, 4], my_queues=[2], below={1: [1, 2, 5]})
COLORS = {"red": "'red'", "blue": "'blue'"}


class Thing(msgspec.Struct):
    id: int
    name: str | None
    code: str | None
    color: str
    amount: int | None
    done: bool
    at: datetime | None
    owner: int | None
    queue: int | None
    category: int | None
    tags: list[str] | None


_KINDS = {
    "name": "text", "code": "word", "amount": "number", "at": "time", "owner": "person", "queue": "queue",
    "category": "category", "tags": "tags",
}
FIELDS = Fields(
    Field(name="color", kind="choice", sql="t.color", read=attrgetter("color"), nullable=False, choices=COLORS),
    Field(name="done", kind="bool", sql="t.done", read=attrgetter("done"), nullable=False),
    *(Field(name=name, kind=kind, sql="t." + name, read=attrgetter(name)) for name, kind in _KINDS.items()),
)

TEXTS = ["", "a", "A", "Ab", "bA", "充值", "充值没到账 A%", "_", "İ", "ß"]
TIMES = [NOW + timedelta(hours=h, microseconds=m) for h in (-100, -72, -71, -1, 0, 1, 80) for m in (-1, 0, 1)]

things = st.builds(
    Thing, id=st.just(0), name=st.none() | st.sampled_from(TEXTS), code=st.none() | st.sampled_from(["", "a", "b"]),
    color=st.sampled_from(list(COLORS)), amount=st.none() | st.integers(-3, 3), done=st.booleans(),
    at=st.none() | st.sampled_from(TIMES), owner=st.none() | st.integers(1, 5), queue=st.none() | st.integers(1, 3),
    category=st.none() | st.integers(1, 6), tags=st.none() | st.lists(st.sampled_from(["x", "y", "z"]), max_size=3),
)
text = st.sampled_from([each for each in TEXTS if each])
numbers = st.integers(-3, 3) | st.sampled_from([0.5, -1.25, 2.0])
moments = st.sampled_from(["now", "-3d", "+1h", "-72h", "today", "today-3d", "2026-11-20", "2026-11-17T04:00:00Z"])
people = st.integers(1, 5) | st.sampled_from([{"me": True}, {"my_team": True}])


def leaf(name, operator, value):
    return value.map(lambda given: {"field": name, operator: given})


def equal(name, value):
    return [leaf(name, op, value) for op in ("is", "is_not")] + [
        leaf(name, op, st.lists(value, min_size=1, max_size=3)) for op in ("in", "not_in")
    ]


leaf_trees = st.one_of(
    *equal("name", text), leaf("name", "contains", text), leaf("name", "not_contains", text), *equal("code", text),
    *equal("color", st.sampled_from(list(COLORS))), *equal("amount", numbers),
    *(leaf("amount", op, numbers) for op in ("less", "more", "at_least", "at_most")),
    leaf("amount", "between", st.lists(numbers, min_size=2, max_size=2)), leaf("done", "is", st.booleans()),
    leaf("done", "is_not", st.booleans()), leaf("at", "before", moments), leaf("at", "after", moments),
    leaf("at", "between", st.lists(moments, min_size=2, max_size=2)),
    *(leaf("at", op, st.sampled_from(["72h", "3d", "1h", "9d"])) for op in ("within_last", "within_next")),
    *equal("owner", people), *equal("queue", st.integers(1, 3) | st.just({"my_queues": True})),
    *equal("category", st.integers(1, 6)), leaf("tags", "has", st.sampled_from(["x", "y"])),
    *(leaf("tags", op, st.lists(st.sampled_from(["x", "y", "z"]), min_size=1)) for op in ("has_any", "has_all", "has_none")),
    *(leaf(name, "is_empty", st.booleans()) for name in _KINDS),
)
trees = st.recursive(
    leaf_trees,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"any": parts}), inner.map(lambda part: {"not": part}),
    ),
    max_leaves=8,
).filter(lambda tree: _depth(tree) <= 6)


def _depth(tree):
    if "field" in tree:
        return 1
    return 1 + max((_depth(each) for each in (tree.get("all") or tree.get("any") or [tree.get("not")]) if each), default=0)


@pytest.fixture(scope="module")
async def database(module_dsn):
    database = await connect(module_dsn, size=2)
    yield database
    await database.close()


_ROWS = """
    SELECT t.id FROM jsonb_to_recordset($1::jsonb) AS t (
        id bigint, name text, code text, color text, amount int, done boolean, at timestamptz, owner bigint,
        queue bigint, category bigint, tags text[]
    ) WHERE
"""


@settings(max_examples=250)
@given(rows=st.lists(things, min_size=4, max_size=12), tree=trees)
async def test_postgres_and_python_decide_alike(database, rows, tree):
    for number, row in enumerate(rows):
        row.id = number
    test = fix(read(tree, FIELDS), ASKING)
    where, args = to_sql(test, 2)
    member = matches(test)
    async with database.reading() as reader:
        found = {row[0] for row in await reader.fetch(_ROWS + where, rows, *args)}
        other = {row[0] for row in await reader.fetch(_ROWS + "NOT coalesce((" + where + "), false)", rows, *args)}
    assert found == {row.id for row in rows if member(row)}
    assert found | other == set(range(len(rows)))
    opposite = matches(fix(read({"not": tree}, FIELDS), ASKING)) if _depth(tree) < 6 else lambda row: not member(row)
    assert [opposite(row) for row in rows] == [not member(row) for row in rows]


@pytest.mark.parametrize(("tree", "place"), [
    ({"field": "nothing", "is": 1}, "field"),
    ({"all": [{"field": "color", "is": "green"}]}, "all.0.is"),
    ({"all": [{"field": "color", "is": ["red"]}]}, "all.0.is"),
    ({"all": [{"any": [{"field": "done", "is": True}, {"field": "amount", "contains": "1"}]}]}, "all.0.any.1"),
    ({"field": "amount", "is": "1"}, "is"),
    ({"field": "amount", "is": True}, "is"),
    ({"field": "amount", "is": float("nan")}, "is"),
    ({"field": "amount", "between": [1]}, "between"),
    ({"field": "amount", "in": []}, "in"),
    ({"field": "amount", "in": [1, "x"]}, "in.1"),
    ({"field": "at", "before": "yesterday"}, "before"),
    ({"field": "at", "before": "2026-11-20T00:00:00"}, "before"),
    ({"field": "at", "before": "-99999999w"}, "before"),
    ({"field": "at", "within_last": "-3d"}, "within_last"),
    ({"field": "at", "within_last": "0d"}, "within_last"),
    ({"field": "owner", "is": {"me": False}}, "is"),
    ({"field": "owner", "is": {"my_queues": True}}, "is"),
    ({"field": "name", "contains": " "}, "contains"),
    ({"field": "name", "contains": "a\x00"}, "contains"),
    ({"field": "name", "contains": "长" * 201}, "contains"),
    ({"field": "color", "is_empty": True}, "condition"),
    ({"field": "done", "is": True, "is_not": True}, "condition"),
    ({"field": "done"}, "condition"),
    ({"field": ["done"], "is": True}, "field"),
    ({"all": [], "any": []}, "condition"),
    ({"none": []}, "condition"),
    ({"all": {}}, "all"),
    ({"not": []}, "not"),
    ([], "condition"),
    ({"all": [{"field": "done", "is": True}] * 61}, "condition"),
    ({"all": [{"any": [{"field": "done", "is": True}] * 40}] * 2}, "all.1"),
    ({"not": {"not": {"not": {"not": {"not": {"not": {"field": "done", "is": True}}}}}}}, "not.not.not.not.not.not"),
])
def test_what_is_wrong_is_named_with_its_place_in_both_languages(tree, place):
    with pytest.raises(Rejected) as refused:
        read(tree, FIELDS)
    assert list(refused.value.fields) == [place] or (place == "all.1" and next(iter(refused.value.fields)).startswith(place))
    text = next(iter(refused.value.fields.values()))
    assert text.zh != text.en


def test_what_has_vanished_is_left_out_and_told():
    tree = {"all": [
        {"field": "color", "is": "red"}, {"field": "gone", "is": 1}, {"any": [{"field": "gone", "is_empty": True}]},
        {"any": [{"field": "color", "is": "mauve"}, {"field": "done", "is": True}]}, {"not": {"field": "gone", "is": 2}},
    ]}
    node, gone = read_what_is_left(tree, FIELDS)
    assert [(each.place, each.field) for each in gone] == [
        ("all.1", "gone"), ("all.2.any.0", "gone"), ("all.3.any.0", "color"), ("all.4.not", "gone"),
    ]
    left = {"all": [{"field": "color", "is": "red"}, {"any": [{"field": "done", "is": True}]}]}
    assert to_sql(fix(node, ASKING)) == to_sql(fix(read(left, FIELDS), ASKING))


def test_a_condition_knows_what_it_depends_on():
    assert moves(read({"field": "at", "after": "-3d"}, FIELDS))
    assert moves(read({"not": {"field": "at", "within_next": "3d"}}, FIELDS))
    assert not moves(read({"field": "at", "after": "2026-11-20"}, FIELDS))
    assert personal(read({"any": [{"field": "owner", "in": [1, {"me": True}]}]}, FIELDS))
    assert not personal(read({"field": "owner", "is": 3}, FIELDS))


def test_what_a_field_can_be_is_known_only_where_it_is_certain():
    def known(tree):
        return possible(fix(read(tree, FIELDS), ASKING), "color")

    red, blue = {"field": "color", "is": "red"}, {"field": "color", "is": "blue"}
    done = {"field": "done", "is": True}
    assert known({"all": [red, done]}) == {"red"}
    assert known({"any": [red, blue]}) == {"red", "blue"}
    assert known({"any": [red, done]}) is None
    assert known({"not": red}) is None
    assert known({"all": [red, {"any": [blue, red]}]}) == {"red"}
    assert known({"all": [red, blue]}) == set()
