"""The index holds each entry once, whoever was killed meanwhile, and the walk finds exactly what a reader would."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.kernel import Database
from playerdesk.kernel.finding import AROUND, understand
from playerdesk.staff import Scope
from playerdesk.tickets.search import indexing
from playerdesk.tickets.search.windows import COARSE, FINE, MOST_MARKS, PLAIN, Narrow, newest, statement, walk, windows
from tests.given import a_ticket, said
from tests.plans import a_busy_desk, nodes, plans


@pytest.fixture
async def fresh(fresh_dsn):
    from playerdesk.kernel import connect

    database = await connect(fresh_dsn, size=8)
    yield database
    await database.close()


async def kept(database: Database) -> list[tuple[int, int]]:
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.fetch("SELECT ticket_id, seq FROM tickets.search ORDER BY id")]


async def test_each_entry_is_taken_in_once_by_however_many_workers(database, desk):
    while await indexing.index_news(database):
        pass
    before = await kept(database)
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, desk.brand_id, desk.player_id, body="第一句")
        for turn in range(5):
            await said(tx, ticket, "player", desk.player_id, f"第{turn}句话")
    counts = await asyncio.gather(*(indexing.index_news(database) for _ in range(4)))
    assert sum(counts) == 6
    assert (await kept(database))[len(before):] == [(ticket, seq) for seq in range(1, 7)]


async def test_a_new_ticket_is_taken_in_with_all_it_begins_with(database, desk):
    """One that is split off another has its older entries copied in without an event of their own."""
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, desk.brand_id, desk.player_id)
        await tx.execute(
            "INSERT INTO tickets.message (ticket_id, seq, kind, author, body) VALUES ($1, 2, 'message', 'player', '抄来的话')", ticket
        )
    while await indexing.index_news(database):
        pass
    assert [place for place in await kept(database) if place[0] == ticket] == [(ticket, 1), (ticket, 2)]


async def test_a_round_that_dies_is_done_again(database, desk, monkeypatch):
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, desk.brand_id, desk.player_id, body="断电之前")

    keep = indexing._keep

    async def dies(tx, records):
        await keep(tx, records)
        raise ConnectionResetError

    monkeypatch.setattr(indexing, "_keep", dies)
    with pytest.raises(ConnectionResetError):
        await indexing.index_news(database)
    assert (ticket, 1) not in await kept(database)
    monkeypatch.setattr(indexing, "_keep", keep)
    while await indexing.index_news(database):
        pass
    assert (ticket, 1) in await kept(database)


async def test_the_lag_is_seen_and_goes(database, desk):
    while await indexing.index_news(database):
        pass
    async with database.transaction() as tx:
        await a_ticket(tx, desk.brand_id, desk.player_id)
    await asyncio.sleep(0.2)
    async with database.reading() as reader:
        assert 0.2 <= await indexing.lag(reader) < 60
        await indexing.index_news(database)
        assert await indexing.lag(reader) == 0


async def test_what_was_there_before_the_index_is_taken_in_newest_first(database, desk, monkeypatch):
    monkeypatch.setattr(indexing, "TICKETS_A_ROUND", 2)
    async with database.transaction() as tx:
        tickets = [await a_ticket(tx, desk.brand_id, desk.player_id, body=f"旧工单{turn}") for turn in range(5)]
        await tx.execute("DELETE FROM tickets.search")
        await tx.execute("UPDATE tickets.search_backfill SET below = $1", tickets[-1] + 1)
    seen = []
    for _ in range(3):
        await indexing.index_the_past(database)
        seen.append({ticket for ticket, _ in await kept(database)} & set(tickets))
    assert seen == [set(tickets[3:]), set(tickets[1:]), set(tickets)]
    while await indexing.index_the_past(database):
        pass
    async with database.reading() as reader:
        assert await indexing.still_to_come(reader) == 0


async def test_an_entry_that_moves_or_goes_takes_its_words_along(database, desk):
    async with database.transaction() as tx:
        ticket = await a_ticket(tx, desk.brand_id, desk.player_id)
        await said(tx, ticket, "player", desk.player_id, "要搬走的话")
        other = await a_ticket(tx, desk.brand_id, desk.player_id)
    while await indexing.index_news(database):
        pass
    async with database.transaction() as tx:
        await tx.execute("UPDATE tickets.message SET ticket_id = $2, seq = 9 WHERE ticket_id = $1 AND seq = 2", ticket, other)
    assert (other, 9) in await kept(database)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM tickets.message WHERE ticket_id = $1 AND seq = 9", other)
    assert (other, 9) not in await kept(database)


async def test_the_walk_finds_what_a_reader_would_in_every_window(fresh):
    """Entries spread over ids as wide as the windows, against a look at each text; counted, cut and narrowed."""
    await _world(fresh)
    dice = random.Random(4)
    ids = sorted({dice.randrange(1, 1 << 21) for _ in range(700)})
    texts = {at: "".join(dice.choices("充值的到账未了", weights=[1, 1, 40, 3, 3, 9, 9], k=dice.randint(1, 9))) for at in ids}
    brand = {at: 1 + at % 3 for at in ids}
    async with fresh.transaction() as tx:
        await tx.execute(
            "INSERT INTO tickets.ticket (id, brand_id, player_id, channel, subject, player_name, last_message_at, rank_at,"
            " assignee_id, queue_id) OVERRIDING SYSTEM VALUE SELECT i, b, 1, 'game', '', 'p', now(), now(), a, q"
            " FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS n (i, b, a, q)",
            ids, [brand[at] for at in ids], [1 if at % 5 < 3 else None for at in ids], [1 + at % 2 for at in ids],
        )
        await tx.execute("SET LOCAL session_replication_role = replica")
        await tx.execute(
            "INSERT INTO tickets.search SELECT i, i, 1, now(), w::tsvector FROM unnest($1::bigint[], $2::text[]) AS n (i, w)",
            ids, [indexing.words_of(at, brand[at], [texts[at]]) for at in ids],
        )
    scopes = [Scope([1, 2, 3]), Scope([2]), Scope([1, 3], [1], [2]), Scope([])]
    async with fresh.reading() as reader:
        top = await newest(reader)
        for query in ("的", "充值", "到账", "值", "账到", "未了的", "龘"):
            asked = understand(query)
            for scope in scopes:
                wanted = [
                    at for at in reversed(ids)
                    if all(pair in texts[at] for pair in asked.tokens)
                    and scope.reaches(brand[at], 1 if at % 5 < 3 else None, 1 + at % 2)
                ]
                found = await walk(reader, asked, scope, [1, 2, 3], below=top, want=1000)
                assert [hit.id for hit in found.hits] == wanted
                assert found.reached == 0
                some = await walk(reader, asked, scope, [1, 2, 3], below=top, want=7)
                assert [hit.id for hit in some.hits] == wanted[:7]
                rest = await walk(reader, asked, scope, [1, 2, 3], below=some.reached, want=1000)
                assert [hit.id for hit in (*some.hits, *rest.hits)] == wanted
                even = Narrow("t.id % $8 = 0", [2])
                half = await walk(reader, asked, scope, [1, 2, 3], below=top, want=1000, narrow=even)
                assert [hit.id for hit in half.hits] == [at for at in wanted if at % 2 == 0]


@given(st.integers(1, 1 << 40))
def test_windows_leave_no_gap_and_are_few(top: int):
    edge, count = top, 0
    for window in windows(top):
        assert window.lower < edge
        if window.marks and "§f" in window.marks:
            assert window.marks.count("|") <= 1
        if window.marks:
            assert window.marks.count("|") < MOST_MARKS
        edge, count = window.lower, count + 1
    assert edge == 0
    assert count <= 10


def test_windows_begin_where_their_marks_do():
    for window in windows(3_000_000):
        if window.marks:
            width = FINE if "§f" in window.marks else COARSE
            first = int(window.marks.split("'")[1][2:])
            assert window.lower == first << width
    assert next(windows(PLAIN + 5)).lower == 5


@pytest.mark.parametrize(("text", "query", "shown"), [
    ("充值648元没到账", "没到账", "充值648元[没到账]"),
    ("Straße in ＧＰ", "strasse gp", "[Straße] in [ＧＰ]"),
    ("😀到账了😀到账", "到账", "😀[到账]了😀[到账]"),
    ("lag lagging flag", "lag", "[lag] [lagging] flag"),
    ("lag lagging flag", "lag ", "[lag] lagging flag"),
])
def test_hits_are_shown_where_they_stand(text, query, shown):
    parts = understand(query).fragment(text)
    assert "".join(f"[{part.text}]" if part.hit else part.text for part in parts) == shown


@given(st.text(max_size=300), st.text(max_size=20))
def test_a_fragment_is_a_piece_of_the_text(text: str, query: str):
    parts = understand(query).fragment(text)
    inner = "".join(part.text for part in parts).removeprefix("…").removesuffix("…")
    assert inner in text or not parts
    assert len(inner) <= AROUND + 1
    assert not parts or any(part.hit for part in parts)


@given(st.text(max_size=220))
def test_any_text_makes_a_query_or_none(query: str):
    asked = understand(query)
    assert bool(asked) == bool(asked.tsquery())
    assert "§" not in asked.tsquery()


async def _world(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("""
            INSERT INTO brands.brand (key, name) SELECT 'b' || g, '{}' FROM generate_series(1, 3) g;
            INSERT INTO staff.queue (key, name) SELECT 'q' || g, '{}' FROM generate_series(1, 2) g;
            INSERT INTO staff.person (login, name, password_hash) VALUES ('a', 'a', '');
            INSERT INTO players.player (name) VALUES ('p');
        """)


async def test_each_window_is_read_through_its_own_index(module_dsn):
    """A window of words by GIN and nothing else, the newest by the primary key; tickets one by one."""
    database = await a_busy_desk(module_dsn)
    try:
        async with database.transaction() as tx:
            await tx.execute("SET LOCAL session_replication_role = replica")
            await tx.execute("""
                INSERT INTO tickets.search (id, ticket_id, seq, at, words)
                SELECT g, 1 + g % 24000, 1, now(), format('''§f%s'' ''§c%s'' ''§b%s'' ''的'' ''w%s''', g >> 15, g >> 18,
                    1 + g % 3, g % 5000)::tsvector FROM generate_series(1, 60000) g
            """)
        async with database.reading() as reader:
            await reader.connection.execute("VACUUM ANALYZE tickets.search")
            await reader.connection.execute("SET enable_seqscan = off")
        for plain, query in ((True, "'的'"), (False, "('§f0' | '§f1') & 'w77'"), (False, "'§b1' & ('§c0') & 'w77'")):
            args = [query, 60000, 60000 - PLAIN if plain else 0, 60, [1, 2, 3], [1, 2], [1]]
            async for plan in plans(database, statement("true", plain=plain), args):
                used = {node.get("Index Name") for node in nodes(plan)} - {None}
                assert used == {"search_pkey" if plain else "search_words", "ticket_pkey"}, plan
                assert not [node for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
    finally:
        await database.close()
