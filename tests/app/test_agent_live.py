"""The workspace's live connection: what one does the others see, at once and whole."""

import asyncio
import json
import time
from datetime import timedelta

import pytest
from websockets.asyncio.client import connect

from playerdesk.kernel import now
from playerdesk.routing import give_out
from playerdesk.sla import set_default_targets
from playerdesk.sla.jobs import ring_once
from playerdesk.staff.presence import let_go
from playerdesk.tickets import close, end_chats


class Screen:
    """What a browser would show: the open ticket and the list, kept up by frames alone."""

    def __init__(self, agent, ticket):
        self.agent, self.ticket = agent, ticket

    async def open(self):
        fresh = await self.agent.get(f"/tickets/{self.ticket}")
        self.head, self.clocks = fresh["ticket"], fresh["clocks"]
        self.entries = {entry["seq"]: entry for entry in fresh["entries"]}
        self.list = {row["id"]: row for row in (await self.agent.get("/tickets", view="recent", limit=200))["rows"]}

    def apply(self, frame):
        if frame["op"] == "rows":
            self.list.update({row["id"]: row for row in frame["rows"]})
        if frame["op"] != "event" or frame.get("ticketId") != self.ticket:
            return
        data = frame["data"]
        if frame["kind"] == "entry":
            self.entries[data["seq"]] = data
        elif frame["kind"] == "ticket":
            self.head = {**self.head, **data}
        elif frame["kind"] == "clocks":
            self.clocks = data
        elif frame["kind"] == "player_read":
            self.head = {**self.head, "playerRead": data["number"]}

    async def catch_up(self):
        """As the workspace does: numbers that are missing are asked for."""
        known = 0
        while known + 1 in self.entries:
            known += 1
        if known < self.head["seq"]:
            for entry in (await self.agent.get(f"/tickets/{self.ticket}/entries", since=known))["entries"]:
                self.entries[entry["seq"]] = entry

    async def difference(self):
        """What a fresh fetch shows that this screen does not."""
        fresh = await self.agent.get(f"/tickets/{self.ticket}")
        rows = {row["id"]: row for row in (await self.agent.get("/tickets", view="recent", limit=200))["rows"]}
        # Shown from entries and from what only a fresh page knows.
        beside = {"solution", "publicCount", "playerRead", "staffRead", "fields", "roleId", "closedAt", "clientKey"}
        return {
            "entries": [e for e in fresh["entries"] if self.entries.get(e["seq"]) != e],
            "head": {k: (self.head[k], v) for k, v in fresh["ticket"].items() if self.head[k] != v and k not in beside},
            "read": {k: (self.head[k], fresh["ticket"][k]) for k in ("playerRead",) if self.head[k] != fresh["ticket"][k]},
            "clocks": [c for c in fresh["clocks"] if c not in self.clocks],
            "list": [row for row in rows.values() if self.list.get(row["id"]) != row],
        }


NOTHING = {"entries": [], "head": {}, "read": {}, "clocks": [], "list": []}


async def settled(screen, line, timeout=2.0):
    """Apply frames until the screen shows what a fresh fetch shows."""
    ends = time.monotonic() + timeout
    while True:
        for frame in await line.quiet(0.05):
            screen.apply(frame)
        await screen.catch_up()
        left = await screen.difference()
        if left == NOTHING or time.monotonic() > ends:
            return left


class Doings:
    """Everything that can happen to a ticket, each done by whoever does it."""

    def __init__(self, game, player, agent, colleague, ticket):
        self.game, self.player, self.agent, self.colleague, self.ticket = game, player, agent, colleague, ticket
        self.database = game.desk.database

    async def player_writes(self):
        await self.player.say(self.ticket, "在吗？")

    async def colleague_takes_it(self):
        await self.colleague.post(f"/tickets/{self.ticket}/take")

    async def colleague_notes(self):
        await self.colleague.post(f"/tickets/{self.ticket}/notes", {"body": "查过流水", "clientKey": "n1"})

    async def colleague_answers(self):
        await self.colleague.reply(self.ticket, "您好，正在查询")

    async def player_reads(self):
        await self.player.post(f"/tickets/{self.ticket}/read", {"number": 99})

    async def player_answers(self):
        await self.player.say(self.ticket, "好的")

    async def colleague_reads(self):
        await self.colleague.post(f"/tickets/{self.ticket}/read", {"seq": 99})

    async def change_by_hand(self):
        answer = await self.colleague.http.patch(
            f"/tickets/{self.ticket}", json={"categoryId": self.game.category, "priority": 0, "status": "hold"}
        )
        assert answer.status_code == 200

    async def hand_over(self):
        await self.colleague.post(f"/tickets/{self.ticket}/hand-off", {"queueId": self.game.queue, "note": "请支付组看"})

    async def give(self):
        await self.colleague.post(f"/tickets/{self.ticket}/assign", {"personId": self.agent.id})

    async def give_back(self):
        await self.colleague.post(f"/tickets/{self.ticket}/assign", {"personId": None})

    async def nudge(self):
        await self.player.post(f"/tickets/{self.ticket}/nudge")

    async def warn_and_breach(self):
        async with self.database.transaction() as tx:
            due = await tx.value("SELECT max(due_at) FROM sla.clock WHERE ticket_id = $1", self.ticket)
            await tx.execute("UPDATE sla.clock SET ring_at = NULL WHERE ticket_id <> $1", self.ticket)
            await ring_once(tx, due + timedelta(seconds=1))

    async def resolve(self):
        await self.colleague.post(f"/tickets/{self.ticket}/resolve", {"solution": "已补发"})

    async def rate(self):
        await self.player.post(f"/tickets/{self.ticket}/rating", {"score": 1, "reasons": ["slow"], "comment": "慢"})

    async def reopen(self):
        await self.colleague.post(f"/tickets/{self.ticket}/reopen")

    async def resolve_again(self):
        await self.resolve()

    async def player_reopens(self):
        await self.player.post(f"/tickets/{self.ticket}/reopen", {"body": "又没了"})

    async def chat_ends(self):
        async with self.database.transaction() as tx:
            await end_chats(tx, [self.ticket], "left", now())

    async def close(self):
        await self.resolve()
        async with self.database.transaction() as tx:
            await close(tx, [self.ticket], now())


TICKET = [
    "player_writes", "colleague_takes_it", "colleague_notes", "colleague_answers", "player_reads", "player_answers",
    "colleague_reads", "change_by_hand", "hand_over", "give", "give_back", "nudge", "warn_and_breach", "resolve",
    "rate", "reopen", "resolve_again", "player_reopens", "close",
]
CHAT = ["colleague_takes_it", "colleague_answers", "player_answers", "chat_ends", "colleague_answers", "close"]


@pytest.mark.parametrize(("live", "doings"), [(False, TICKET), (True, CHAT)], ids=["ticket", "chat"])
async def test_a_screen_kept_up_by_frames_shows_what_a_fresh_one_shows(desk, game, live, doings):
    """Whatever happens: stale state plus events is the state. (Zulip's test, and the reason for it.)"""
    async with desk.database.transaction() as tx:
        await set_default_targets(tx)
    agent, colleague, player = await game.agent(brand_ids=(game.id,)), await game.agent(), game.player()
    ticket = (await player.ask(live=live))["id"]
    done = Doings(game, player, agent, colleague, ticket)
    screen = Screen(agent, ticket)
    async with agent.live(f"ticket:{ticket}", f"brand:{game.id}", f"queue:{game.queue}") as line:
        await screen.open()
        assert await settled(screen, line) == NOTHING
        for what in doings:
            await getattr(done, what)()
            assert await settled(screen, line) == NOTHING, f"after: {what}"


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
        assert told["data"] == {"ticketId": ticket, "reason": "queue", "live": False}
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
        rows = await line.until(lambda f: f["op"] == "rows" and f["rows"])
        entries = [f["data"]["body"] for f in line.frames if f.get("kind") == "entry"]
    assert [body for body in entries if body != "第一句"] == ["第二句", "第三句"]
    assert {ticket, other} <= {row["id"] for row in rows["rows"]}


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
