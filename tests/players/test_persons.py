"""One person of several accounts: nothing is moved, so everything comes back, in whatever order merges are taken back."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.kernel import Conflict, now
from playerdesk.players import Choice, assign_manager, card, merge, person_of, player_by_account, take_in, unmerge
from playerdesk.players.finding import pairs
from playerdesk.players.persons import Edge, heads, managers, source
from tests.given import an_agent
from tests.players.given import a_brand, a_character, a_player, a_purchase, ago, send, who

pytestmark = pytest.mark.anyio
ACCOUNTS = ("a", "b", "c", "d")


def test_heads_follow_the_edges_whatever_their_order():
    edges = [Edge(1, 2, 1, False, False), Edge(2, 3, 2, True, False)]
    assert heads([1, 2, 3, 4], edges) == heads([1, 2, 3, 4], edges[::-1]) == {1: 3, 2: 3, 3: 3, 4: 4}
    assert (source(3, edges, "manager"), source(3, edges, "preferences")) == (2, 3)
    assert managers([1, 2, 3, 4], edges, {1: 11, 2: 12, 3: 13, 4: None}) == {1: 12, 2: 12, 3: 12, 4: None}


async def snapshot(database, ids):
    """What belongs to each account and what follows from it, in the order asked; not the history, which is a trail."""
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.fetch(
            """
            SELECT p.id, p.merged_into, p.name, p.tier, p.spent_30d_minor, p.spent_90d_minor, p.spent_total_minor,
                p.last_purchase_at, p.vip_manager_id,
                (SELECT count(*) FROM players.identity i WHERE i.player_id = p.id),
                (SELECT count(*) FROM players.character c WHERE c.player_id = p.id),
                (SELECT count(*) FROM players.purchase b WHERE b.player_id = p.id)
            FROM players.player p WHERE p.id = ANY($1::bigint[]) ORDER BY array_position($1::bigint[], p.id)
            """, ids)]


# Each is drawn before the test begins: what is drawn inside of one ends the task that all tests of this loop run in.
@settings(max_examples=20)
@given(
    first=st.fixed_dictionaries({each: st.sampled_from([0, 500, 40_000, 250_000]) for each in ACCOUNTS}),
    tries=st.lists(st.tuples(st.permutations(range(len(ACCOUNTS))), st.booleans(), st.booleans()), min_size=1, max_size=4),
    back=st.permutations(range(4)),
    later=st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from([300, 30_000, 200_000])), max_size=5),
)
async def test_merges_and_new_purchases_then_unmerges_in_any_order_lose_nothing(database, first, tries, back, later):
    """Two desks with the same purchases, one of which merged and unmerged in between, end alike."""
    brand, twin = await a_brand(database), await a_brand(database)
    async with database.transaction() as tx:
        managers_ = [await an_agent(tx, roles=("agent", "vip_manager")) for _ in range(3)]
    ids = {}
    for game in (brand, twin):
        await send(database, game, *[a_player(each) for each in ACCOUNTS], *[a_character(each, f"r{each}") for each in ACCOUNTS],
                   *[a_purchase(each, f"p{each}", minor) for each, minor in first.items() if minor])
        ids[game.id] = [(await who(database, game, each)).id for each in ACCOUNTS]
        async with database.transaction() as tx:
            for place, player in enumerate(ids[game.id]):
                await assign_manager(tx, player, managers_[place % 3])
    merges = []
    for order, *chosen in tries:
        kept, merged = (ids[brand.id][place] for place in order[:2])
        try:
            async with database.transaction() as tx:
                choice = Choice(*chosen)
                merges.append(await merge(tx, kept, merged, managers_[0], "同一个人", choice))
        except Conflict:
            pass
    await send(database, brand, *[a_purchase(each, f"n{i}", minor, at=ago(hours=1)) for i, (each, minor) in enumerate(later)])
    together = await snapshot(database, ids[brand.id])
    for row in together:
        # Everybody of one person has the tier, spend and manager of all.
        head = next(each for each in together if each[0] == (row[1] or row[0]))
        assert row[3:9] == head[3:9]
    for one in (merges[place] for place in back if place < len(merges)):
        async with database.transaction() as tx:
            await unmerge(tx, one, managers_[0], "弄错了")
    await send(database, twin, *[a_purchase(each, f"n{i}", minor, at=ago(hours=1)) for i, (each, minor) in enumerate(later)])
    assert [row[1:] for row in await snapshot(database, ids[brand.id])] == [row[1:] for row in await snapshot(database, ids[twin.id])]


async def test_the_spend_and_tier_of_one_person_are_those_of_all_her_accounts(database, brand):
    await send(database, brand, a_player("a"), a_player("b"), a_purchase("a", "p1", 150_000), a_purchase("b", "p2", 60_000))
    a, b = await who(database, brand, "a"), await who(database, brand, "b")
    async with database.transaction() as tx:
        number = await merge(tx, a.id, b.id, None, "同一个人", Choice(), rule="wechat")
    assert ((await who(database, brand, "a")).tier, (await who(database, brand, "b")).tier) == ("high", "high")
    async with database.reading() as reader:
        assert await person_of(reader, b.id) == [a.id, b.id]
        shown = await card(reader, b.id)
        assert (shown.id, shown.spent90d_minor, len(shown.purchases), len(shown.identities)) == (a.id, 210_000, 2, 2)
        assert [(each.id, each.merge_id, each.rule) for each in shown.accounts] == [(a.id, None, ""), (b.id, number, "wechat")]
        traces = await reader.fetch("SELECT action, reason FROM audit.trace WHERE object_id = $1", str(a.id))
    assert [tuple(each) for each in traces] == [("player.merged", "同一个人")]


async def test_a_manager_given_while_merged_stays_with_the_account_whose_manager_counted(database, brand):
    await send(database, brand, a_player("a"), a_player("b"))
    a, b = await who(database, brand, "a"), await who(database, brand, "b")
    async with database.transaction() as tx:
        one, two, three = [await an_agent(tx, roles=("agent", "vip_manager")) for _ in range(3)]
        await assign_manager(tx, a.id, one)
        await assign_manager(tx, b.id, two)
        number = await merge(tx, a.id, b.id, one, "同一个人", Choice(manager_from_merged=True))
    assert (await who(database, brand, "a")).vip_manager_id == two
    async with database.transaction() as tx:
        await assign_manager(tx, b.id, three)
    assert (await who(database, brand, "a")).vip_manager_id == three
    async with database.transaction() as tx:
        await unmerge(tx, number, one, "弄错了")
    assert ((await who(database, brand, "a")).vip_manager_id, (await who(database, brand, "b")).vip_manager_id) == (one, three)
    with pytest.raises(Conflict):
        async with database.transaction() as tx:
            await unmerge(tx, number, one, "再来一次")


async def test_who_is_merged_already_is_not_merged_again(database, brand):
    await send(database, brand, a_player("a"), a_player("b"))
    a, b = await who(database, brand, "a"), await who(database, brand, "b")
    async with database.transaction() as tx:
        await merge(tx, a.id, b.id, None, "x", Choice())
    for pair in ((a.id, b.id), (b.id, a.id), (a.id, a.id)):
        with pytest.raises(Conflict):
            async with database.transaction() as tx:
                await merge(tx, *pair, None, "x", Choice())


def a_contact(account, value, kind="phone", *, verified=True):
    return {"type": "contact", "account": account, "kind": kind, "value": value, "verified": verified, "at": ago(hours=2)}


async def proposed(database, brand, *accounts):
    ids = [(await who(database, brand, each)).id for each in accounts]
    async with database.reading() as reader:
        return [tuple(row) for row in await reader.fetch(
            "SELECT kind, state FROM players.merge_proposal WHERE low_id = ANY($1::bigint[]) AND high_id = ANY($1)", ids
        )]


async def test_the_same_verified_phone_is_proposed_and_nothing_is_merged_by_itself(database, brand):
    await send(database, brand, a_contact("a", "138 1234 8000"), a_contact("b", "+86 13812348000"), a_contact("c", "13812348000", verified=False))
    assert await proposed(database, brand, "a", "b", "c") == [("phone", "open")]
    assert (await who(database, brand, "a")).id != (await who(database, brand, "b")).id
    async with database.reading() as reader:
        assert len(await person_of(reader, (await who(database, brand, "a")).id)) == 1
    # Sent again in another order, nothing is proposed twice.
    await send(database, brand, a_contact("b", "13812348000"), a_contact("a", "13812348000"))
    assert await proposed(database, brand, "a", "b") == [("phone", "open")]


async def test_the_same_verified_wechat_in_two_games_that_allow_it_is_one_person_until_somebody_says_no(database):
    one, other = await a_brand(database), await a_brand(database)
    async with database.transaction() as tx:
        person = await an_agent(tx)
        await tx.execute("INSERT INTO players.block_setting (brand_id, auto_merge) VALUES ($1, true), ($2, true)", one.id, other.id)
    unionid = f"o-{one.key}"
    await send(database, one, a_contact("a", unionid, "wechat"))
    await send(database, other, a_contact("b", unionid, "wechat"))
    a = await who(database, one, "a")
    async with database.reading() as reader:
        b = await player_by_account(reader, other.key, "b")
        assert await person_of(reader, b.id) == [a.id, b.id]
        number = await reader.value("SELECT id FROM players.merge WHERE merged_id = $1", b.id)
    async with database.transaction() as tx:
        await unmerge(tx, number, person, "借用了朋友的微信")
        later = {**a_contact("b", unionid, "wechat"), "at": (now() - timedelta(minutes=1)).isoformat()}
        await take_in(tx, other, [later])
    async with database.reading() as reader:
        assert await person_of(reader, b.id) == [b.id]


async def test_a_studio_s_phone_makes_no_proposals(database, brand):
    await send(database, brand, *[a_contact(f"s{n}", "13900001111") for n in range(8)])
    found = await proposed(database, brand, *[f"s{n}" for n in range(8)])
    assert found == []


async def test_what_others_have_to_decide_hides_nothing_of_ones_own(database, brand):
    await send(database, brand, a_contact("p", "13700002222"), a_contact("q", "13700002222"))
    mine = sorted([(await who(database, brand, each)).id for each in "pq"])
    foreign = await a_brand(database)
    await send(database, foreign, *[a_player(f"f{n}") for n in range(16)])
    async with database.transaction() as tx:
        # A hundred and twenty pairs of another game, all of them newer.
        await tx.execute(
            "INSERT INTO players.merge_proposal (low_id, high_id, kind, at) SELECT a.player_id, b.player_id, 'phone', now() + interval '1 h'"
            " FROM players.identity a JOIN players.identity b ON b.player_id > a.player_id AND b.issuer = a.issuer WHERE a.issuer = $1",
            foreign.key,
        )
    async with database.reading() as reader:
        found = await pairs(reader, [brand.id])
        assert [(pair.low.id, pair.high.id, pair.kind) for pair in found] == [(*mine, "phone")]
        assert len(await pairs(reader, [brand.id, foreign.id])) == 100
