"""Pages of any condition: every fitting ticket once, in order, whatever the sort and however small the windows."""

from datetime import timedelta

import msgspec
import pytest

from playerdesk.kernel.conditions import Asking, fix, matches, read
from playerdesk.staff import Scope
from playerdesk.tickets import SORTS, Walk, details, fits, members, ticket_fields, walk_page, walking
from tests.given import NOON, a_brand, a_player, a_queue, an_agent

OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}

_TICKETS = """
    INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, status, queue_id, assignee_id, priority,
        last_message_at, rank_at, waiting_since, due_at, resolved_at, created_at, rating, snoozed_until, escalated_at)
    SELECT ($1::bigint[])[1 + g % 3], $2, CASE WHEN g % 7 = 0 THEN 'chat' ELSE 'game' END, 's' || g, 'p', s,
        ($3::bigint[])[1 + g % 2], CASE WHEN g % 3 = 0 THEN ($4::bigint[])[1 + g % 2] END, g % 4,
        at, at + (g * 7919 % 1000) * interval '1 second', CASE WHEN g % 4 > 1 THEN at END,
        CASE WHEN g % 5 > 1 THEN at + (g * 104729 % 977) * interval '1 minute' END,
        CASE WHEN s IN ('resolved', 'closed') THEN at + interval '1 hour' END, at, CASE WHEN g % 11 = 0 THEN 1 END,
        CASE WHEN s <> 'closed' THEN at + (g * 7919 % 5) * interval '1 hour' END, CASE WHEN g % 3 > 0 THEN at + (g * 7919 % 7) * interval '1 hour' END
    FROM (SELECT g, $5::timestamptz - (g / 3) * interval '1 minute' AS at,
        CASE WHEN g % 2 = 0 THEN 'closed' WHEN g % 6 = 1 THEN 'new' WHEN g % 6 = 3 THEN 'open' ELSE 'hold' END AS s
        FROM generate_series(1, 600) g) AS made
    RETURNING id
"""


@pytest.fixture
async def many(database, monkeypatch):
    """600 tickets, and windows so small that a page takes several."""
    monkeypatch.setattr(walking, "_WINDOWS", ((5, "5"), (40, "40")))
    async with database.transaction() as tx:
        brands = [await a_brand(tx) for _ in range(3)]
        queues = [await a_queue(tx), await a_queue(tx)]
        people = [await an_agent(tx), await an_agent(tx)]
        rows = await tx.fetch(_TICKETS, brands, await a_player(tx), queues, people, NOON)
    return brands, queues, people, [row[0] for row in rows]


async def whole(reader, walk, limit, seconds=0.15):
    """All pages, one after the other, as a screen that scrolls to the end."""
    found, mark, pages = [], None, 0
    while True:
        page = await walk_page(reader, walk, mark, limit)
        found += [msgspec.json.decode(row)["id"] for row in page.rows]
        mark, pages = page.next, pages + 1
        if mark is None:
            return found, pages


KEYS = {
    "rank": lambda r: (r.rank_at,), "waiting_since": lambda r: (r.waiting_since or NOON + timedelta(days=99999),),
    "due": lambda r: (r.due_at or NOON + timedelta(days=99999),), "last_message": lambda r: (r.last_message_at,),
    "priority": lambda r: (r.priority, r.rank_at), "created": lambda r: (r.created_at,), "resolved": lambda r: (r.resolved_at,),
    "snoozed": lambda r: (r.snoozed_until,), "escalated": lambda r: (r.escalated_at,),
}
ALONG = {
    "resolved": lambda r: r.resolved_at, "snoozed": lambda r: r.snoozed_until,
    "escalated": lambda r: r.escalated_at and (r.status not in ("resolved", "closed") or (r.status == "resolved" and (r.rating or 9) <= 2)),
}
CONDITIONS = {
    "everything open": OPEN,
    "few": {"all": [OPEN, {"field": "channel", "is": "chat"}, {"field": "rating", "is": 1}]},
    "one person": {"all": [OPEN, {"field": "assignee", "is": {"me": True}}]},
    "a while": {"all": [{"field": "created", "within_last": "1h"}, {"field": "status", "is_not": "new"}]},
    "nothing": {"all": [OPEN, {"field": "subject", "is": "never"}]},
}


@pytest.mark.parametrize("slow", [False, True], ids=["in time", "out of time"])
@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("sort", SORTS)
async def test_pages_are_what_sorting_everything_would_give(database, many, monkeypatch, sort, condition, slow):
    brands, _, people, ids = many
    if slow:
        monkeypatch.setattr(walking, "SECONDS", 0)
    async with database.reading() as reader:
        test = fix(read(CONDITIONS[condition], await ticket_fields(reader)), Asking(now=NOON, me=people[0]))
        rows = [row for row in await details(reader, ids) if matches(test)(row) and row.brand_id in brands[:2]]
        for descending in (False, True) if SORTS[sort].both_ways else (False,):
            walk = Walk(test=test, scope=Scope(brands[:2]), sort=sort, descending=descending)
            along = [r for r in rows if ALONG.get(sort, bool)(r) and (fits(sort, test) or r.status not in ("resolved", "closed"))]
            wanted = [row.id for row in sorted(along, key=lambda r: (*KEYS[sort](r), r.id), reverse=descending)]
            found, pages = await whole(reader, walk, 7)
            assert found == wanted
            assert not slow or condition != "few" or pages > 3


async def test_only_what_the_scope_reaches_is_listed_and_counted(database, many):
    brands, queues, people, ids = many
    scope = Scope(brands[:1], [people[1]], [queues[0]])
    async with database.reading() as reader:
        test = fix(read(OPEN, await ticket_fields(reader)), Asking(now=NOON))
        rows = await details(reader, ids)
        wanted = {r.id for r in rows if matches(test)(r) and scope.reaches(r.brand_id, r.assignee_id, r.queue_id)}
        found, _ = await whole(reader, Walk(test=test, scope=scope), 9)
        assert wanted
        assert set(found) == wanted
        counted = await members(reader, Walk(test=test, scope=scope), 1000)
        assert set(counted.rows) == wanted
        assert counted.next is None
        some = await members(reader, Walk(test=test, scope=scope), 3)
        assert (len(some.rows), some.next is None) == (3, False)


# A mark is what the order goes by, then the id: two numbers for `created`, three for `priority` (0 to 3 comes first).
@pytest.mark.parametrize(("sort", "mark"), [
    *[(sort, mark) for sort in ("created", "priority") for mark in ("", "x", "1", "1.-2", "9" * 30 + ".1", "1.99999999999999999999", "١.٢")],
    ("created", "1.2.3"), ("created", "999999999999999999.1"), ("priority", "1.2"), ("priority", "7.2.3"), ("priority", "1.999999999999999999.3"),
])
async def test_a_mark_that_is_no_mark_is_refused(database, desk, sort, mark):
    from playerdesk.kernel import Rejected

    async with database.reading() as reader:
        test = fix(read(OPEN, await ticket_fields(reader)), Asking(now=NOON))
        with pytest.raises(Rejected):
            await walk_page(reader, Walk(test=test, scope=Scope([desk.brand_id]), sort=sort), mark, 5)
