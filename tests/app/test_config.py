"""The desk as text: out, wiped, in again and it is the same desk; a plan that changes nothing; all of it or nothing."""

import pytest

from playerdesk.app.config import PRESETS, carry_out, preset
from playerdesk.app.demo.seed import seed_demo
from playerdesk.app.kinds import KINDS
from playerdesk.app.wiring import WIRING
from playerdesk.blueprints import Place
from playerdesk.blueprints.moving import Misplanned, take_over, written
from playerdesk.blueprints.text import Document, read
from playerdesk.brands import brands
from playerdesk.kernel import Text, connect
from playerdesk.kernel.settings import Settings


@pytest.fixture
async def wiped(fresh_dsn):
    """A desk with nothing on it."""
    database = await connect(fresh_dsn, wiring=WIRING, size=2)
    yield database
    await database.close()


@pytest.fixture
async def full(module_dsn, tmp_path):
    """The demo desk."""
    await seed_demo(Settings(data_dir=tmp_path), module_dsn)
    database = await connect(module_dsn, wiring=WIRING, size=2)
    yield database
    await database.close()


async def text_of(database):
    database.memory.clear()
    async with database.transaction() as tx:
        return await written(tx, KINDS)


async def import_(database, text, **more):
    async with database.transaction() as tx:
        return await take_over(tx, KINDS, read(text, [kind.name for kind in KINDS]), None, **more)


async def test_out_wiped_and_in_again_it_is_the_same_desk(full, wiped):
    text = await text_of(full)
    plan = await import_(wiped, text)
    assert plan.misfits == []
    assert await text_of(wiped) == text
    again = await import_(wiped, text)
    assert (again.steps, again.same) == ([], len(read(text, [kind.name for kind in KINDS])))
    async with wiped.reading() as reader:
        assert await reader.value("SELECT count(*) FROM brands.signing_key") == 0, "secrets stay out"
        assert await reader.value("SELECT count(*) FROM staff.person") == 0, "people are invited"


async def test_a_plan_says_what_an_import_would_do_and_does_nothing(full):
    before = await text_of(full)
    text = before.replace("zh: 欢乐牌局", "zh: 欢乐牌局二", 1)
    assert text != before
    with pytest.raises(Misplanned) as planned:
        await import_(full, text, only_plan=True)
    full.memory.clear()
    (step,) = planned.value.plan.steps
    assert (step.what, step.place.kind) == ("change", "brand")
    assert [(each.place, each.after) for each in step.differences] == [("name.zh", "欢乐牌局二")]
    assert await text_of(full) == before
    await import_(full, text)
    assert await text_of(full) == text


async def test_all_of_it_or_nothing_and_every_misfit_is_told(full):
    before = await text_of(full)
    text = before + "team:\n  good:\n    name: {zh: 好, en: Good}\n  bad:\n    name: {zh: 坏, en: Bad}\n    parent: nowhere\n  worse:\n    size: 3\n"
    with pytest.raises(Misplanned) as planned:
        await import_(full, text)
    full.memory.clear()
    misfits = {each.place.key: (each.problems[0].place, each.line) for each in planned.value.plan.misfits}
    lines = text.splitlines()
    assert misfits == {"bad": ("parent", lines.index("  bad:") + 1), "worse": ("", lines.index("  worse:") + 1)}
    assert await text_of(full) == before


async def test_what_is_not_mentioned_stays_unless_pruned(full):
    text = await text_of(full)
    await import_(full, "playerdesk: 1\nqueue:\n  extra:\n    name: {zh: 额外, en: Extra}\n")
    assert (await import_(full, text)).steps == []
    assert "extra:" in await text_of(full)
    (step,) = (await import_(full, text, prune=True)).steps
    assert (step.what, step.place.key) == ("retire", "extra")
    assert await text_of(full) == text


@pytest.mark.parametrize("name", sorted(PRESETS))
async def test_a_preset_makes_a_brand_that_was_never_there(wiped, name):
    documents = preset(name, "newgame", Text("新的", "New"))
    planned = await carry_out(wiped, documents, None, prune=False, only_plan=True)
    assert (planned.misfits, len(planned.steps)) == ([], len(documents))
    assert (await wiped_brands(wiped)) == []
    assert (await carry_out(wiped, documents, None, prune=False, only_plan=False)).misfits == []
    assert (await wiped_brands(wiped)) == [("newgame", "新的")]
    assert (await carry_out(wiped, documents, None, prune=False, only_plan=False)).steps == [], "twice is the same as once"


async def wiped_brands(database):
    async with database.reading() as reader:
        return [(brand.key, brand.name.zh) for brand in await brands(reader)]


async def test_a_category_below_another_comes_after_it_whatever_their_keys(full, wiped):
    documents = read(await text_of(full), [kind.name for kind in KINDS])
    (other,) = [each for each in documents if (each.place.kind, each.place.key) == ("category", "other")]
    other.body["parent"] = "zz-top"
    top = Document(Place("category", other.place.brand_key, "zz-top"), {"name": {"zh": "顶", "en": "Top"}}, 0)
    async with wiped.transaction() as tx:
        assert (await take_over(tx, KINDS, [*documents, top], None)).misfits == []
    assert (await import_(wiped, await text_of(wiped))).steps == []


async def test_a_child_may_stand_before_its_parent(wiped):
    text = "playerdesk: 1\ndepartment:\n  a:\n    name: {zh: 子, en: Child}\n    parent: z\n  z:\n    name: {zh: 父, en: Parent}\n"
    assert [step.place.key for step in (await import_(wiped, text)).steps] == ["z", "a"]


async def test_a_ring_is_refused_at_its_place(wiped):
    text = "playerdesk: 1\ndepartment:\n" + "".join(
        f"  {one}:\n    name: {{zh: x, en: x}}\n    parent: {other}\n" for one, other in ("ab", "bc", "ca")
    )
    with pytest.raises(Misplanned) as planned:
        await import_(wiped, text)
    assert {each.problems[0].place for each in planned.value.plan.misfits} == {"parent"}
