"""The lists agents work from: each is what filtering and sorting by hand would give, page by page."""

import random
from datetime import timedelta

import msgspec
import pytest

from playerdesk.kernel import Rejected
from playerdesk.tickets import Filter, page
from playerdesk.tickets.queries import ROW, TicketRow
from playerdesk.tickets.views import VIEWS
from tests.given import NOON, a_brand, a_player, a_queue, an_agent

OPEN = ("new", "open", "pending", "hold")

BY_HAND = {
    "mine": (lambda r, f: r.assignee_id == f.person_id and r.status in OPEN, "rank_at", 1),
    "person": (lambda r, f: r.assignee_id == f.person_id and r.status in OPEN, "rank_at", 1),
    "person-chats": (lambda r, f: r.assignee_id == f.person_id and r.status in OPEN and r.live, "rank_at", 1),
    "person-tickets": (
        lambda r, f: r.assignee_id == f.person_id and r.status in ("new", "open") and not r.live, "rank_at", 1,
    ),
    "queue": (lambda r, f: r.queue_id == f.queue_id and waits(r), "rank_at", 1),
    "player": (lambda r, f: r.player_id == f.player_id, "id", -1),
    "unassigned": (lambda r, f: waits(r), "rank_at", 1),
    "open": (lambda r, f: r.status in OPEN, "rank_at", 1),
    "pending": (lambda r, f: r.status in ("pending", "hold"), "rank_at", 1),
    "snoozed": (lambda r, f: r.snoozed_until is not None, "snoozed_until", 1),
    "escalated": (lambda r, f: r.escalated_at is not None and r.status in OPEN, "escalated_at", 1),
    "resolved": (lambda r, f: r.resolved_at is not None, "resolved_at", -1),
    "recent": (lambda r, f: True, "created_at", -1),
}


def waits(row: TicketRow) -> bool:
    return row.assignee_id is None and row.status in ("new", "open")


@pytest.fixture
async def rows(database):
    """Three brands' tickets in every state, many at the very same moment."""
    dice = random.Random(4)
    async with database.transaction() as tx:
        brands = [await a_brand(tx) for _ in range(3)]
        queues = [await a_queue(tx) for _ in range(2)]
        agents = [await an_agent(tx, *queues) for _ in range(2)]
        players = [await a_player(tx) for _ in range(3)]

        def moment():
            return NOON + timedelta(seconds=dice.randrange(12))  # on purpose few: ties must not be lost between pages

        for n in range(900):
            status = dice.choice([*OPEN, "resolved", "closed"])
            over = status in ("resolved", "closed")
            await tx.execute(
                "INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, status, tier, queue_id,"
                " assignee_id, last_message_at, rank_at, escalated_at, resolved_at, created_at, live, snoozed_until)"
                " VALUES ($1, $2, $3, '', '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                dice.choice(brands), dice.choice(players), dice.choice(["game", "chat"]), status,
                dice.choice(["high", "none"]), dice.choice([*queues, None]),
                None if status == "new" else dice.choice([*agents, None]), moment(), moment(),
                dice.choice([moment(), None]), moment() if over else None, moment(), not over and dice.random() < 0.5,
                NOON + timedelta(seconds=n % 12) if status == "hold" else None,
            )
        found = await tx.rows(TicketRow, f"SELECT {ROW} FROM tickets.ticket WHERE brand_id = ANY($1::bigint[])", brands)
    narrow = Filter(brand_ids=brands, person_id=agents[0], queue_id=queues[0], player_id=players[0])
    return found, narrow


def by_hand(view, rows, narrow):
    wanted, order, direction = BY_HAND[view]
    fitting = [
        row for row in rows
        if wanted(row, narrow) and row.brand_id in narrow.brand_ids
        and narrow.channel in (None, row.channel) and narrow.tier in (None, row.tier)
    ]
    return sorted(fitting, key=lambda row: (getattr(row, order), row.id), reverse=direction < 0)


async def walk(database, view, narrow, size, between=None):
    found, after = [], None
    for _ in range(500):
        async with database.reading() as reader:
            one = await page(reader, view, narrow, after, size)
        assert len(one.rows) <= size
        found += [msgspec.json.decode(row, type=TicketRow) for row in one.rows]
        after = one.next
        if after is None:
            return found
        if between:
            await between()
    raise AssertionError("it never ends")


def test_every_view_is_tested():
    assert set(BY_HAND) == set(VIEWS)


@pytest.mark.parametrize("view", BY_HAND)
async def test_a_view_is_what_filtering_and_sorting_by_hand_gives(database, rows, view):
    all_rows, everything = rows
    for changes in ({}, {"channel": "chat"}, {"tier": "high"}, {"channel": "game", "tier": "none"}, {"brands": 1}):
        brand_ids = everything.brand_ids[: changes.get("brands", 3)]
        narrow = Filter(
            brand_ids=brand_ids, person_id=everything.person_id, queue_id=everything.queue_id,
            player_id=everything.player_id, channel=changes.get("channel"), tier=changes.get("tier"),
        )
        expected = by_hand(view, all_rows, narrow)
        assert len(expected) > 2, "a view of nothing proves nothing"
        for size in (7, 200):
            assert await walk(database, view, narrow, size) == expected


@pytest.mark.parametrize("view", BY_HAND)
async def test_pages_neither_skip_nor_repeat_what_stays_while_other_rows_change(database, rows, view):
    all_rows, narrow = rows
    expected = [row.id for row in by_hand(view, all_rows, narrow)]
    restless = set(random.Random(1).sample(expected, len(expected) // 3))
    dice = random.Random(2)

    async def change() -> None:
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE tickets.ticket SET rank_at = $2, escalated_at = $2, last_message_at = $2, assignee_id = $3"
                " WHERE id = ANY($1::bigint[])",
                dice.sample(sorted(restless), min(4, len(restless))), NOON + timedelta(seconds=dice.randrange(12)), None,
            )
            await tx.execute(
                "INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, last_message_at, rank_at,"
                " queue_id, created_at) VALUES ($1, $2, 'game', '', '', $3, $3, $4, $3)",
                narrow.brand_ids[0], narrow.player_id, NOON + timedelta(seconds=dice.randrange(12)), narrow.queue_id,
            )

    seen = [row.id for row in await walk(database, view, narrow, 5, change)]
    calm = set(expected) - restless
    assert [each for each in seen if each in calm] == [each for each in expected if each in calm]


async def test_a_row_read_before_is_shown_as_it_is_now(database, rows):
    all_rows, narrow = rows
    one = by_hand("mine", all_rows, narrow)[0]

    async def preview():
        (row,) = [row for row in await walk(database, "mine", narrow, 50) if row.id == one.id]
        return row.preview

    async def change(*previews):
        async with database.transaction() as tx:
            for each in previews:
                await tx.execute("UPDATE tickets.ticket SET preview = $2 WHERE id = $1", one.id, each)
            if "undone" in previews:
                raise ZeroDivisionError

    assert await preview() == await preview() == one.preview
    await change("first", "second")
    assert await preview() == "second"
    with pytest.raises(ZeroDivisionError):
        await change("undone")
    assert await preview() == "second"
    await change("third")
    assert await preview() == "third"


async def test_an_agent_of_no_brand_sees_nothing(database, rows):
    _, narrow = rows
    nobody = Filter(brand_ids=[], person_id=narrow.person_id, queue_id=narrow.queue_id, player_id=narrow.player_id)
    async with database.reading() as reader:
        for view in VIEWS:
            assert (await page(reader, view, nobody, None, 50)).rows == []


@pytest.mark.parametrize("after", ["x", "1", "1.2.3", "1.x", "9" * 40 + ".1", "\x00.1", "", "1.", "NaN.1"])
async def test_a_made_up_page_mark_is_refused(database, rows, after):
    _, narrow = rows
    async with database.reading() as reader:
        with pytest.raises(Rejected, match="bad_cursor") as refused:
            await page(reader, "open", narrow, after, 5)
    assert list(refused.value.fields) == ["after"]


@pytest.mark.parametrize("after", ["1." + "9" * 40, "-1.-1", "1.١"])
async def test_a_page_mark_of_odd_numbers_is_harmless(database, rows, after):
    _, narrow = rows
    async with database.reading() as reader:
        assert len((await page(reader, "open", narrow, after, 5)).rows) == 5


async def test_there_is_no_view_of_another_name(database, rows):
    _, narrow = rows
    async with database.reading() as reader:
        with pytest.raises(Rejected, match="no_such_view"):
            await page(reader, "mine; DROP TABLE", narrow, None, 5)


@pytest.mark.parametrize("limit", [-1, 0, 10**9])
async def test_a_page_is_never_endless(database, rows, limit):
    _, narrow = rows
    async with database.reading() as reader:
        assert 1 <= len((await page(reader, "recent", narrow, None, limit)).rows) <= 500
