"""Saved views over HTTP: kept once, shared by those who may, opened though half of them has vanished."""

import json
import random

import pytest

from playerdesk.forms import retire_category
from tests.given import a_category, number

OPEN = {"field": "status", "in": ["new", "open", "pending", "hold"]}


def a_view(condition=OPEN, **more):
    return {"name": f"视图{number()}", "condition": condition, "clientKey": f"v{number()}", **more}


async def kept(agent, condition=OPEN, **more):
    return await agent.post("/views", a_view(condition, **more), 201)


async def ids(agent, **query):
    return [row["id"] for row in (await agent.get("/tickets", limit=200, **query))["rows"]]


async def test_a_view_sent_twice_is_kept_once_and_lists_its_tickets(game):
    agent, player = await game.agent(), game.player()
    mine = (await player.ask(body="我的充值没到账"))["id"]
    await agent.post(f"/tickets/{mine}/take")
    other = (await player.ask(body="另一个"))["id"]
    wish = a_view({"all": [OPEN, {"field": "assignee", "is": {"me": True}}]})
    first, again = await agent.post("/views", wish, 201), await agent.post("/views", wish, 201)
    assert first == again
    assert [view["id"] for view in (await agent.get("/views"))["views"]].count(first["id"]) == 1
    assert await ids(agent, view="saved", saved=first["id"]) == [mine]
    everything = await kept(agent, OPEN, sort="created", descending=True)
    found = await ids(agent, view="saved", saved=everything["id"], brand=game.id)
    assert found == [other, mine]
    assert await ids(agent, view="saved", saved=everything["id"], where=json.dumps({"field": "subject", "contains": "充值"}), brand=game.id) == [mine]
    assert await ids(agent, view="open", where=json.dumps({"field": "assignee", "is_empty": True}), brand=game.id) == [other]


async def test_a_personal_view_is_hers_a_shared_one_needs_the_permission(game):
    agent, colleague, lead = await game.agent(), await game.agent(), await game.agent(roles=("lead",))
    own = await kept(agent)
    assert own["id"] not in [view["id"] for view in (await colleague.get("/views"))["views"]]
    assert (await colleague.http.get(f"/views/{own['id']}")).status_code == 404
    assert (await colleague.http.get("/tickets", params={"view": "saved", "saved": own["id"]})).status_code == 404
    assert (await agent.http.post("/views", json=a_view(audience="everybody"))).status_code == 403
    team = await kept(lead, audience="queue", queueId=game.queue)
    everybody = await kept(lead, audience="everybody")
    seen = [view["id"] for view in (await agent.get("/views"))["views"]]
    assert seen[-2:] == [team["id"], everybody["id"]]
    change = {key: value for key, value in a_view(audience="everybody").items() if key != "clientKey"}
    assert (await agent.http.put(f"/views/{everybody['id']}", json={**change, "version": 1})).status_code == 403
    assert (await agent.http.delete(f"/views/{everybody['id']}")).status_code == 403
    changed = await lead.http.put(f"/views/{everybody['id']}", json={**change, "version": 1})
    assert changed.json()["version"] == 2
    stale = await lead.http.put(f"/views/{everybody['id']}", json={**change, "version": 1})
    assert stale.json()["error"]["code"] == "view_changed"
    assert (await lead.http.delete(f"/views/{everybody['id']}")).status_code == 204
    assert everybody["id"] not in [view["id"] for view in (await agent.get("/views"))["views"]]


async def test_somebody_can_begin_with_a_view_of_hers(game):
    agent = await game.agent()
    view = await kept(agent)
    assert (await agent.http.put("/views/first", json={"viewId": view["id"]})).status_code == 204
    assert (await agent.get("/views"))["firstId"] == view["id"]
    await agent.http.delete(f"/views/{view['id']}")
    assert (await agent.get("/views"))["firstId"] is None


@pytest.mark.parametrize(("wish", "field"), [
    ({"name": " "}, "name"), ({"condition": {"field": "nothing", "is": 1}}, "field"),
    ({"condition": {"all": [OPEN, {"field": "queue", "is": 987654321}]}}, "all.1"),
    ({"sort": "due", "condition": {"all": []}}, "sort"), ({"descending": True}, "descending"),
    ({"columns": ["player", "player"]}, "columns"), ({"columns": []}, "columns"),
])
async def test_a_view_that_makes_no_sense_is_refused_where_it_is_wrong(game, wish, field):
    agent = await game.agent()
    answer = await agent.http.post("/views", json={**a_view(), **wish})
    assert answer.status_code == 422
    assert list(answer.json()["error"]["fields"]) == [field]


async def test_a_view_with_a_condition_that_no_longer_exists_says_so_and_still_opens(desk, game):
    agent, player = await game.agent(), game.player()
    async with desk.database.transaction() as tx:
        category = await a_category(tx, game.queue)
    ticket = (await player.ask())["id"]
    await agent.http.patch(f"/tickets/{ticket}", json={"categoryId": category})
    view = await kept(agent, {"all": [OPEN, {"field": "category", "is": category}]})
    async with desk.database.transaction() as tx:
        await retire_category(tx, category)
        # A form's field of that name was there once.
        await tx.execute(
            "UPDATE tickets.view SET condition = jsonb_set(condition, '{all,2}', '{\"field\": \"field.vanished\", \"is\": \"x\"}') WHERE id = $1",
            view["id"],
        )
    opened = await agent.get(f"/views/{view['id']}")
    assert [(gone["place"], gone["field"]) for gone in opened["gone"]] == [("all.2", "field.vanished"), ("all.1", "category")]
    assert all(gone["why"]["zh"] for gone in opened["gone"])
    assert await ids(agent, view="saved", saved=view["id"]) == [ticket]


async def test_groups_are_counted_and_listed_one_by_one(game):
    agent, player = await game.agent(), game.player()
    tickets = [(await player.ask())["id"] for _ in range(3)]
    await agent.post(f"/tickets/{tickets[0]}/take")
    view = await kept(agent, {"all": [OPEN, {"field": "brand", "is": game.id}]}, grouping="assignee")
    groups = await agent.get(f"/views/{view['id']}/groups")
    assert groups == [{"value": agent.id, "count": 1}, {"value": None, "count": 2}]
    assert await ids(agent, view="saved", saved=view["id"], group="null") == tickets[1:]
    assert await ids(agent, view="saved", saved=view["id"], group=str(agent.id)) == tickets[:1]
    assert await ids(agent, view="saved", saved=view["id"], group="x") == []


async def test_what_a_condition_would_find_is_counted_while_it_is_written(game):
    agent, player = await game.agent(), game.player()
    await player.ask()
    here = {"field": "brand", "is": game.id}
    assert await agent.post("/views/count", {"condition": here}, 200) == {"count": 1, "more": False}
    assert (await agent.http.post("/views/count", json={"condition": {"all": 1}})).status_code == 422
    names = {field["name"]: field for field in (await agent.get("/views/fields"))["fields"]}
    assert names["status"]["choices"][0] == "new"
    assert "within_last" in names["created"]["operators"]


async def test_counters_are_what_counting_would_say_whatever_happens(desk, game, other_game):
    """Random doings; after each few, every number pushed is the number of tickets in the list."""
    dice = random.Random(7)
    agent = await game.agent(brand_ids=(game.id,))
    colleague, players = await game.agent(), [game.player(), other_game.player()]
    conditions = [
        OPEN, {"all": [OPEN, {"field": "assignee", "is": {"me": True}}]}, {"all": [OPEN, {"field": "unread", "more": 0}]},
        {"field": "last_author", "is": "staff"}, {"all": [{"field": "status", "is": "resolved"}, {"field": "rating", "is_empty": True}]},
        {"all": [OPEN, {"not": {"field": "queue", "is": {"my_queues": True}}}]}, {"field": "priority", "in": [0, 1]},
    ]
    views = [await kept(agent, condition, sort="created") for condition in conditions]
    tickets: list[int] = []

    async def do():
        player = dice.choice(players)
        what = dice.choice(["ask", "take", "reply", "change", "resolve", "reopen", "say"]) if tickets else "ask"
        if what == "ask":
            tickets.append((await player.ask())["id"])
            return
        ticket = dice.choice(tickets)
        doer = dice.choice([agent, colleague])
        row = (await colleague.get(f"/tickets/{ticket}"))["ticket"]
        body = {
            "take": {}, "reply": {"body": "好", "baseSeq": row["publicSeq"], "clientKey": f"c{number()}"},
            "resolve": {"solution": "好"}, "reopen": {}, "change": {"priority": dice.randrange(4), "status": dice.choice(["open", "hold"])},
        }
        if what == "say":
            await player.http.post(f"/tickets/{ticket}/messages", json={"body": "在吗", "clientKey": f"m{number()}"})
        elif what == "change":
            await doer.http.patch(f"/tickets/{ticket}", json=body[what])
        else:
            await doer.http.post(f"/tickets/{ticket}/{'replies' if what == 'reply' else what}", json=body[what])

    async with agent.live(f"brand:{game.id}") as line:
        for _ in range(8):
            for _ in range(8):
                await do()
            wanted = {}
            for view in views:
                wanted[str(view["id"])] = len(await ids(agent, view="saved", saved=view["id"]))
            wanted_open = len(await ids(agent, view="open"))
            await settled(line, wanted, wanted_open)
        fresh = await agent.get("/counters")
        assert {key: fresh["views"][key] for key in wanted} == wanted
        # Of both brands the colleague sees more.
        assert (await colleague.get("/counters"))["open"] > fresh["open"]


async def settled(line, wanted, total):
    """Wait until the newest numbers are these."""
    for _ in range(80):
        last = next((f for f in reversed(line.frames) if f["op"] == "counters"), None)
        if last and {key: last["views"].get(key) for key in wanted} == wanted and last["open"] == total:
            return
        await line.quiet(0.1)
    raise AssertionError(f"{last} is not {wanted}, {total}")
