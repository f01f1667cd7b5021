"""The workspace's live connection: what one does the others see, at once and whole."""

import asyncio
import json
import time

import pytest
from websockets.asyncio.client import connect

from playerdesk.routing import give_out
from playerdesk.staff.presence import let_go


async def test_two_who_look_at_one_ticket_see_each_other_s_work_within_a_second(game):
    lin, zhou = await game.agent(), await game.agent()
    ticket = (await game.player().ask())["id"]
    async with lin.live(f"ticket:{ticket}", ticket=ticket) as hers, zhou.live(f"ticket:{ticket}", ticket=ticket) as his:
        seen = await hers.until(lambda f: f.get("kind") == "viewers" and len(f["data"]["personIds"]) == 2)
        assert seen["data"]["personIds"] == sorted([lin.id, zhou.id])
        assert (await lin.get(f"/tickets/{ticket}"))["viewers"] == sorted([lin.id, zhou.id])
        for i in range(3):
            started = time.monotonic()
            await zhou.post(f"/tickets/{ticket}/notes", {"body": f"备注{i}", "clientKey": f"n{i}"})
            noted = await hers.until(lambda f, i=i: f.get("kind") == "entry" and f["data"]["body"] == f"备注{i}", 1)
            assert time.monotonic() - started < 1
            assert (noted["data"]["kind"], noted["data"]["number"], noted["data"]["authorId"]) == ("note", None, zhou.id)
        await hers.say({"op": "typing", "ticketId": ticket})
        assert (await his.event("typing", 1))["data"] == {"personId": lin.id}
        await his.say({"op": "viewing", "ticketId": None})
        left = await hers.until(lambda f: f.get("kind") == "viewers" and len(f["data"]["personIds"]) == 1, 1)
        assert left["data"]["personIds"] == [lin.id]


async def test_work_arrives_on_the_agent_s_own_line(game):
    agent = await game.agent()
    async with agent.live() as line:
        ticket = (await game.player().ask())["id"]
        await give_out(game.desk.database)
        told = await line.event("assigned")
        assert told["data"] == {"ticketId": ticket, "reason": "queue", "live": False, "byId": None}
        rows = await line.until(lambda f: f["op"] == "rows" and f["rows"])
        assert (rows["rows"][0]["id"], rows["rows"][0]["assigneeId"]) == (ticket, agent.id)


async def test_a_reconnected_screen_is_told_what_it_has_missed(game):
    agent, player = await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    topics = (f"ticket:{ticket}", f"brand:{game.id}")
    async with agent.live(*topics) as line:
        await player.say(ticket, "第一句")
        cursor = (await line.until(lambda f: f["op"] == "rows" and f["rows"]))["cursor"]
    for words in ("第二句", "第三句"):
        await player.say(ticket, words)
    other = (await game.player().ask("另一个问题"))["id"]
    async with agent.live(*topics, since=cursor) as line:
        await line.until(lambda f: f["op"] == "rows" and other in [row["id"] for row in f["rows"]])
        entries = [f["data"]["body"] for f in line.frames if f.get("kind") == "entry"]
        rows = {row["id"] for f in line.frames if f["op"] == "rows" for row in f["rows"]}
    assert [body for body in entries if body != "第一句"] == ["第二句", "第三句"]
    assert {ticket, other} <= rows


@pytest.mark.parametrize("cursor", ["rubbish", "1:2", "999999999999:999999999999:", "1:1:" + "7," * 3000, "-1:-1:"])
async def test_a_cursor_nobody_has_given_out_means_starting_afresh(game, cursor):
    agent = await game.agent()
    async with agent.live(f"brand:{game.id}", since=cursor) as line:
        await line.until(lambda f: f["op"] == "reset")


async def test_a_line_that_breaks_before_the_replay_has_come_loses_nothing(game):
    """What the first frame says is where to go on from: the replay has not been seen yet."""
    agent, player = await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    async with agent.live(f"ticket:{ticket}") as line:
        await player.say(ticket, "一")
        cursor = (await line.until(lambda f: f["op"] == "rows"))["cursor"]
    await player.say(ticket, "错过的话")
    await asyncio.sleep(0.1)
    address = f"ws://127.0.0.1:{game.desk.port}/agent/v1/live?since={cursor}"
    cookie = {"Cookie": f"playerdesk_session={agent.http.cookies['playerdesk_session']}"}
    async with connect(address, additional_headers=cookie) as one:  # and gone before it has subscribed to anything
        cursor = json.loads(await one.recv())["cursor"]
    async with agent.live(f"ticket:{ticket}", since=cursor) as line:
        await line.until(lambda f: f.get("kind") == "entry" and f["data"]["body"] == "错过的话")


async def test_counters_follow_and_are_each_agent_s_own(game):
    agent = await game.agent()
    async with agent.live() as line:
        before = await agent.get("/counters")
        for _ in range(2):
            await game.player().ask()
        pushed = await line.until(
            lambda f: f["op"] == "counters" and f["queues"].get(str(game.queue), {}).get("waiting") == 2, 4
        )
        assert pushed["unassigned"] >= before["unassigned"] + 2
        assert await agent.get("/counters") == pushed
        await agent.post("/tickets/next")
        await line.until(lambda f: f["op"] == "counters" and f["mine"] == 1 and f["queues"][str(game.queue)]["waiting"] == 1, 4)


async def test_presence_is_seen_by_everybody(game):
    lin, zhou = await game.agent(), await game.agent()
    async with lin.live() as line:
        answer = await zhou.http.put("/me/presence", json={"state": "break"})
        assert answer.json()["presence"]["state"] == "break"
        seen = await line.until(lambda f: f.get("kind") == "presence" and f["data"]["personId"] == zhou.id)
        assert seen["data"]["state"] == "break"


async def test_when_her_screen_is_gone_her_work_goes_back_and_everybody_sees_it(game):
    lin, zhou = await game.agent(), await game.agent()
    ticket = (await game.player().ask())["id"]
    await lin.post(f"/tickets/{ticket}/take")
    async with zhou.live(f"queue:{game.queue}") as line:
        async with game.desk.database.transaction() as tx:
            await tx.execute("UPDATE staff.presence SET seen_at = now() - interval '2 minutes' WHERE person_id = $1", lin.id)
        await let_go(game.desk.database)
        row = await line.until(lambda f: f["op"] == "rows" and any(r["id"] == ticket and not r["assigneeId"] for r in f["rows"]))
        assert row
    assert [f["data"]["state"] for f in line.frames if f.get("kind") == "presence" and f["data"]["personId"] == lin.id] == ["offline"]


@pytest.mark.parametrize("frame", [
    {}, {"op": "subscribe"}, {"op": "subscribe", "topics": "ticket:1"}, {"op": "subscribe", "topics": [1, None, {}]},
    {"op": "subscribe", "topics": ["ticket:" + "9" * 40, "ticket:x", "ticket:-1", "brand:", "agent:1", "nonsense"]},
    {"op": "subscribe", "topics": 5}, {"op": "unsubscribe", "topics": None}, {"op": "viewing", "ticketId": "7"},
    {"op": "viewing", "ticketId": 10**30}, {"op": "typing", "ticketId": 10**30}, {"op": ["x"]}, {"op": "typing"},
    {"op": "subscribe", "topics": ["board:" + "9" * 40]}, {"op": "subscribe", "topics": ["ticket:²", "brand:²", "board:²"]},
], ids=str)
@pytest.mark.parametrize("scoped", [False, True], ids=["all brands", "one brand"])
async def test_rubbish_on_the_line_breaks_nothing(game, frame, scoped):
    agent = await game.agent(brand_ids=(game.id,) if scoped else (), roles=("agent", "lead"))
    async with agent.live() as line:
        await line.say(frame)
        await line.connection.send("not json")
        await line.connection.send("[1, 2]")
        await line.connection.send(b"\x00\xff")
        await line.say({"op": "subscribe", "topics": [f"brand:{game.id}"]})
        await asyncio.sleep(0.05)
        ticket = (await game.player().ask())["id"]
        rows = await line.until(lambda f: f["op"] == "rows" and f["rows"])
        assert rows["rows"][0]["id"] == ticket
    with_another = await game.agent()
    async with with_another.live(f"brand:{game.id}") as line:
        await game.player().ask()
        await line.until(lambda f: f["op"] == "rows" and f["rows"])


async def test_a_topic_begins_where_the_screen_s_answer_ends_and_says_nothing_twice(game):
    agent, player = await game.agent(), game.player()
    ticket = (await player.ask())["id"]
    async with agent.live(f"agent:{agent.id}") as line:
        asked = (await agent.http.get(f"/tickets/{ticket}")).headers["x-live-cursor"]
        await agent.post(f"/tickets/{ticket}/take")
        await player.say(ticket, "还在吗")
        await line.until(lambda f: f["op"] == "rows" and f["rows"])
        await line.quiet(0.5)
        before = len(line.frames)
        await line.say({"op": "subscribe", "topics": [f"ticket:{ticket}"], "since": asked})
        entry = await line.until(lambda f: f.get("kind") == "entry" and f["data"]["body"] == "还在吗", 2)
        assert entry["topic"] == f"ticket:{ticket}"
        later = [f for f in [*line.frames[before:], *await line.quiet(0.3)] if f.get("kind") == "assigned"]
        assert later == [], "what her own topic has told is not told again"
        for since in ("", "nonsense", 7, None):
            await line.say({"op": "subscribe", "topics": [f"ticket:{ticket}"], "since": since})
        await player.say(ticket, "好的")
        await line.until(lambda f: f.get("kind") == "entry" and f["data"]["body"] == "好的", 2)
