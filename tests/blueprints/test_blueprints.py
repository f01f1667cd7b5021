"""Drafted, checked, published, compared, taken back; two editors at once, and what was changed past all that."""

import asyncio

import pytest

from playerdesk.blueprints import (
    Kinds,
    Place,
    Unfit,
    adopt,
    blueprint,
    blueprints,
    change_draft,
    discard_draft,
    publish,
    publish_body,
    retire,
    take_back,
)
from playerdesk.kernel import Conflict, NotFound, Rejected
from tests.blueprints.conftest import Mottoes

pytestmark = pytest.mark.anyio

MOTTO = Mottoes()
KINDS = Kinds([MOTTO])
PLACE = Place("motto", "", "house")
SHE, HE = 1, 2


async def drafted(database, body, based_on=0, by=SHE):
    async with database.transaction() as tx:
        return await change_draft(tx, KINDS, PLACE, body, based_on, by)


async def published(database, body, note=""):
    async with database.transaction() as tx:
        return await publish_body(tx, KINDS, PLACE, body, SHE, note)


async def whole(database):
    async with database.reading() as reader:
        return await blueprint(reader, PLACE)


async def living(database):
    async with database.reading() as reader:
        return [each.body for each in await MOTTO.living(reader)]


async def test_a_draft_is_true_only_once_it_is_published(database):
    revision = await drafted(database, {"words": "快"})
    assert await living(database) == []
    async with database.transaction() as tx:
        assert await publish(tx, KINDS, PLACE, revision, SHE, "第一句") == 1
    assert await living(database) == [{"words": "快"}]
    found = await whole(database)
    assert (found.standing.drafted, found.standing.version, found.published) == (False, 1, {"words": "快"})
    assert [(each.version, each.note, each.published_by) for each in found.versions] == [(1, "第一句", SHE)]
    async with database.reading() as reader:
        traced = await reader.fetch("SELECT action, object_id, after->>'words', reason FROM audit.inbox")
    assert [tuple(each) for each in traced] == [("motto.published", "house", "快", "第一句")]


async def test_two_editors_are_told_of_each_other(database):
    revision = await drafted(database, {"words": "快"})
    await drafted(database, {"words": "好"}, revision, HE)
    with pytest.raises(Conflict) as refused:
        await drafted(database, {"words": "多"}, revision)
    assert (refused.value.code, refused.value.extra["changedBy"]) == ("blueprint_changed", HE)
    assert (await whole(database)).standing.body == {"words": "好"}


async def test_of_two_who_save_at_the_same_moment_one_wins(database):
    revision = await drafted(database, {"words": "快"})
    results = await asyncio.gather(
        *(drafted(database, {"words": str(n)}, revision, n) for n in range(4)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["Conflict", "Conflict", "Conflict", "int"]


async def test_what_is_wrong_is_said_with_its_place_and_nothing_is_published(database):
    revision = await drafted(database, {"words": ""})
    for body, place in (({"words": ""}, "words"), ({"words": 7}, "words"), ({"word": "x"}, "")):
        revision = await drafted(database, body, revision)
        async with database.transaction() as tx:
            with pytest.raises(Unfit) as refused:
                await publish(tx, KINDS, PLACE, revision, SHE)
        assert [each.place for each in refused.value.problems] == [place]
    assert await living(database) == []
    assert await published(database, {"words": "好吗?"}) == 1, "a warning hinders nobody"


async def test_one_click_back_is_a_version_of_its_own(database):
    await published(database, {"words": "快"})
    await published(database, {"words": "慢"})
    found = await whole(database)
    async with database.transaction() as tx:
        assert await take_back(tx, KINDS, PLACE, 1, found.standing.revision, SHE) == 3
    assert await living(database) == [{"words": "快"}]
    async with database.transaction() as tx:
        with pytest.raises(NotFound):
            await take_back(tx, KINDS, PLACE, 9, found.standing.revision + 1, SHE)


async def test_a_discarded_draft_leaves_what_is_published_and_one_never_published_leaves_nothing(database):
    revision = await drafted(database, {"words": "快"})
    async with database.transaction() as tx:
        await discard_draft(tx, PLACE, revision, SHE)
    assert await whole(database) is None
    await published(database, {"words": "快"})
    revision = await drafted(database, {"words": "慢"}, (await whole(database)).standing.revision)
    async with database.transaction() as tx:
        await discard_draft(tx, PLACE, revision, SHE)
    assert (await whole(database)).standing.body == {"words": "快"}


async def test_a_retired_one_is_gone_from_the_domain_and_comes_back_when_published_again(database):
    await published(database, {"words": "快"})
    async with database.transaction() as tx:
        await retire(tx, KINDS, PLACE, None, SHE)
    assert await living(database) == []
    assert (await whole(database)).standing.retired
    assert await published(database, {"words": "快"}) == 2
    assert not (await whole(database)).standing.retired


async def test_what_was_changed_past_the_documents_is_taken_over_as_a_version(database):
    await published(database, {"words": "快"})
    async with database.transaction() as tx:
        await tx.execute("UPDATE public.motto SET body = '{\"words\": \"慢\"}'")
        await tx.execute("INSERT INTO public.motto VALUES ('', 'other', '{\"words\": \"好\"}')")
        assert await adopt(tx, KINDS) == 2
        assert await adopt(tx, KINDS) == 0
    async with database.reading() as reader:
        found = await blueprints(reader, "motto")
    assert [(each.key, each.version, each.body) for each in found] == [("house", 2, {"words": "慢"}), ("other", 1, {"words": "好"})]
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM public.motto")
        await adopt(tx, KINDS)
        assert [each.retired for each in await blueprints(tx, "motto")] == [True, True]


@pytest.mark.parametrize("key", ["", "Big", "-x", "a b", "x" * 61, "中文"])
async def test_a_key_that_no_text_file_could_carry_is_refused(database, key):
    async with database.transaction() as tx:
        with pytest.raises(Rejected):
            await change_draft(tx, KINDS, Place("motto", "", key), {"words": "快"}, 0, SHE)


async def test_a_body_of_megabytes_is_refused(database):
    with pytest.raises(Rejected):
        await drafted(database, {"words": "快" * 400_000})


def test_kinds_come_after_those_they_mention_and_never_in_a_ring():
    def kind(name, *after):
        return type(name, (Mottoes,), {"name": name, "after": after})()

    assert [each.name for each in Kinds([kind("c", "b"), kind("b", "a"), kind("a")])] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="ring"):
        Kinds([kind("a", "b"), kind("b", "a")])


async def test_why_it_was_taken_out_of_use_stays_with_the_versions(database):
    await published(database, {"words": "快"})
    async with database.transaction() as tx:
        await retire(tx, KINDS, PLACE, None, HE, " 活动结束了 ")
    (version,) = (await whole(database)).versions
    assert (version.retire_note, version.retired_by, version.retired_at is not None) == ("活动结束了", HE, True)
    async with database.reading() as reader:
        assert await reader.value("SELECT reason FROM audit.inbox WHERE action = 'motto.retired'") == "活动结束了"
    await published(database, {"words": "慢"})
    assert [(each.version, each.retire_note) for each in (await whole(database)).versions] == [(2, ""), (1, "活动结束了")]
