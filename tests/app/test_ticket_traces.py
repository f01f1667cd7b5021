"""Whatever happens to a ticket is in the audit log: who, what, from what to what, in which request."""

import pytest

from playerdesk.app.ticket_traces import SILENT, action_of, kinds_below, trace_tickets, traced
from playerdesk.sla import set_default_targets
from playerdesk.tickets import TicketEvent
from tests.app.test_screen_state import TICKET, Doings

SEEN = (".viewed", ".downloaded")


async def all_of(desk, kind, object_id):
    while await trace_tickets(desk.database):
        pass
    await trace_tickets(desk.database)
    async with desk.database.reading() as reader:
        rows = await reader.fetch(
            "SELECT action, actor_kind, actor_id, before, after, request_id, ip, brand_id FROM audit.trace"
            " WHERE kind = $1 AND object_id = $2 ORDER BY at, id", kind, str(object_id),
        )
    return [dict(row) for row in rows]


@pytest.mark.parametrize(("event", "action"), [
    ("TicketReopened", "ticket.reopened"), ("MessagePosted", "message.posted"), ("ClockBreached", "clock.breached"),
])
def test_an_event_gives_its_action_its_name(event, action):
    assert action_of(event) == action


def test_every_event_of_a_ticket_is_traced_or_silent_on_purpose():
    names = {each.__name__ for each in kinds_below(TicketEvent)}
    assert names >= SILENT
    assert set(traced()) >= names - SILENT


async def test_who_did_what_to_a_ticket_from_what_to_what(desk, game):
    async with desk.database.transaction() as tx:
        await set_default_targets(tx)
    agent, colleague, player = await game.agent(), await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    done = Doings(game, player, agent, colleague, ticket)
    for what in TICKET:
        await getattr(done, what)()
    found = [each for each in await all_of(desk, "ticket", ticket) if not each["action"].endswith(SEEN)]
    by_action = {}
    for each in found:
        by_action.setdefault(each["action"], []).append(each)

    def one(action, place=0):
        row = by_action[action][place]
        return row["actor_kind"], row["actor_id"], row["before"], row["after"]

    opened = by_action["ticket.opened"][0]
    assert (opened["actor_kind"], opened["before"]) == ("player", None)
    assert opened["actor_id"] == by_action["message.posted"][0]["actor_id"]
    assert one("ticket.assigned") == (
        "staff", colleague.id, {"assigneeId": None}, {"assigneeId": colleague.id, "reason": "by_hand", "seq": 3},
    )
    changed = one("ticket.changed")
    assert changed[:2] == ("staff", colleague.id)
    assert (changed[2]["priority"], changed[3]["priority"]) == (2, 0)
    assert (changed[2]["category"] != game.category, changed[3]["category"]) == (True, game.category)
    queued = one("ticket.queued")
    assert queued[:2] == ("staff", colleague.id)
    assert (queued[2]["assigneeId"], queued[3]["assigneeId"]) == (colleague.id, None)
    assert one("ticket.resolved")[:2] == ("staff", colleague.id)
    assert (one("ticket.resolved")[2]["status"], one("ticket.resolved")[3]["status"]) == ("hold", "resolved")
    assert one("ticket.reopened")[:2] == ("staff", colleague.id)
    assert one("ticket.reopened", 1)[0] == "player"
    assert one("ticket.rated")[0] == "player"
    assert one("ticket.closed")[:2] == ("system", None)

    assert one("note.added")[:2] == ("staff", colleague.id)
    assert {each["brand_id"] for each in found} == {game.id}


async def test_the_request_is_that_of_each_caller_though_a_lane_writes_for_many(desk, game):
    agent, player = await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    answer = await agent.http.post(f"/tickets/{ticket}/notes", json={"body": "查过流水", "clientKey": "n"})
    taken = await agent.http.post(f"/tickets/{ticket}/take")
    traces = {each["action"]: each for each in await all_of(desk, "ticket", ticket)}
    assert traces["note.added"]["request_id"] == answer.headers["x-request-id"]
    assert traces["ticket.assigned"]["request_id"] == taken.headers["x-request-id"]
    assert traces["note.added"]["ip"] == "127.0.0.1"
    assert (len(traces["ticket.opened"]["request_id"]), traces["ticket.opened"]["ip"]) == (16, ""), "a player's address is not kept"


async def test_each_event_is_traced_once(desk, game):
    ticket = (await game.player().ask())["id"]
    assert len([each for each in await all_of(desk, "ticket", ticket) if each["action"] == "ticket.opened"]) == 1
    assert len([each for each in await all_of(desk, "ticket", ticket) if each["action"] == "ticket.opened"]) == 1
