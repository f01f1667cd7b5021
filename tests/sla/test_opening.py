"""A ticket is written with its first target in it, and what the opener is shown is what is stored."""

import pytest

from playerdesk.app.wiring import WIRING
from playerdesk.kernel import Reactions, Wiring, connect
from playerdesk.sla import reactions as sla
from playerdesk.sla import set_default_targets, set_target
from playerdesk.sla.rules import Target
from playerdesk.tickets import FirstTarget, WhatIsDue, Writers, detail, open_tickets
from tests.given import a_brand, a_category, a_player, a_question, a_queue, an_agent
from tests.sla.given import T0, events, later

# A ticket that was written to again would be newer than its message, which came with it.
ONCE = """
    SELECT t.cmin = m.cmin FROM tickets.ticket t JOIN tickets.message m ON m.ticket_id = t.id WHERE t.id = $1
"""


@pytest.fixture
async def desk(dsn):
    """With every reaction there is."""
    desk = await connect(dsn, wiring=WIRING, size=8, batches=2)
    async with desk.transaction() as tx:
        await set_default_targets(tx)
    yield desk
    await desk.close()


async def stored(database, ticket_id):
    async with database.reading() as reader:
        return await detail(reader, ticket_id)


@pytest.mark.parametrize("tier", ["high", "mid", "low", "none"])
async def test_a_ticket_is_written_once_with_the_target_of_its_tier(database, tier):
    async with database.transaction() as tx:
        brand, player = await a_brand(tx), await a_player(tx, tier=tier)
        category = await a_category(tx, brand_id=brand)
        for each, seconds in (("high", 60), ("mid", 600), ("low", 6000)):
            await set_target(tx, Target(brand, "game", category, each, seconds, None, 9000, 0.5, 1))
        await set_target(tx, Target(brand, "game", category, None, None, None, 9000, 0.5, 1))
        question = a_question(brand, player, channel="game", live=False, category_id=category)
        (opened,) = await open_tickets(tx, [question], T0)
        once = await tx.value(ONCE, opened.ticket_id)
    due, kind = {"high": (60, "first"), "mid": (600, "first"), "low": (6000, "first"), "none": (9000, "resolution")}[tier]
    shown = await stored(database, opened.ticket_id)
    assert (shown.due_at, shown.due_kind, shown.warn_at) == (later(due), kind, later(due / 2))
    assert opened.shown == shown
    assert once
    (said,) = await events(database, "TicketOpened", opened.ticket_id)
    assert said["firstTarget"]["dueKind"] == kind


async def test_where_nothing_is_promised_nothing_is_due(database):
    async with database.transaction() as tx:
        brand, player = await a_brand(tx), await a_player(tx)
        (opened,) = await open_tickets(tx, [a_question(brand, player, channel="letter", live=False)], T0)
    assert (opened.shown.due_at, opened.shown.due_kind, opened.shown.warn_at) == (None, None, None)
    assert opened.shown == await stored(database, opened.ticket_id)


async def test_targets_that_change_between_the_question_and_the_ticket_are_put_right(dsn):
    early = Reactions("early")

    @early.answering(WhatIsDue)
    async def answer(_tx, questions):
        return [{"none": FirstTarget(later(1), "first", later(0.5))} for _ in questions]

    database = await connect(dsn, wiring=Wiring(sla.reactions, early), size=4)
    async with database.transaction() as tx:
        await set_default_targets(tx)
        brand, player = await a_brand(tx), await a_player(tx)
    opened, shown = await Writers(database).open_and_show(a_question(brand, player, live=True))
    assert shown == await stored(database, opened.ticket_id)
    assert (shown.due_at - shown.created_at).total_seconds() == 30
    assert shown.due_kind == "first"
    await database.close()


async def test_whoever_asks_is_shown_what_is_stored_wherever_the_ticket_went(desk):
    async with desk.transaction() as tx:
        brand = await a_brand(tx)
        queue, empty = await a_queue(tx, brand_id=brand), await a_queue(tx, brand_id=brand)
        manager = await an_agent(tx, queue)
        players = [await a_player(tx, tier=tier) for tier in ("none", "high", "mid")]
        await tx.execute("UPDATE players.player SET vip_manager_id = $2 WHERE id = $1", players[1], manager)
        served, deserted = await a_category(tx, queue, brand_id=brand), await a_category(tx, empty, brand_id=brand)
    questions = [
        a_question(brand, player, channel=channel, live=live, category_id=category)
        for player in players for channel, live in (("game", False), ("chat", True))
        for category in (served, deserted, None)
    ]
    writers = Writers(desk)
    shown = [await writers.open_and_show(question) for question in questions]
    shown += [await writers.open_and_show(questions[0])]
    assert [ticket for _, ticket in shown] == [await stored(desk, opened.ticket_id) for opened, _ in shown]
    assert {ticket.assignee_id for _, ticket in shown} == {None, manager}  # some went to somebody, some nowhere
    assert {ticket.live for _, ticket in shown} == {True, False}
    assert shown[-1][0].again
