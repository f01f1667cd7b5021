"""Tickets with processes under way are merged, and part again: nothing is lost, and what ends says why."""

import pytest

from playerdesk.kernel import now
from playerdesk.processes.starting import Word, hear, start_process
from playerdesk.tickets import timeline
from playerdesk.tickets.craft.merging import merge, unmerge
from tests.given import a_player, a_ticket, number
from tests.processes.given import at_steps, body, by, does, end, published, state_of, step

pytestmark = pytest.mark.anyio
HIGH = {"zh": "审核中", "en": "In review"}


def drawn(office):
    return body(
        step("review", "frozen", by=[by("department", office.middle)], stage=HIGH),
        step("frozen", "end", kind="wait", wait={"signal": "frozen"}), end(),
    )


async def two(tx, office):
    """Two tickets of one player: the one that goes on, and the one that is merged into it."""
    player = await a_player(tx)
    return [await a_ticket(tx, office.brand_id, player, now()) for _ in range(2)]


async def begin(tx, office, ticket, key, client_key="category"):
    return (await start_process(tx, ticket, key, office.people["fay"].id, client_key)).instance_id


async def lines(tx, ticket):
    return [
        (each.change["did"], each.change.get("ticket")) for each in await timeline(tx, ticket)
        if each.ticket_id == ticket and each.kind == "change" and each.change["what"] == "process"
    ]


async def where(tx, instance):
    return (
        await tx.value("SELECT ticket_id FROM processes.instance WHERE id = $1", instance),
        {row[0] for row in await tx.fetch("SELECT ticket_id FROM processes.task WHERE instance_id = $1", instance)},
    )


async def test_a_process_goes_on_with_the_surviving_ticket(database, office):
    async with database.transaction() as tx:
        stays, goes = await two(tx, office)
        instance = await begin(tx, office, goes, await published(tx, drawn(office)))
        # The same key began another process there, and is over.
        other = await begin(tx, office, stays, await published(tx, body(step("s", "end", by=[by("assignee")]), end())))
        await tx.execute("UPDATE processes.instance SET state = 'done' WHERE id = $1", other)
    async with database.transaction() as tx:
        await merge(tx, stays, [goes], office.people["fay"].id, now())
    async with database.transaction() as tx:
        assert await where(tx, instance) == (stays, {stays})
        assert ("joined", goes) in await lines(tx, stays)
        assert await tx.value("SELECT stage ->> 'zh' FROM tickets.ticket WHERE id = $1", stays) == "审核中"
        await does(tx, office, "mia", instance, "review")
        # The game knows only the ticket its player wrote.
        word = Word("frozen", "g1")
        await hear(tx, goes, word, None, now())
        await hear(tx, goes, word, None, now())
        assert await state_of(tx, instance) == "done"


async def test_of_two_of_the_same_process_one_goes_on_and_the_other_says_why_it_ended(database, office):
    async with database.transaction() as tx:
        stays, goes = await two(tx, office)
        key = await published(tx, drawn(office))
        first, second = await begin(tx, office, stays, key), await begin(tx, office, goes, key)
    async with database.transaction() as tx:
        await merge(tx, stays, [goes], office.people["fay"].id, now())
    async with database.transaction() as tx:
        assert (await state_of(tx, first), await state_of(tx, second)) == ("running", "stopped")
        reason, ended = (await tx.fetch("SELECT reason, ended_by FROM processes.instance WHERE id = $1", second))[0]
        assert f"#{stays}" in reason
        assert ended == office.people["fay"].id
        assert ("one_goes_on", goes) in await lines(tx, stays)
        assert await at_steps(tx, second) == []
    async with database.transaction() as tx:
        await unmerge(tx, goes, office.people["fay"].id, now())
    async with database.transaction() as tx:
        assert await state_of(tx, second) == "stopped", "what ended does not begin again by itself"
        assert ("not_begun_again", stays) in await lines(tx, goes), "and that is said where somebody would look for it"
        assert await at_steps(tx, first) == ["review"]


async def test_unmerged_the_process_comes_back_and_both_tickets_say_so(database, office):
    async with database.transaction() as tx:
        stays, goes = await two(tx, office)
        instance = await begin(tx, office, goes, await published(tx, drawn(office)))
    async with database.transaction() as tx:
        await merge(tx, stays, [goes], office.people["fay"].id, now())
        await does(tx, office, "mia", instance, "review")
    async with database.transaction() as tx:
        await unmerge(tx, goes, office.people["fay"].id, now())
    async with database.transaction() as tx:
        assert await where(tx, instance) == (goes, {goes})
        assert await at_steps(tx, instance) == ["frozen"], "what was done meanwhile is done"
        assert ("parted", goes) in await lines(tx, stays)
        assert ("came_back", stays) in await lines(tx, goes)


async def test_what_ended_meanwhile_stays_and_is_said(database, office):
    async with database.transaction() as tx:
        stays, goes = await two(tx, office)
        instance = await begin(tx, office, goes, await published(tx, drawn(office)))
        await merge(tx, stays, [goes], office.people["fay"].id, now())
        await does(tx, office, "mia", instance, "review")
        await hear(tx, stays, Word("frozen", "g1"), None, now())
    async with database.transaction() as tx:
        await unmerge(tx, goes, office.people["fay"].id, now())
        assert (await where(tx, instance))[0] == stays
        assert ("stays", stays) in await lines(tx, goes)


async def test_merged_on_and_on_it_comes_back_from_wherever_it_is(database, office):
    async with database.transaction() as tx:
        one, two_ = await two(tx, office)
        player = await tx.value("SELECT player_id FROM tickets.ticket WHERE id = $1", one)
        three = await a_ticket(tx, office.brand_id, player, now())
        instance = await begin(tx, office, one, await published(tx, drawn(office)), f"k{number()}")
        await merge(tx, two_, [one], office.people["fay"].id, now())
        await merge(tx, three, [two_], office.people["fay"].id, now())
        assert (await where(tx, instance))[0] == three
    async with database.transaction() as tx:
        await unmerge(tx, one, office.people["fay"].id, now())
        assert await where(tx, instance) == (one, {one})
        assert ("came_back", three) in await lines(tx, one)
