"""A row of the grid for a branch of categories holds for all below it, the nearest first."""

from hypothesis import given
from hypothesis import strategies as st

from playerdesk.app.kinds import KINDS
from playerdesk.blueprints import Place, publish_body
from playerdesk.brands import brand_by_id
from playerdesk.forms.queries import forget_categories
from playerdesk.sla import queries
from playerdesk.sla.explaining import explain
from playerdesk.sla.rules import Facts, Policy, Target
from playerdesk.tickets import standings
from tests.given import a_brand, a_category
from tests.sla.given import a_ticket
from tests.sla.test_replanning import AT, levels

NODES = st.integers(1, 6)
maybe = st.none() | NODES
TARGETS = st.builds(
    Target, st.none() | st.integers(1, 2), st.sampled_from(["game", "mail"]), maybe, st.none() | st.sampled_from(["high", "none"]),
    st.integers(1, 99), st.just(None), st.just(None), st.just(0.5), st.just(1), st.integers(1, 10_000),
)


def plainly(targets, above, who):
    """The definition, in as many words: of the rows that fit, brand before every brand; then the one whose category is
    the ticket's own, or the nearest above it, before one for all; then the tier."""
    chain, node = [], who.category_id
    while node is not None and node not in chain:
        chain.append(node)
        node = above.get(node)
    for brand in (who.brand_id, None):
        for category in (*chain, None):
            for tier in (who.tier, None):
                for target in targets:
                    if (target.brand_id, target.channel, target.category_id, target.tier) == (brand, who.channel, category, tier):
                        return target
    return None


@given(
    st.lists(TARGETS, max_size=25, unique_by=lambda t: (t.brand_id, t.channel, t.category_id, t.tier)),
    st.dictionaries(NODES, NODES, max_size=6),
    st.builds(Facts, st.integers(1, 2), st.sampled_from(["game", "mail"]), maybe, st.sampled_from(["high", "none"])),
)
def test_the_nearest_row_decides_as_it_is_defined(targets, above, who):
    policy = Policy(targets, {}, above)
    wanted = plainly(targets, above, who)
    rows = policy.rows_for(who)
    assert (rows[0] if rows else None) == wanted
    assert policy.plan(who, "first") == (wanted.plan("first") if wanted else None)


async def publish(database, body, brand_id):
    async with database.transaction() as tx:
        brand = await brand_by_id(tx, brand_id)
        await publish_body(tx, KINDS, Place("service_level", brand.key, "standard"), body, None)


async def put_below(tx, child, parent):
    await tx.execute("UPDATE forms.category SET parent_id = $2 WHERE id = $1", child, parent)


async def test_a_branch_holds_for_everything_below_it_and_says_so(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        top, middle, leaf, other = [await a_category(tx, brand_id=brand) for _ in range(4)]
        await put_below(tx, middle, top)
        await put_below(tx, leaf, middle)
        await put_below(tx, other, top)
        keys = dict([tuple(row) for row in await tx.fetch("SELECT id, key FROM forms.category WHERE brand_id = $1", brand)])
        forget_categories(tx)
    await publish(database, levels(
        {"channel": "game", "first": 9000}, {"channel": "game", "category": keys[top], "first": 3600},
        {"channel": "game", "category": keys[middle], "first": 600},
    ), brand)
    seconds = {}
    for category in (top, middle, leaf, other, None):
        ticket = await a_ticket(database, AT, brand_id=brand, channel="game", live=False, category_id=category)
        async with database.reading() as reader:
            found = await explain(reader, (await standings(reader, [ticket]))[ticket], AT)
        seconds[category] = found.clocks[0].target_seconds
        if category == leaf:
            named = [row.category and row.category.zh for row in found.clocks[0].rows]
            assert [row.seconds for row in found.clocks[0].rows][:3] == [600, 3600, 9000], "every row that fits, the nearest first"
            assert named[0] is not None
    assert seconds == {top: 3600, middle: 600, leaf: 600, other: 3600, None: 9000}


async def test_what_was_merged_is_promised_what_it_became(database):
    async with database.transaction() as tx:
        brand = await a_brand(tx)
        old, new = await a_category(tx, brand_id=brand), await a_category(tx, brand_id=brand)
        keys = dict([tuple(row) for row in await tx.fetch("SELECT id, key FROM forms.category WHERE brand_id = $1", brand)])
        forget_categories(tx)
    await publish(database, levels({"channel": "game", "first": 9000}, {"channel": "game", "category": keys[new], "first": 600}), brand)
    async with database.transaction() as tx:
        await tx.execute("UPDATE forms.category SET retired_at = now() WHERE id = $1", old)
        await tx.execute("UPDATE forms.category SET aliases = ARRAY[$2] WHERE id = $1", new, keys[old])
        policy = await queries.fresh_policy(tx)
    plan = policy.plan(Facts(brand, "game", old, "none"), "first")
    assert plan is not None
    assert plan.target_seconds == 600
