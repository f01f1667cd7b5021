"""A screen kept up by frames alone shows what a fresh one shows, whatever happens to the ticket."""

from datetime import timedelta

import pytest

from playerdesk.app.ticket_traces import kinds_below
from playerdesk.kernel import now
from playerdesk.sla import set_default_targets
from playerdesk.sla.jobs import ring_once
from playerdesk.tickets import TicketEvent, close, end_chats
from playerdesk.tickets.craft.snoozing import wake_due
from tests.app.screens import NOTHING, Screen, settled

ELSEWHERE = {"DueChanged", "Escalated", "ProcessWanted", "RuleFired", "StageTold", "TicketNoticed"}
"""Told by their own packages' tests, which have the policies, chains and processes it takes (tests/sla, tests/processes)."""

HAPPENED: set[str] = set()
"""The kinds of events the cases have caused so far."""


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

    # -- craft

    async def on(self, method, path, **body):
        answer = await self.colleague.http.request(method, f"/tickets/{self.ticket}{path}", json=body or None)
        assert answer.status_code < 300, (path, answer.text)
        return answer.json() if answer.content else None

    async def follow(self):
        await self.on("PUT", "/follow")

    async def add_a_step(self):
        self.step = (await self.on("POST", "/checklist", body="核对流水", clientKey="s1"))[-1]["id"]

    async def tick_it(self):
        await self.on("PATCH", f"/checklist/{self.step}", done=True)

    async def note_time(self):
        await self.on("POST", "/efforts", seconds=300, clientKey="e1")

    async def link(self):
        self.other = (await self.player.ask("另一件事"))["id"]
        await self.on("POST", "/links", toId=self.other, kind="related")

    async def unlink(self):
        await self.on("DELETE", f"/links/related/{self.other}")

    async def split(self):
        await self.on("POST", "/split", seq=1, clientKey="p1")

    async def merge_away(self):
        await self.colleague.post(f"/tickets/{self.other}/merge", {"sourceIds": [self.ticket]})

    async def unmerge(self):
        await self.on("POST", "/unmerge")

    async def take_in(self):
        await self.on("POST", "/merge", sourceIds=[self.other])

    async def give_out(self):
        await self.colleague.post(f"/tickets/{self.other}/unmerge")

    async def speak_aside(self):
        self.side = (await self.on("POST", "/sides", body="请风控看", clientKey="a1", people=[self.agent.id]))["side"]["id"]

    async def more_aside(self):
        await self.colleague.post(f"/sides/{self.side}/messages", {"body": "急", "clientKey": "a2"})

    async def propose(self):
        await self.on("POST", "/proposals", title="到账延迟", body="如何处理", clientKey="o1")

    async def change_category(self):
        await self.on("PATCH", "", categoryId=self.game.category)

    async def snooze(self):
        await self.on("POST", "/snooze", until=(now() + timedelta(days=1)).isoformat())

    async def wake(self):
        async with self.database.transaction() as tx:
            await tx.execute("UPDATE tickets.ticket SET snoozed_until = now() - interval '1 second' WHERE id = $1", self.ticket)
        await wake_due(self.database)

    async def resolve_with_a_cause(self):
        cause = (await self.colleague.get("/handling"))["causes"][0]["id"]
        await self.on("POST", "/resolve", solution="已补发", causeId=cause)

    async def close(self):
        await self.resolve()
        async with self.database.transaction() as tx:
            await close(tx, [self.ticket], now())


TICKET = [
    "player_writes", "colleague_takes_it", "colleague_notes", "colleague_answers", "player_reads", "player_answers",
    "colleague_reads", "warn", "breach", "change_by_hand", "hand_over", "give", "give_back", "nudge", "resolve",
    "rate", "reopen", "resolve_again", "player_reopens", "close",
]
CRAFT = [
    "follow", "add_a_step", "tick_it", "note_time", "link", "unlink", "split", "merge_away", "unmerge", "take_in", "give_out",
    "speak_aside", "more_aside", "propose", "change_category", "snooze", "wake", "resolve_with_a_cause",
]
CHAT = ["colleague_takes_it", "colleague_answers", "player_answers", "chat_ends", "colleague_answers", "close"]


@pytest.mark.parametrize(("live", "doings"), [(False, TICKET), (True, CHAT), (False, CRAFT)], ids=["ticket", "chat", "craft"])
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
    """Runs behind those above; a new class of event needs a doing there."""
    if not HAPPENED:
        pytest.skip("nothing has been done to a ticket in this process")
    every = {each.__name__ for each in kinds_below(TicketEvent) if not each.__subclasses__()}
    assert every - HAPPENED == ELSEWHERE
