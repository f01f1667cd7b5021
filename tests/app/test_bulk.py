"""Many tickets changed at once: looked at before, done once, taken back where nobody has touched them since."""

import json

import pytest

from playerdesk.kernel import Database, connect
from playerdesk.kernel.database import CONNECTION_LOST
from playerdesk.tickets.bulk import actions
from playerdesk.tickets.bulk.actions import go_on
from tests.given import number

OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}


async def run(desk):
    for _ in range(20):
        await go_on(desk.database)


def key():
    return f"b{number()}"


async def asked(game, count):
    player = game.player()
    return [(await player.ask(body=f"问题{n}"))["id"] for n in range(count)]


async def row(agent, ticket):
    return (await agent.get(f"/tickets/{ticket}"))["ticket"]


FACTS = ("status", "priority", "categoryId", "queueId", "assigneeId", "waitingSince", "rankAt", "resolvedAt", "solution")


async def facts(agent, tickets):
    return {ticket: {name: (await row(agent, ticket))[name] for name in FACTS} for ticket in tickets}


async def test_the_preview_says_what_changes_and_what_is_skipped_and_why(game, other_game):
    agent = await game.agent(brand_ids=(game.id,))
    tickets = await asked(game, 4)
    (foreign,) = await asked(other_game, 1)
    await agent.post(f"/tickets/{tickets[0]}/resolve", {"solution": "好"})
    await agent.http.patch(f"/tickets/{tickets[1]}", json={"priority": 0})
    wish = {"ticketIds": [*tickets, foreign, tickets[0]], "changes": {"priority": 0, "assigneeId": agent.id}}
    seen = await agent.post("/bulk/preview", wish, 200)
    assert (seen["total"], seen["changing"], seen["byChange"]) == (5, 4, {"priority": 3, "assignee_id": 3})
    assert [(each["code"], each["count"], each["ticketIds"]) for each in seen["skipped"]] == [("hidden", 1, [foreign])]
    only_status = await agent.post("/bulk/preview", {"ticketIds": tickets, "changes": {"status": "hold"}}, 200)
    assert [(each["code"], each["ticketIds"]) for each in only_status["skipped"]] == [("over", [tickets[0]])]
    assert all(each["text"]["zh"] for each in only_status["skipped"])


async def test_what_is_begun_twice_is_done_once_and_ends_as_the_preview_said(desk, game):
    agent, colleague = await game.agent(), await game.agent()
    tickets = await asked(game, 3)
    wish = {"ticketIds": tickets, "changes": {"assigneeId": colleague.id, "priority": 1}, "clientKey": key()}
    first, again = await agent.post("/bulk", wish, 201), await agent.post("/bulk", wish, 201)
    assert first["id"] == again["id"]
    await run(desk)
    done = await agent.get(f"/bulk/{first['id']}")
    assert (done["state"], done["changed"], done["skipped"]) == ("done", 3, [])
    for ticket in tickets:
        assert ((await row(agent, ticket))["assigneeId"], (await row(agent, ticket))["priority"]) == (colleague.id, 1)
        entries = (await agent.get(f"/tickets/{ticket}"))["entries"]
        assert sum(1 for each in entries if each["change"] and each["change"]["what"] == "assigned") == 1
    assert (await colleague.http.get(f"/bulk/{first['id']}")).status_code == 404


@pytest.mark.parametrize("changes", [
    {"priority": 0}, {"status": "hold"}, {"assigneeId": None}, {"solution": "统一处理"},
    {"solution": "好", "priority": 3, "assigneeId": "me"}, {"queueId": "other", "status": "pending"}, {"categoryId": "recharge"},
], ids=str)
async def test_undo_restores_what_nobody_has_changed_since_and_says_what_it_could_not(desk, game, other_game, changes):
    agent = await game.agent()
    changes = {**changes, **({"assigneeId": agent.id} if changes.get("assigneeId") == "me" else {})}
    changes = {**changes, **({"queueId": other_game.queue} if "queueId" in changes else {})}
    changes = {**changes, **({"categoryId": game.category} if "categoryId" in changes else {})}
    tickets = await asked(game, 3)
    await agent.post(f"/tickets/{tickets[0]}/take")
    await agent.reply(tickets[0], "您好")
    await agent.post(f"/tickets/{tickets[1]}/take")
    before = await facts(agent, tickets)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": changes, "clientKey": key()}, 201)
    await run(desk)
    changed = await facts(agent, tickets)
    touched = tickets[1]
    assert changed[touched] != before[touched]
    after = {"status": "pending"} if (await row(agent, touched))["status"] in ("new", "open", "hold") else {"priority": 2}
    if "solution" in changes:
        await agent.post(f"/tickets/{touched}/reopen")
    else:
        name, value = next((n, v) for n, v in {"priority": 1, "status": "open", "assigneeId": agent.id}.items() if n in changes or n == "assigneeId")
        if name == "assigneeId":
            await agent.post(f"/tickets/{touched}/assign", {"personId": (await game.agent()).id})
            if "categoryId" in changes:
                await agent.http.patch(f"/tickets/{touched}", json={"categoryId": await other_category(game)})
        else:
            await agent.http.patch(f"/tickets/{touched}", json={name: value})
    mine = await facts(agent, [touched])
    undo = await agent.post(f"/bulk/{begun['id']}/undo", {"clientKey": key()}, 201)
    assert undo["undoOf"] == begun["id"]
    assert (await agent.post(f"/bulk/{begun['id']}/undo", {"clientKey": key()}, 201))["id"] == undo["id"]
    await run(desk)
    done = await agent.get(f"/bulk/{undo['id']}")
    assert done["state"] == "done"
    assert [(each["code"], each["ticketIds"]) for each in done["skipped"]] == [("changed_since", [touched])], after
    now = await facts(agent, tickets)
    assert now[touched] == mine[touched]
    assert {t: now[t] for t in tickets if t != touched} == {t: before[t] for t in tickets if t != touched}


async def other_category(game):
    async with game.desk.database.reading() as reader:
        return await reader.value("SELECT id FROM forms.category WHERE brand_id = $1 AND key = 'other'", game.id)


async def test_all_of_a_view_but_a_few_and_never_a_view_that_has_lost_a_condition(desk, game):
    agent = await game.agent()
    tickets = await asked(game, 4)
    where = json.dumps({"field": "brand", "is": game.id})
    whole = {"view": "open", "where": where, "but": [tickets[3]]}
    begun = await agent.post("/bulk", {"wholeList": whole, "changes": {"priority": 3}, "clientKey": key()}, 201)
    assert begun["total"] == 3
    await run(desk)
    assert [(await row(agent, ticket))["priority"] for ticket in tickets] == [3, 3, 3, 2]
    view = await agent.post("/views", {"name": "v", "condition": {"all": [OPEN]}, "clientKey": key()}, 201)
    async with desk.database.transaction() as tx:
        await tx.execute(
            "UPDATE tickets.view SET condition = '{\"all\": [{\"field\": \"field.gone\", \"is\": \"x\"}]}' WHERE id = $1", view["id"]
        )
    answer = await agent.http.post(
        "/bulk/preview", json={"wholeList": {"view": "saved", "saved": view["id"]}, "changes": {"priority": 3}}
    )
    assert answer.json()["error"]["code"] == "view_incomplete"


async def test_a_cancelled_one_stops_and_what_was_done_can_be_taken_back(desk, game, monkeypatch):
    agent = await game.agent()
    tickets = await asked(game, 5)
    monkeypatch.setattr(actions, "PIECE", 2)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"priority": 0}, "clientKey": key()}, 201)
    assert await actions._piece(desk.database, begun["id"])
    assert (await agent.http.post(f"/bulk/{begun['id']}/undo", json={"clientKey": key()})).json()["error"]["code"] == "still_running"
    stopped = await agent.post(f"/bulk/{begun['id']}/cancel", None, 200)
    await run(desk)
    assert ((await agent.get(f"/bulk/{begun['id']}"))["state"], stopped["changed"]) == ("cancelled", 2)
    await agent.post(f"/bulk/{begun['id']}/undo", {"clientKey": key()}, 201)
    await run(desk)
    assert [(await row(agent, ticket))["priority"] for ticket in tickets] == [2] * 5
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE tickets.bulk SET ended_at = ended_at - interval '11 minutes' WHERE person_id = $1", agent.id)
    late = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"priority": 1}, "clientKey": key()}, 201)
    await run(desk)
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE tickets.bulk SET ended_at = ended_at - interval '11 minutes' WHERE id = $1", late["id"])
    assert (await agent.http.post(f"/bulk/{late['id']}/undo", json={"clientKey": key()})).json()["error"]["code"] == "too_late"


async def test_a_worker_that_dies_in_the_middle_of_a_piece_leaves_all_or_nothing_of_it(desk, game, monkeypatch, module_dsn):
    agent = await game.agent()
    tickets = await asked(game, 4)
    monkeypatch.setattr(actions, "PIECE", 2)
    begun = await agent.post("/bulk", {"ticketIds": tickets, "changes": {"priority": 0}, "clientKey": key()}, 201)
    one, calls = actions._one, []

    async def dying(*args):
        calls.append(args)
        if len(calls) == 4:
            # As SIGKILL does to it: the connection is gone, nothing is said any more.
            await args[0].execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return await one(*args)

    monkeypatch.setattr(actions, "_one", dying)
    dying_worker: Database = await connect(module_dsn, size=2)
    with pytest.raises(CONNECTION_LOST):
        await go_on(dying_worker)
    await dying_worker.close()
    assert (await agent.get(f"/bulk/{begun['id']}"))["changed"] == 2
    monkeypatch.setattr(actions, "_one", one)
    await run(desk)
    done = await agent.get(f"/bulk/{begun['id']}")
    assert (done["state"], done["changed"]) == ("done", 4)
    for ticket in tickets:
        entries = (await agent.get(f"/tickets/{ticket}"))["entries"]
        assert sum(1 for each in entries if each["change"] and each["change"]["what"] == "priority") == 1


@pytest.mark.parametrize("wish", [
    {"changes": {}}, {"changes": {"solution": " "}}, {"changes": {"assigneeId": 99999999}}, {"changes": {"queueId": 99999999}},
    {"changes": {"priority": 9}}, {"changes": {"unknown": 1}}, {"changes": {"priority": 1}, "ticketIds": []},
])
async def test_a_bulk_change_that_makes_no_sense_is_refused(game, wish):
    agent = await game.agent()
    body = {"ticketIds": [1], **wish, "clientKey": key()}
    assert (await agent.http.post("/bulk", json=body)).status_code == 422
