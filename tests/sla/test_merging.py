"""Merged and un-merged, tickets stand as they stood: timeline, counters, clocks. Whatever was done before."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playerdesk.app.wiring import WIRING
from playerdesk.kernel import Conflict, Rejected, Wiring
from playerdesk.sla.jobs import ring_once
from playerdesk.tickets import Filter, change_ticket, detail, mark_read, page, resolve, timeline
from playerdesk.tickets.craft.merging import goes_on_in, merge, merged_into, unmerge
from playerdesk.tickets.craft.snoozing import snooze
from tests.given import NOON, a_brand, a_category, a_player, a_queue, a_ticket, an_agent, said

MARKS = {"merged", "merged_in", "unmerged", "unmerged_out"}


@pytest.fixture
def wiring() -> Wiring:
    return WIRING


class Stage:
    """A player with several tickets, and somebody who answers."""

    def __init__(self, database):
        self.database, self.at = database, NOON

    async def set_up(self, tickets):
        async with self.database.transaction() as tx:
            self.brand, self.queue = await a_brand(tx), await a_queue(tx)
            self.agent = await an_agent(tx, self.queue, state="offline")
            self.player = await a_player(tx)
            self.category = await a_category(tx, self.queue)
            self.tickets = [await a_ticket(tx, self.brand, self.player, category_id=self.category) for _ in range(tickets)]
        return self

    async def happens(self, ticket, what, minutes):
        self.at += timedelta(minutes=minutes)
        async with self.database.transaction() as tx:
            if what == "player":
                await said(tx, ticket, "player", self.player, "在吗", self.at)
            elif what == "staff":
                await said(tx, ticket, "staff", self.agent, "您好", self.at)
            elif what in ("open", "pending", "hold"):
                await change_ticket(tx, ticket, self.agent, self.at, status=what)
            elif what == "urgent":
                await change_ticket(tx, ticket, self.agent, self.at, priority=0)
            elif what == "snooze":
                await snooze(tx, ticket, self.at + timedelta(days=30), self.agent, self.at)
            elif what == "ring":
                while await ring_once(tx, self.at):
                    pass
            elif what == "read":
                await mark_read(tx, ticket, "staff", 99, self.at)
            elif what == "resolve":
                await resolve(tx, ticket, self.agent, "好了", self.at)

    async def join(self, *sources, into):
        self.at += timedelta(minutes=1)
        async with self.database.transaction() as tx:
            await merge(tx, into, sources, self.agent, self.at)

    async def part(self, source):
        self.at += timedelta(minutes=1)
        async with self.database.transaction() as tx:
            return await unmerge(tx, source, self.agent, self.at)

    async def picture(self):
        """Everything that is to be as it was; what merging leaves for good is its marks in the timeline."""
        found = {}
        async with self.database.reading() as reader:
            for ticket in self.tickets:
                row = await detail(reader, ticket)
                shown = {name: getattr(row, name) for name in row.__struct_fields__}
                for name in ("seq", "public_count", "updated_at"):
                    del shown[name]
                entries = [
                    (e.kind, e.author, e.body, e.change, e.created_at) for e in await timeline(reader, ticket)
                    if (e.change or {}).get("what") not in MARKS
                ]
                clocks = [tuple(r) for r in await reader.fetch(
                    "SELECT * FROM sla.clock WHERE ticket_id = $1 ORDER BY kind", ticket)]
                found[ticket] = (shown, entries, clocks)
            counted = await reader.fetch(
                "SELECT queue_id, status, tier, assigned, sum(n) FROM tickets.tally WHERE queue_id IN (0, $1)"
                " GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0 ORDER BY 1, 2, 3, 4", self.queue)
            found["counters"] = [tuple(row) for row in counted]
            for ticket in self.tickets:
                numbers = [r[0] for r in await reader.fetch(
                    "SELECT number FROM tickets.message WHERE ticket_id = $1 AND number IS NOT NULL ORDER BY seq", ticket)]
                assert numbers == list(range(1, len(numbers) + 1)), "the player's numbers have no gap"
        return found

    async def row(self, ticket):
        async with self.database.reading() as reader:
            return await detail(reader, ticket)

    async def clocks(self, ticket):
        async with self.database.reading() as reader:
            return {r[0]: (r[1], r[2]) for r in await reader.fetch(
                "SELECT kind, state, due_at FROM sla.clock WHERE ticket_id = $1", ticket)}


PAST = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(["player", "staff", "pending", "hold", "open", "urgent", "snooze", "ring", "read"]),
        st.integers(1, 600),
    ),
    max_size=7,
)


@settings(max_examples=25)
@given(past=PAST, over=st.booleans(), both=st.booleans(), backwards=st.booleans(), later=st.integers(0, 5000))
async def test_merged_and_unmerged_everything_is_as_before(database, past, over, both, backwards, later):
    stage = await Stage(database).set_up(3)
    for which, what, minutes in past:
        await stage.happens(stage.tickets[which], what, minutes)
    if over:
        await stage.happens(stage.tickets[0], "resolve", 1)
    # A clock that is late by now is late with or without a merge.
    await stage.happens(stage.tickets[0], "ring", 1)
    before = await stage.picture()
    sources, into = stage.tickets[: 1 + both], stage.tickets[2]
    await stage.join(*sources, into=into)
    assert {(await stage.row(each)).status for each in sources} == {"closed"}
    stage.at += timedelta(minutes=later)
    for source in reversed(sources) if backwards else sources:
        assert await stage.part(source) == into
    assert await stage.picture() == before


async def test_the_target_waits_as_long_and_is_due_as_soon_as_what_it_took_over(database):
    stage = await Stage(database).set_up(2)
    source, target = stage.tickets
    await stage.happens(source, "urgent", 1)
    await stage.happens(target, "staff", 2)
    before = await stage.row(source)
    assert (await stage.row(target)).due_at is None, "its turn is the player's"
    await stage.join(source, into=target)
    joined = await stage.row(target)
    assert (joined.status, joined.waiting_since, joined.priority) == ("open", NOON, 0)
    assert (joined.due_at, joined.staff_unread) == (before.due_at, 1)
    assert (await stage.clocks(target))["next"] == ("running", before.due_at)
    left = await stage.row(source)
    assert (left.status, left.due_at, left.waiting_since, left.merged_into_id) == ("closed", None, None, target)
    assert {state for state, _ in (await stage.clocks(source)).values()} == {"void"}
    await stage.happens(target, "staff", 1)
    assert (await stage.clocks(target))["next"][0] == "met"


async def test_what_was_said_since_stays_where_it_was_said(database):
    stage = await Stage(database).set_up(2)
    source, target = stage.tickets
    await stage.happens(target, "staff", 1)
    await stage.join(source, into=target)
    await stage.happens(target, "player", 5)
    wrote = stage.at
    await stage.part(source)
    kept, back = await stage.row(target), await stage.row(source)
    assert (kept.status, kept.waiting_since, kept.staff_unread) == ("open", wrote, 1)
    assert (back.status, back.waiting_since, back.staff_unread) == ("new", NOON, 1)
    assert (await stage.clocks(target))["next"][0] == "running"


async def test_answered_in_one_it_is_not_asked_for_again_in_the_target(database):
    stage = await Stage(database).set_up(2)
    source, target = stage.tickets
    await stage.join(source, into=target)
    await stage.happens(target, "staff", 5)
    await stage.part(source)
    kept = await stage.row(target)
    assert (kept.status, kept.waiting_since, kept.staff_unread) == ("pending", None, 0)


async def test_merged_twice_is_merged_once_and_chains_end_in_the_last(database):
    stage = await Stage(database).set_up(3)
    one, two, three = stage.tickets
    await stage.join(one, into=two)
    seq = (await stage.row(two)).seq
    await stage.join(one, into=two)
    assert (await stage.row(two)).seq == seq
    await stage.join(two, into=three)
    async with database.reading() as reader:
        assert await goes_on_in(reader, one) == three
        assert await merged_into(reader, three) == [one, two]
        assert await goes_on_in(reader, three) is None
    with pytest.raises(Conflict, match="merged_away"):
        await stage.join(one, into=three)
    await stage.part(two)
    async with database.reading() as reader:
        assert await goes_on_in(reader, one) == two


async def test_what_cannot_be_one_is_refused_in_words(database):
    stage, other = await Stage(database).set_up(2), await Stage(database).set_up(1)
    source, target = stage.tickets
    with pytest.raises(Rejected, match="merge_with_itself"):
        await stage.join(target, into=target)
    with pytest.raises(Conflict, match="other_player"):
        await stage.join(other.tickets[0], into=target)
    with pytest.raises(Conflict, match="not_merged"):
        await stage.part(source)
    async with database.transaction() as tx:
        await an_agent(tx, stage.queue)
        chat = await a_ticket(tx, stage.brand, stage.player, live=True, category_id=stage.category)
    with pytest.raises(Conflict, match="live_chat"):
        await stage.join(chat, into=target)
    await stage.happens(target, "resolve", 1)
    with pytest.raises(Conflict, match="target_over"):
        await stage.join(source, into=target)
    assert (await stage.row(source)).status == "new"


async def test_a_merged_ticket_is_no_longer_in_the_queue(database):
    stage = await Stage(database).set_up(2)
    source, target = stage.tickets
    await stage.join(source, into=target)
    async with database.reading() as reader:
        narrow = Filter(brand_ids=[stage.brand], person_id=stage.agent)
        waiting = [msgspec.json.decode(row)["id"] for row in (await page(reader, "unassigned", narrow, None, 50)).rows]
    assert waiting == [target]
