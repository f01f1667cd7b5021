"""Who is in a segment: drawn, decided, written and undone; the same in PostgreSQL and in Python."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.blueprints import Place, Published
from playerdesk.kernel import Wiring, connect, now
from playerdesk.kernel.conditions import Asking, fix, matches, read, to_sql
from playerdesk.players.reactions import reactions
from playerdesk.players.segments.blueprints import SegmentKind, TagKind
from playerdesk.players.segments.fields import Portrait, fields_with
from playerdesk.players.segments.members import keep_some
from playerdesk.players.segments.portraits import READ, ServiceCase, keep_cases
from playerdesk.players.segments.tags import add_tag, remove_tag, tags_of
from playerdesk.players.segments.trying import statement, try_out
from tests.given import NOON, an_agent, number
from tests.plans import nodes, plans
from tests.players.given import a_brand, a_character, a_player, a_purchase, a_session, ago, send, who

NAME = {"zh": "高付费近7天未登录", "en": "High payers away for 7 days"}
AWAY = {"all": [{"field": "spent_90d", "at_least": 100_000}, {"not": {"field": "last_login", "within_last": "7d"}}]}


async def put(database, kind, key, body, version=1):
    async with database.transaction() as tx:
        await kind.apply(tx, Published(Place(kind.name, "", key), kind.normal(body), version, None))


async def settled(database, at=None):
    """As the worker does it, until nothing is left to do."""
    for _ in range(200):
        async with database.transaction() as tx:
            if await keep_some(tx, at or now()) is None:
                return
    raise AssertionError("the worker never comes to an end")


async def members(database, key):
    async with database.reading() as reader:
        return {row[0] for row in await reader.fetch(
            "SELECT player_id FROM players.segment_member m JOIN players.segment s ON s.id = m.segment_id WHERE s.key = $1", key
        )}


async def moves_of(database, key):
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.fetch(
            "SELECT m.player_id, m.entered, m.cause FROM players.segment_move m JOIN players.segment s ON s.id = m.segment_id"
            " WHERE s.key = $1 ORDER BY m.id", key,
        )]


async def shown(database, player):
    async with database.reading() as reader:
        return [(each.key, each.by_id, each.segment and each.segment.zh) for each in await tags_of(reader, [player])]


async def test_a_segment_follows_its_players_and_its_tag_follows_the_segment(fresh):
    brand = await a_brand(fresh)
    await send(
        fresh, brand, a_player("away"), a_character("away", "r1", level=70), a_purchase("away", "p1", 150_000, at=ago(days=20)),
        a_session("away", "s1", startedAt=ago(days=12), endedAt=ago(days=12)),
        a_player("here"), a_purchase("here", "p2", 150_000), a_session("here", "s2", startedAt=ago(hours=5)),
        a_player("poor"),
    )
    away, here = [(await who(fresh, brand, account)).id for account in ("away", "here")]
    await put(fresh, TagKind(), "lapsing", {"name": {"zh": "流失风险"}, "tone": "red", "byHand": False})
    await put(fresh, SegmentKind(), "away", {"name": NAME, "if": AWAY, "tag": "lapsing"})
    await settled(fresh)
    assert await members(fresh, "away") == {away}
    assert await shown(fresh, away) == [("lapsing", None, "高付费近7天未登录")]
    assert await moves_of(fresh, "away") in ([(away, True, "changed")], [(away, True, "published")], [(away, True, "time")])
    # She plays again, and the other one stays away: what time alone changes comes with the walk.
    await send(fresh, brand, a_session("away", "s3", startedAt=ago(minutes=1)))
    await settled(fresh)
    assert await members(fresh, "away") == set()
    assert await shown(fresh, away) == []
    await settled(fresh, now() + timedelta(days=6, hours=22))
    assert await members(fresh, "away") == {here}
    async with fresh.reading() as reader:
        assert await reader.value("SELECT members FROM players.segment WHERE key = 'away'") == 1
        why = await reader.value("SELECT why FROM players.segment_move WHERE player_id = $1 AND entered", here)
    assert (why["spent_90d"], set(why)) == (150_000, {"spent_90d", "last_login"})
    async with fresh.transaction() as tx:
        await SegmentKind().retire(tx, Place("segment", "", "away"))
    await settled(fresh)
    assert (await members(fresh, "away"), await shown(fresh, here)) == (set(), [])
    assert (await moves_of(fresh, "away"))[-1] == (here, False, "retired")


async def test_a_changed_tag_moves_with_its_segment_and_what_a_person_set_stays(fresh):
    brand = await a_brand(fresh)
    await send(fresh, brand, a_player("one"), a_purchase("one", "p1", 150_000))
    one = (await who(fresh, brand, "one")).id
    for key in ("first", "second"):
        await put(fresh, TagKind(), key, {"name": {"zh": key}})
    body = {"name": NAME, "if": {"all": [{"field": "spent_90d", "more": 0}]}}
    await put(fresh, SegmentKind(), "payers", {**body, "tag": "first"})
    await settled(fresh)
    async with fresh.transaction() as tx:
        agent = await an_agent(tx)
        await add_tag(tx, [one], "first", agent, ["agent"])
        await add_tag(tx, [one], "first", agent, ["agent"])
    await put(fresh, SegmentKind(), "payers", {**body, "tag": "second"}, 2)
    await settled(fresh)
    assert sorted(await shown(fresh, one)) == [("first", agent, None), ("second", None, NAME["zh"])]
    async with fresh.transaction() as tx:
        await remove_tag(tx, [one], "first", agent, ["agent"])
        with pytest.raises(Exception, match="segment"):
            await remove_tag(tx, [one], "second", agent, ["agent"])
        assert [row[0] for row in await tx.fetch("SELECT action FROM audit.trace WHERE object_id = $1 ORDER BY id", str(one))] == [
            "player.tagged", "player.untagged",
        ]
    assert await shown(fresh, one) == [("second", None, NAME["zh"])]


async def test_what_tickets_say_and_merged_accounts_are_in_the_portrait(fresh):
    brand = await a_brand(fresh)
    await send(fresh, brand, a_player("a"), a_player("b"), a_character("b", "r9", level=33))
    a, b = [(await who(fresh, brand, account)).id for account in ("a", "b")]
    async with fresh.transaction() as tx:
        await keep_cases(tx, [
            ServiceCase(1, a, True, now() - timedelta(days=2), None, None),
            ServiceCase(2, b, False, now() - timedelta(days=20), 2, now() - timedelta(days=19)),
            ServiceCase(3, b, False, now() - timedelta(days=40), 5, now() - timedelta(days=39)),
        ])
        await tx.execute("UPDATE players.player SET merged_into = $1 WHERE id = $2", a, b)
    await settled(fresh)
    async with fresh.reading() as reader:
        found = await reader.rows(Portrait, READ, [a, b])
    assert [each.player_id for each in found] == [a]
    one = found[0]
    assert (one.tickets_open, one.tickets_7d, one.tickets_30d, one.tickets_total) == (1, 1, 2, 3)
    assert (one.rating_last, one.rating_average, one.level, one.brands) == (2, Decimal("3.50"), 33, [brand.key])


async def test_what_a_rule_may_not_say_is_named_at_its_place(database):
    kind = SegmentKind()

    async def problems(body):
        async with database.reading() as reader:
            return [(each.place, each.severity) for each in await kind.check(
                reader, SimpleNamespace(place=Place("segment", "", "x"), body=kind.normal(body))
            )]

    assert await problems({"name": NAME, "if": AWAY}) == []
    assert await problems({"name": {"zh": " "}, "if": {"all": []}}) == [("name", "error"), ("if", "warning")]
    assert await problems({"name": NAME, "if": {"all": [{"field": "shoe_size", "is": 3}]}}) == [("if.all.0.field", "error")]
    assert await problems({"name": NAME, "if": {"all": [{"field": "manager", "is": {"key": "nobody-here"}}]}}) == [("if.all.0", "error")]
    body = kind.normal({"name": NAME, "if": {"any": [{"field": "tags", "has_any": ["vip", "new"]}]}, "tag": "mark"})
    assert [(each.kind, each.key, each.place) for each in kind.mentions(body)] == [
        ("tag", "vip", "if.any.0"), ("tag", "new", "if.any.0"), ("tag", "mark", "tag"),
    ]


# -- PostgreSQL and Python

FIELDS = fields_with(["b1", "b2"], ["b1/s1", "b2/s1"], ["t1", "t2"])
TIME = st.integers(-100, 100).map(lambda hours: NOON + timedelta(hours=hours))
TIMES = st.none() | TIME
COUNTS, SOME = st.integers(0, 4), st.none() | st.integers(0, 4)
PLACES = st.sampled_from([[], ["b1"], ["b1", "b2"]])
PORTRAIT = st.fixed_dictionaries({
    "brands": PLACES, "tier": st.sampled_from(["high", "none"]), "language": st.sampled_from(["zh", "en"]), "manager_id": SOME,
    "spent_7d": COUNTS, "spent_30d": COUNTS, "spent_90d": COUNTS, "spent_total": COUNTS, "last_purchase_at": TIMES, "level": SOME,
    "characters": COUNTS, "servers": PLACES.map(lambda keys: [f"{key}/s1" for key in keys]), "registered_at": TIMES,
    "first_seen_at": TIME, "last_seen_at": TIMES, "last_login_at": TIMES, "sessions_7d": COUNTS, "sessions_30d": COUNTS,
    "penalties": COUNTS, "penalties_90d": COUNTS, "realname": st.sampled_from([None, "adult", "minor"]), "age": SOME,
    "tickets_open": COUNTS, "tickets_7d": COUNTS, "tickets_30d": COUNTS, "tickets_total": COUNTS, "last_ticket_at": TIMES,
    "rating_last": SOME, "rating_average": st.sampled_from([None, 2.5, 3]), "tags": st.sampled_from([[], ["t2"], ["t1", "t2"]]),
})
VALUES = {
    "number": st.sampled_from([0, 1, 2.5, 3]), "money": st.sampled_from([0, 3]),
    "time": st.sampled_from(["now", "-3d", "+40h", "2026-11-20", "today"]), "person": st.integers(1, 3),
}


def leaf(field):
    options = list(field.choices or field.options or ())
    value = st.sampled_from(options) if options else VALUES[field.kind]

    def with_operator(operator):
        if operator in ("in", "not_in", "has_any", "has_all", "has_none"):
            given = st.lists(value, min_size=1, max_size=3)
        elif operator == "between":
            given = st.lists(value, min_size=2, max_size=2)
        elif operator in ("within_last", "within_next"):
            given = st.sampled_from(["3d", "50h", "1s"])
        else:
            given = st.booleans() if operator == "is_empty" else value
        return given.map(lambda one: {"field": field.name, operator: one})

    return st.sampled_from(field.operators).flatmap(with_operator)


PARTS = st.lists(st.sampled_from(list(FIELDS.fixed.values())).flatmap(leaf), min_size=1, max_size=3)
TREE = st.tuples(PARTS, st.sampled_from([lambda p: {"all": p}, lambda p: {"any": p}, lambda p: {"not": {"any": p}}])).map(
    lambda made: made[1](made[0])
)


@pytest.fixture(scope="module")
async def people(module_dsn):
    database = await connect(module_dsn, wiring=Wiring(reactions), size=2)
    async with database.transaction() as tx:
        ids = [row[0] for row in await tx.fetch("INSERT INTO players.player (name) SELECT 'p' FROM generate_series(1, 4) RETURNING id")]
    yield SimpleNamespace(database=database, ids=ids)
    await database.close()


@settings(max_examples=40)
@given(drawn=st.lists(PORTRAIT, min_size=4, max_size=4), trees=st.lists(TREE, min_size=6, max_size=6))
async def test_postgres_and_python_decide_alike_about_players(people, drawn, trees):
    rows = [{"player_id": i, **one} for i, one in zip(people.ids, drawn, strict=True)]
    async with people.database.transaction() as tx:
        await tx.execute("DELETE FROM players.portrait")
        await tx.execute("INSERT INTO players.portrait SELECT * FROM jsonb_populate_recordset(NULL::players.portrait, $1)", [
            msgspec.to_builtins(row) for row in rows
        ])
        portraits = await tx.rows(Portrait, READ, people.ids)
        assert len(portraits) == 4
        for tree in trees:
            test = fix(read(tree, FIELDS), Asking(now=NOON))
            where, args = to_sql(test)
            by_sql = {row[0] for row in await tx.fetch(f"SELECT t.player_id FROM players.portrait t WHERE {where}", *args)}
            fits = matches(test)
            assert by_sql == {each.player_id for each in portraits if fits(each)}, tree


# -- never slow by surprise


@pytest.fixture(scope="module")
async def crowd(tmp_path_factory, module_dsn):
    database = await connect(module_dsn, size=2, statement_timeout_ms=60_000)
    async with database.transaction() as tx:
        await tx.execute("""
            WITH made AS (INSERT INTO players.player (name) SELECT 'c' FROM generate_series(1, 30000) RETURNING id)
            INSERT INTO players.portrait SELECT id, '{b1}', 'none', 'zh', NULL, 0, 0, id % 1000, 0, NULL, 1, 1, '{}', NULL, now(), NULL,
                NULL, 0, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, NULL, NULL, NULL, '{}' FROM made
        """)
    async with database.reading() as reader:
        await reader.connection.execute("VACUUM ANALYZE players.portrait")
    yield database
    await database.close()


async def test_counting_looks_at_a_window_along_the_key_whatever_is_asked(crowd):
    rare = {"all": [{"field": "rating_average", "less": -1}, {"field": "servers", "has": "b1/s1"}]}
    test = fix(read(rare, FIELDS), Asking(now=now()))
    sql, args = statement(test, ["b1"], 25_000, "500")
    async for plan in plans(crowd, sql, args):
        found = [n for n in nodes(plan) if n.get("Relation Name") == "portrait"]
        assert [n.get("Index Name") for n in found] == ["portrait_pkey"]
        assert sum(n["Actual Rows"] + n.get("Rows Removed by Filter", 0) for n in found) <= 500


async def test_a_count_is_exact_or_says_that_it_is_not(crowd):
    async with crowd.reading() as reader:
        few = await try_out(reader, read({"all": [{"field": "spent_90d", "more": 997}]}, FIELDS), brand_keys=None, spend=False)
        assert few.exact
        assert few.count == few.guess == await reader.value("SELECT count(*) FROM players.portrait WHERE spent_90d > 997")
        assert [each.values for each in few.sample] == [{}] * 10, "what she spends is not for everybody"
        many = await try_out(reader, read({"all": []}, FIELDS), brand_keys=None, spend=True)
        assert many.count > 10_000
        hasty = await try_out(reader, read({"all": [{"field": "level", "more": 0}]}, FIELDS), brand_keys=None, spend=True, seconds=0)
        assert (hasty.exact, hasty.looked, hasty.count) == (False, 500, 500)
        assert hasty.guess > 20_000
        nobody = await try_out(reader, read({"all": []}, FIELDS), brand_keys=[f"b{number()}x"], spend=True)
        assert (nobody.exact, nobody.count, nobody.sample) == (True, 0, [])
