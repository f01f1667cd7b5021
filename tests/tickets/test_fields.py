"""Conditions about tickets: PostgreSQL and Python decide alike on real rows, forms' fields included."""

from datetime import timedelta
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playerdesk.forms import Field, define_category
from playerdesk.kernel import Rejected, Text, connect
from playerdesk.kernel.conditions import Asking, fix, matches, read, to_sql
from playerdesk.tickets import asking_of, details, ticket_fields
from playerdesk.tickets.fields import _FIXED, STATUSES, form_fields
from tests.given import NOON, a_brand, a_player, a_queue, an_agent, number

FORM = [
    {"key": "server", "kind": "text", "label": {"zh": "区服", "en": "Server"}, "required": False},
    {"key": "level", "kind": "number", "label": {"zh": "等级", "en": "Level"}, "required": False},
    {"key": "amount", "kind": "money", "label": {"zh": "金额", "en": "Amount"}, "required": False},
    {"key": "at", "kind": "datetime", "label": {"zh": "时间", "en": "Time"}, "required": False},
    {"key": "pay", "kind": "choice", "label": {"zh": "方式", "en": "Way"}, "required": False,
     "options": [{"key": "alipay", "name": {"zh": "支付宝", "en": "Alipay"}}, {"key": "wechat", "name": {"zh": "微信", "en": "WeChat"}}]},
    {"key": "several", "kind": "choices", "label": {"zh": "多选", "en": "Several"}, "options": [{"key": "bug", "name": {"zh": "急", "en": "Urgent"}}]},
    {"key": "agree", "kind": "consent", "label": {"zh": "同意", "en": "Agreed"}},
    {"key": "why", "kind": "tree", "label": {"zh": "原因", "en": "Why"}, "options": [
        {"key": "top", "name": {"zh": "上", "en": "Top"}, "options": [{"key": "a", "name": {"zh": "甲", "en": "A"}}]}]},
]
# A field of a form may have been of another kind when it was filled, or never have been one.
ANYTHING = st.sampled_from([
    None, "", "a", "烈焰服", 3, 0.1, 64800, True, "alipay", "wechat", "2026-11-20T04:00:00Z", "2026-11-20T03:59:59.5Z",
    "2026-99-99T99:99:99Z", [1], {"a": 1}, ["急", 2], ["bug", "急"], [], False, "9" * 40,
])
TIMES = st.none() | st.integers(-100, 100).map(lambda hours: NOON + timedelta(hours=hours))

_INSERT = """
    INSERT INTO tickets.ticket (brand_id, player_id, channel, live, category_id, subject, fields, language, status, priority,
        tier, queue_id, assignee_id, player_name, character_name, server_key, preview, last_author, last_message_at, waiting_since,
        rank_at, due_at, due_kind, breached, escalated_at, resolved_at, solution, rating, reopened, staff_unread, created_at, tags,
        snoozed_until)
    SELECT $1, $2, r.channel, r.live, r.category_id, r.subject, r.fields, 'zh', r.status, r.priority, r.tier, r.queue_id,
        r.assignee_id, r.player_name, r.character_name, r.server_key, r.subject, r.last_author, r.at, r.waiting_since, r.at,
        r.due_at, r.due_kind, r.breached, r.escalated_at, r.resolved_at, r.solution, r.rating, r.reopened, r.unread, r.at,
        r.tags, r.snoozed_until
    FROM jsonb_to_recordset($3::jsonb) AS r (
        channel text, live boolean, category_id bigint, subject text, fields jsonb, status text, priority smallint, tier text,
        queue_id bigint, assignee_id bigint, player_name text, character_name text, server_key text, last_author text,
        at timestamptz, waiting_since timestamptz, due_at timestamptz, due_kind text, breached boolean,
        escalated_at timestamptz, resolved_at timestamptz, solution text, rating smallint, reopened int, unread int, tags text[],
        snoozed_until timestamptz)
    RETURNING id
"""


@pytest.fixture(scope="module")
async def desk(module_dsn):
    database = await connect(module_dsn, size=3)
    async with database.transaction() as tx:
        queues = [await a_queue(tx), await a_queue(tx)]
        agents = [await an_agent(tx, queues[0]), await an_agent(tx, queues[0]), await an_agent(tx, queues[1])]
        top = await define_category(tx, f"c{number()}", Text("支付", "Payment"), queue_id=queues[0], fields=FORM)
        below = await define_category(tx, f"c{number()}", Text("未到账", "Missing"), parent_id=top, queue_id=queues[0])
        brand, player = await a_brand(tx), await a_player(tx)
        keys = {
            f"{kind}_keys": [row[0] for row in await tx.fetch(f"SELECT {column} FROM {table} WHERE id = ANY($1) ORDER BY id", ids)]
            for kind, table, column, ids in (
                ("agent", "staff.person", "login", agents), ("queue", "staff.queue", "key", queues),
                ("category", "forms.category", "key", [top, below]), ("brand", "brands.brand", "key", [brand]),
            )
        }
    yield SimpleNamespace(
        database=database, queues=queues, agents=agents, categories=[top, below], brands=[brand], player=player, **keys
    )
    await database.close()


class Place:
    """One of the desk's things, which have numbers only once there is a desk."""

    def __init__(self, kind, n):
        self.kind, self.n = kind, n

    def __repr__(self):
        return f"{self.kind}[{self.n}]"


def places(kind, count):
    return st.integers(0, count - 1).map(lambda n: Place(kind, n))


def by_key(kind, count):
    """As documents name it; one in three keys names nothing any more."""
    return st.builds(lambda place, gone: {"key": "gone" if gone else place}, places(kind, count), st.sampled_from([0, 0, 1]))


def settle(value, desk):
    if isinstance(value, Place):
        return getattr(desk, value.kind)[value.n]
    if isinstance(value, dict):
        return {key: settle(each, desk) for key, each in value.items()}
    return [settle(each, desk) for each in value] if isinstance(value, list) else value


TICKET = st.fixed_dictionaries({
    "channel": st.sampled_from(["game", "chat"]), "live": st.booleans(), "category_id": st.none() | places("categories", 2),
    "subject": st.sampled_from(["充值没到账", "Bug", "BUG 闪退"]),
    "fields": st.dictionaries(st.sampled_from([each["key"] for each in FORM]), ANYTHING),
    "status": st.sampled_from(list(STATUSES)), "priority": st.integers(0, 3), "tier": st.sampled_from(["high", "none"]),
    "queue_id": st.none() | places("queues", 2), "assignee_id": st.none() | places("agents", 3),
    "player_name": st.sampled_from(["云中客", "Alice"]), "character_name": st.none() | st.just("剑无名"),
    "server_key": st.none() | st.just("s1"), "last_author": st.sampled_from(["player", "staff"]), "at": TIMES.filter(bool),
    "waiting_since": TIMES, "due_at": TIMES, "due_kind": st.none() | st.just("first"), "breached": st.booleans(),
    "escalated_at": TIMES, "snoozed_until": TIMES, "resolved_at": TIMES, "solution": st.sampled_from([None, "", "补发"]),
    "rating": st.none() | st.integers(1, 5), "reopened": st.integers(0, 2), "unread": st.integers(0, 3),
    "tags": st.lists(st.sampled_from(["急", "bug", "a"]), max_size=3, unique=True),
})
WORDS = st.sampled_from(["bug", "充值", "a", "云中客", "s1", "剑"])
VALUES = {
    "text": WORDS, "word": WORDS, "number": st.sampled_from([0, 0.1, 1, 3, 64800]), "money": st.sampled_from([3, 64800]),
    "bool": st.booleans(), "time": st.sampled_from(["now", "-3d", "+40h", "2026-11-20T03:59:59Z", "2026-11-20", "today"]),
    "person": places("agents", 3) | st.sampled_from([{"me": True}, {"my_team": True}]) | by_key("agent_keys", 3),
    "queue": places("queues", 2) | st.just({"my_queues": True}) | by_key("queue_keys", 2),
    "category": places("categories", 2) | by_key("category_keys", 2), "brand": places("brands", 1) | by_key("brand_keys", 1),
    "tags": st.sampled_from(["急", "bug", "none"]),
}
KNOWN = [*_FIXED, *form_fields([SimpleNamespace(fields=msgspec.convert(FORM, list[Field]))]).values()]


def leaf(field):
    value = st.sampled_from(list(field.choices or field.options)) if field.kind == "choice" else VALUES[field.kind]

    def with_operator(operator):
        given = value
        if operator in ("in", "not_in", "has_any", "has_all", "has_none"):
            given = st.lists(value, min_size=1, max_size=3)
        elif operator == "between":
            given = st.lists(value, min_size=2, max_size=2)
        elif operator in ("within_last", "within_next"):
            given = st.sampled_from(["3d", "50h", "1s"])
        elif operator == "is_empty":
            given = st.booleans()
        return given.map(lambda one: {"field": field.name, operator: one})

    return st.sampled_from(field.operators).flatmap(with_operator)


PARTS = st.lists(st.sampled_from(KNOWN).flatmap(leaf), min_size=1, max_size=3)
TREE = st.tuples(PARTS, st.sampled_from([lambda p: {"all": p}, lambda p: {"any": p}, lambda p: {"not": {"any": p}}])).map(
    lambda made: made[1](made[0])
)


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(tickets=st.lists(TICKET, min_size=5, max_size=8), trees=st.lists(TREE, min_size=8, max_size=8))
async def test_postgres_and_python_decide_alike_about_tickets(desk, tickets, trees):
    async with desk.database.transaction() as tx:
        fields = await ticket_fields(tx)
        team = await asking_of(tx, desk.agents[0])
        asking = Asking(now=NOON, me=team.me, my_team=team.my_team, my_queues=team.my_queues, below=team.below, named=team.named)
        ids = [row[0] for row in await tx.fetch(_INSERT, desk.brands[0], desk.player, settle(tickets, desk))]
        rows = await details(tx, ids)
        for tree in trees:
            test = fix(read(settle(tree, desk), fields), asking)
            where, args = to_sql(test, 2)
            member = matches(test)
            found = await tx.fetch(f"SELECT t.id FROM tickets.ticket t WHERE t.id = ANY($1::bigint[]) AND {where}", ids, *args)
            assert {row[0] for row in found} == {row.id for row in rows if member(row)}, tree
        await tx.execute("DELETE FROM tickets.ticket WHERE id = ANY($1::bigint[])", ids)


async def test_me_my_team_and_the_subtree_of_a_category(desk):
    async with desk.database.reading() as reader:
        asking = await asking_of(reader, desk.agents[0])
    assert list(asking.my_team) == sorted(desk.agents[:2])
    assert list(asking.my_queues) == desk.queues[:1]
    assert list(asking.below[desk.categories[0]]) == desk.categories


async def test_a_field_of_a_form_has_the_kind_its_form_says(desk):
    async with desk.database.reading() as reader:
        fields = await ticket_fields(reader)
    assert fields.get("field.amount").kind == "money"
    assert fields.get("field.at").kind == "time"
    with pytest.raises(Rejected):
        read({"field": "field.pay", "is": "cash"}, fields)
    with pytest.raises(Rejected):
        read({"field": "field.nothing", "is": "x"}, fields)
