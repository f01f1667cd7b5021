"""The file of a list stands in the order of the list, and is one moment however long it is written."""

import json
from contextlib import aclosing

import pytest

from playerdesk.app.listing import BUILT_IN, WholeList
from playerdesk.app.searching import Question, asked_by
from playerdesk.staff.sessions import agent_of
from playerdesk.tickets import SORTS, walking
from playerdesk.tickets.exports import rows as export_rows
from playerdesk.tickets.exports.columns import sheet_of
from playerdesk.tickets.exports.rows import rows_of
from tests.app.desk import AGame, AnAgent, RunningDesk
from tests.app.test_exports import lines

OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}
CHOSEN = [name for name, sort in SORTS.items() if not sort.own]

# Few different moments and two brands: ties are decided by the number, and brands are merged.
_MIXED = """
    INSERT INTO tickets.ticket (brand_id, player_id, channel, subject, player_name, status, queue_id, assignee_id, priority,
        last_message_at, rank_at, waiting_since, due_at, resolved_at, created_at, snoozed_until, escalated_at)
    SELECT ($1::bigint[])[1 + g % 2], $2, 'game', '顺序' || g, 'p', s, $3,
        CASE WHEN g % 3 = 0 THEN $4::bigint END, g % 4, at, at + (g * 7 % 5) * interval '1 minute',
        CASE WHEN g % 4 > 1 THEN at END, CASE WHEN g % 5 > 1 THEN at + (g * 11 % 3) * interval '1 hour' END,
        CASE WHEN s = 'resolved' THEN at + interval '1 hour' END, at - (g * 13 % 4) * interval '1 hour',
        CASE WHEN s = 'hold' THEN at + (90 + g * 7 % 3) * interval '1 day' END, CASE WHEN g % 2 = 0 THEN at END
    FROM (SELECT g, timestamptz '2026-11-20 00:00Z' + (g * 7919 % 6) * interval '1 hour' AS at,
        CASE WHEN g % 5 = 0 THEN 'resolved' WHEN g % 5 < 3 THEN 'new' WHEN g % 5 = 3 THEN 'open' ELSE 'hold' END AS s
        FROM generate_series(1, 60) g) AS made
"""


@pytest.fixture
async def lead(desk: RunningDesk, game: AGame, other_game: AGame, monkeypatch) -> AnAgent:
    """Somebody who sees sixty tickets of two games; windows and batches are so small that a file takes several."""
    monkeypatch.setattr(walking, "_WINDOWS", ((5, "5"), (40, "40")))
    monkeypatch.setattr(export_rows, "BATCH", 7)
    lead = await game.agent(roles=("lead",), brand_ids=(game.id, other_game.id))
    ticket = await game.player().ask("顺序")
    async with desk.database.transaction() as tx:
        player, queue = (await tx.fetch("SELECT player_id, queue_id FROM tickets.ticket WHERE id = $1", ticket["id"]))[0]
        await tx.execute(_MIXED, [game.id, other_game.id], player, queue, lead.id)
    lead.queue = queue  # type: ignore[attr-defined]
    return lead


async def same(lead: AnAgent, **asked) -> list[int]:
    """The file has the rows of the list in their order; these are they."""
    listed, after = list[int](), None
    while True:
        more = {} if after is None else {"after": after}
        page = await lead.get("/tickets", limit=50, **asked, **more)
        listed += [row["id"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert [int(row[0]) for row in (await lines(lead, {"wholeList": asked}))[1:]] == listed
    return listed


@pytest.mark.parametrize("narrowed", [False, True], ids=["as it is", "narrowed"])
@pytest.mark.parametrize("view", sorted(BUILT_IN))
async def test_the_file_of_a_built_in_view_is_in_its_order(lead: AnAgent, view: str, narrowed: bool):
    asked = {"queue": lead.queue} if view == "queue" else {}  # type: ignore[attr-defined]
    if narrowed:
        asked["where"] = json.dumps({"field": "priority", "in": [0, 1, 2]})
    found = await same(lead, view=view, **asked)
    assert len(found) > 3
    assert found != sorted(found, reverse=True), "another order than before"


@pytest.mark.parametrize("sort", CHOSEN)
async def test_the_file_is_in_the_order_that_was_chosen(lead: AnAgent, sort: str):
    found = await same(lead, view="resolved" if sort == "resolved" else "open", sort=sort)
    assert len(found) > 5


@pytest.mark.parametrize(("sort", "descending"), [
    *[(sort, False) for sort in CHOSEN], *[(sort, True) for sort in CHOSEN if SORTS[sort].both_ways],
])
async def test_the_file_of_a_saved_view_is_in_its_order_and_direction(lead: AnAgent, sort: str, descending: bool):
    condition = {"field": "resolved", "is_empty": False} if sort == "resolved" else OPEN
    wish = {"name": "顺序", "condition": condition, "sort": sort, "descending": descending, "clientKey": "order"}
    view = await lead.post("/views", wish, 201)
    assert len(await same(lead, view="saved", saved=view["id"])) > 5


@pytest.mark.parametrize("sort", ["snoozed", "escalated", "nonsense"])
async def test_an_order_that_nobody_can_choose_is_refused(lead: AnAgent, sort: str):
    answer = await lead.http.get("/tickets", params={"view": "open", "sort": sort})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "bad_view")


async def test_what_changes_while_the_file_is_written_is_in_it_once_and_at_its_place(
    desk: RunningDesk, lead: AnAgent, game: AGame
):
    before = await same(lead, view="snoozed")
    assert len(before) > export_rows.BATCH
    async with desk.database.reading() as reader:
        agent = await agent_of(reader, lead.id)
        assert agent is not None
        asked = await asked_by(reader, agent, Question(whole_list=WholeList(view="snoozed")))
        sheet = await sheet_of(reader, ["id", "status"], "zh", "UTC", frozenset())
    got = []
    async with aclosing(rows_of(desk.database, sheet, asked.words, asked.scope, asked.narrow, asked.walk)) as batches:
        async for batch in batches:
            if batch and not got:
                # The first go to the end, the last to the front, and one wakes up.
                async with desk.database.transaction() as tx:
                    move = "UPDATE tickets.ticket SET snoozed_until = snoozed_until + $2 * interval '60 days' WHERE id = $1"
                    await tx.execute(move, before[0], 1)
                    await tx.execute(move, before[-1], -1)
                    await tx.execute("UPDATE tickets.ticket SET snoozed_until = NULL, status = 'open' WHERE id = $1", before[-2])
            got += [row[0] for row in batch]
    assert got == before
