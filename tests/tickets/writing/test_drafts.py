"""Drafts follow a person over devices: the newest wins only from the newest version, and nothing written is lost."""

import asyncio

import pytest

from playerdesk.kernel import Conflict, Rejected, now
from playerdesk.kernel.files_links import use_key
from playerdesk.tickets import used_files
from playerdesk.tickets.writing.drafts import draft, drafts_of, drop_draft, keep_draft


async def keep(database, desk, ticket, body, base=0, kind="reply", files=()):
    async with database.transaction() as tx:
        return await keep_draft(tx, ticket, desk.agent_id, kind, body, list(files), base, now())


async def test_two_devices_write_and_the_one_with_the_old_version_is_told(database, desk, ticket):
    first = await keep(database, desk, ticket, "您好")
    second = await keep(database, desk, ticket, "您好，已", first.version)
    assert second.version > first.version
    with pytest.raises(Conflict) as refused:
        await keep(database, desk, ticket, "别的", first.version)
    assert refused.value.extra["draft"].body == "您好，已"
    kept = await keep(database, desk, ticket, "别的", refused.value.extra["draft"].version)
    assert kept.body == "别的"
    assert await keep(database, desk, ticket, "别的", 1) == kept, "the same text again is no quarrel"


async def test_a_text_that_was_sent_or_cleared_elsewhere_is_not_taken_for_the_old_one(database, desk, ticket):
    first = await keep(database, desk, ticket, "您好")
    assert await keep(database, desk, ticket, "  ", first.version) is None
    with pytest.raises(Conflict) as refused:
        await keep(database, desk, ticket, "您好，", first.version)
    assert refused.value.extra["draft"] is None
    again = await keep(database, desk, ticket, "新的")
    assert again.version > first.version, "a version is never used twice"
    with pytest.raises(Conflict):
        await keep(database, desk, ticket, "", first.version)


async def test_sending_drops_the_draft_unless_it_was_written_on(database, desk, ticket):
    first = await keep(database, desk, ticket, "您好")
    note = await keep(database, desk, ticket, "备注", kind="note")
    later = await keep(database, desk, ticket, "您好，还有", first.version)
    async with database.transaction() as tx:
        await drop_draft(tx, ticket, desk.agent_id, "reply", first.version)
        assert (await draft(tx, ticket, desk.agent_id, "reply")).version == later.version
        await drop_draft(tx, ticket, desk.agent_id, "reply", later.version)
        assert [each.version for each in await drafts_of(tx, desk.agent_id)] == [note.version]


async def test_both_devices_begin_at_the_same_moment_one_is_told(database, desk, ticket):
    results = await asyncio.gather(
        *(keep(database, desk, ticket, f"文字 {n}") for n in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, Conflict) for each in results) == 5


async def test_a_file_in_a_draft_is_not_swept_and_a_flood_is_not_kept(database, desk, ticket):
    use_key(b"k" * 32)
    file = {"id": "f" * 32, "name": "a.txt", "mediaType": "text/plain", "size": 3, "width": None, "height": None}
    await keep(database, desk, ticket, "", files=[file])
    async with database.reading() as reader:
        assert await used_files(reader, ["f" * 32, "e" * 32]) == {"f" * 32}
    with pytest.raises(Rejected):
        await keep(database, desk, ticket, "字" * 20_001)
