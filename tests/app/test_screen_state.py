"""A screen kept up by frames alone shows what a fresh one shows, whatever happens to the ticket."""

import time
from datetime import timedelta

import pytest

from playerdesk.app.ticket_traces import kinds_below
from playerdesk.kernel import now
from playerdesk.sla import set_default_targets
from playerdesk.sla.jobs import ring_once
from playerdesk.tickets import TicketEvent, close, end_chats


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


WITHOUT_A_CASE = {"TicketMerged", "TicketUnmerged", "CraftChanged", "DueChanged"}
"""The first three concern two tickets, or things beside the ticket; nobody emits the last one today."""

HAPPENED: set[str] = set()
"""The kinds of events the cases have caused so far."""

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

    async def warn(self):
        await self.ring("warn_at")

    async def breach(self):
        await self.ring("due_at")

    async def ring(self, what):
        async with self.database.transaction() as tx:
            at = await tx.value(f"SELECT max({what}) FROM sla.clock WHERE ticket_id = $1 AND ring_at IS NOT NULL", self.ticket)
            assert at is not None, "no clock runs that could ring"
            await tx.execute("UPDATE sla.clock SET ring_at = NULL WHERE ticket_id <> $1", self.ticket)
            await ring_once(tx, at + timedelta(seconds=1))

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
    "colleague_reads", "warn", "breach", "change_by_hand", "hand_over", "give", "give_back", "nudge", "resolve",
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
    async with desk.database.reading() as reader:
        HAPPENED.update(row[0] for row in await reader.fetch(
            "SELECT DISTINCT kind FROM kernel.event WHERE topics @> ARRAY[$1::text]", f"ticket:{ticket}"
        ))


def test_every_kind_of_ticket_event_has_a_case():
    """Runs behind the two above; a new class of event needs a doing there."""
    if not HAPPENED:
        pytest.skip("nothing has been done to a ticket in this process")
    every = {each.__name__ for each in kinds_below(TicketEvent) if not each.__subclasses__()}
    assert every - HAPPENED == WITHOUT_A_CASE
