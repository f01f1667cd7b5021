"""VIP managers: every high payer has one, evenly shared, never more than she can look after."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playerdesk.kernel import NotFound, Rejected
from playerdesk.players import assign_manager, hand_over_portfolio, manager_of, managers_load
from playerdesk.players.managers import find_managers_for_the_waiting
from playerdesk.players.rules import Orphan, Portfolio, share_out
from tests.given import an_agent
from tests.players.given import a_brand, a_purchase, a_refund, send, who

pytestmark = pytest.mark.anyio


async def given_managers(database, *, managers=2, **facts):
    async with database.transaction() as tx:
        return [await an_agent(tx, roles=("agent", "vip_manager"), **facts) for _ in range(managers)]


async def test_new_high_payers_are_shared_out_evenly(fresh):
    brand = await a_brand(fresh)
    managers = await given_managers(fresh)
    await send(fresh, brand, *(a_purchase(f"vip-{n}", f"p{n}", 300_000) for n in range(10)), a_purchase("x", "y", 100))
    async with fresh.reading() as reader:
        loads = {each.person_id: each.players for each in await managers_load(reader)}
        assert loads == dict.fromkeys(managers, 5)
        assert await manager_of(reader, (await who(fresh, brand, "x")).id) is None


async def test_whoever_found_no_room_gets_a_manager_later(fresh):
    brand = await a_brand(fresh)
    await send(fresh, brand, a_purchase("a", "p1", 300_000))
    assert (await who(fresh, brand, "a")).vip_manager_id is None
    [manager] = await given_managers(fresh, managers=1)
    await find_managers_for_the_waiting(fresh)
    assert (await who(fresh, brand, "a")).vip_manager_id == manager


async def test_who_spends_less_keeps_her_manager(fresh):
    brand = await a_brand(fresh)
    [manager] = await given_managers(fresh, managers=1)
    await send(fresh, brand, a_purchase("a", "p1", 300_000))
    await send(fresh, brand, a_refund("f1", "p1", 300_000))
    player = await who(fresh, brand, "a")
    assert (player.tier, player.vip_manager_id) == ("none", manager)


async def test_a_manager_of_another_game_is_not_asked(fresh):
    brand, other = await a_brand(fresh), await a_brand(fresh)
    await given_managers(fresh, managers=1, brand_ids=(other.id,))
    await send(fresh, brand, a_purchase("a", "p1", 300_000))
    assert (await who(fresh, brand, "a")).vip_manager_id is None


async def test_a_manager_is_chosen_by_hand_and_a_portfolio_handed_over(fresh):
    brand = await a_brand(fresh)
    one, two = await given_managers(fresh)
    await send(fresh, brand, *(a_purchase(f"v{n}", f"p{n}", 300_000) for n in range(4)))
    player = await who(fresh, brand, "v0")
    async with fresh.transaction() as tx:
        await assign_manager(tx, player.id, one)
        await assign_manager(tx, player.id, one)
        assert await manager_of(tx, player.id) == one
        await assign_manager(tx, player.id, None)
        assert await manager_of(tx, player.id) is None
        await assign_manager(tx, player.id, two)
        moved = await hand_over_portfolio(tx, two, one)
        assert await hand_over_portfolio(tx, one, one) == 0
        assert {each.person_id: each.players for each in await managers_load(tx)} == {one: 4, two: 0}
    assert moved >= 1


async def test_only_an_active_vip_manager_can_be_one(fresh):
    brand = await a_brand(fresh)
    await send(fresh, brand, a_purchase("a", "p1", 100))
    player = await who(fresh, brand, "a")
    async with fresh.transaction() as tx:
        agent = await an_agent(tx)
        with pytest.raises(Rejected, match="not_a_vip_manager"):
            await assign_manager(tx, player.id, agent)
        with pytest.raises(Rejected, match="not_a_vip_manager"):
            await hand_over_portfolio(tx, agent, 10**9)
        with pytest.raises(NotFound):
            await assign_manager(tx, 10**9, None)


@given(
    loads=st.lists(st.tuples(st.integers(0, 8), st.sampled_from([(), (1,), (2,), (1, 2)])), max_size=5),
    brands=st.lists(st.sampled_from([(1,), (2,), (1, 2)]), max_size=25),
)
def test_nobody_gets_too_many_nobody_a_stranger_and_nobody_waits_while_there_is_room(loads, brands):
    portfolios = [Portfolio(n, list(serves), players) for n, (players, serves) in enumerate(loads)]
    orphans = [Orphan(n, list(plays)) for n, plays in enumerate(brands)]
    given_to = share_out(orphans, portfolios, capacity=8)
    after = {each.person_id: each.players for each in portfolios}
    for orphan in orphans:
        manager = given_to.get(orphan.player_id)
        if manager is not None:
            assert not portfolios[manager].brand_ids or set(portfolios[manager].brand_ids) & set(orphan.brand_ids)
            after[manager] += 1
    assert all(after[each.person_id] <= max(8, each.players) for each in portfolios)
    for orphan in orphans:
        if orphan.player_id not in given_to:
            assert all(
                after[each.person_id] >= 8 for each in portfolios
                if not each.brand_ids or set(each.brand_ids) & set(orphan.brand_ids)
            )
