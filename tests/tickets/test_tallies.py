"""Counters kept by deltas are what counting would say, whatever has happened, in whatever order and at once."""

import asyncio
import random
from collections import Counter
from datetime import timedelta

import pytest

from playerdesk.kernel import Refused
from playerdesk.tickets import (
    Assignment,
    Post,
    assign,
    assign_many,
    change_ticket,
    close,
    counts,
    end_chats,
    mark_read,
    post_messages,
    put_in_queue,
    reopen,
    resolve,
)
from playerdesk.tickets.jobs import fold_counters
from tests.given import NOON, a_category, a_player, a_queue, a_ticket, number, said

_RAW = """
    SELECT brand_id, queue_id, status, tier, assignee_id IS NOT NULL, count(*) FROM tickets.ticket
    WHERE queue_id = ANY($1) AND status IN ('new', 'open', 'pending', 'hold') GROUP BY 1, 2, 3, 4, 5
"""

# What must hold for every ticket at every time; each row is a ticket that breaks one of them.
_BROKEN = """
    SELECT t.id, t.status, t.seq, t.public_count, m.*
    FROM tickets.ticket t CROSS JOIN LATERAL (
        SELECT count(*) AS entries, max(seq) AS last, count(number) AS visible, max(number) AS highest,
               max(seq) FILTER (WHERE kind = 'message') AS spoken
        FROM tickets.message WHERE ticket_id = t.id
    ) AS m
    WHERE t.queue_id = ANY($1) AND (
        m.entries <> t.seq OR m.last <> t.seq OR m.visible <> t.public_count OR m.highest <> t.public_count
        OR m.spoken <> t.public_seq OR t.player_unread > t.public_count OR t.player_read > t.public_count
        OR (t.status = 'new' AND t.assignee_id IS NOT NULL)
        OR (t.resolved_at IS NOT NULL) <> (t.status IN ('resolved', 'closed'))
        OR (t.status IN ('resolved', 'closed') AND (t.live OR t.waiting_since IS NOT NULL))
        OR (t.assigned_at IS NULL) <> (t.assignee_id IS NULL)
        OR (t.live AND NOT EXISTS (SELECT 1 FROM tickets.session s WHERE s.ticket_id = t.id AND s.ended_at IS NULL))
        OR (NOT t.live AND EXISTS (SELECT 1 FROM tickets.session s WHERE s.ticket_id = t.id AND s.ended_at IS NULL))
    )
"""


class Histories:
    """Players and agents who do all kinds of things to a handful of tickets."""

    def __init__(self, database, desk, queues, players, dice):
        self.database, self.desk, self.queues, self.players, self.dice = database, desk, queues, players, dice
        self.tickets: list[tuple[int, int]] = []
        self.refused = Counter()

    async def step(self) -> None:
        at = NOON + timedelta(minutes=self.dice.randrange(20_000))
        what = self.dice.choice(list(STEPS)) if self.tickets else "open"
        try:
            async with self.database.transaction() as tx:
                opened = await STEPS[what](self, tx, at)
            # Only when it is committed may the others know of it.
            if opened is not None:
                self.tickets.append(opened)
        except Refused as refusal:
            self.refused[refusal.code] += 1

    async def open(self, tx, at):
        player, category = self.dice.choice(self.players)
        live = self.dice.random() < 0.4
        ticket = await a_ticket(tx, self.desk.brand_id, player, at, category_id=category, live=live)
        return ticket, player

    async def say(self, tx, at):
        ticket, player = self.dice.choice(self.tickets)
        author, author_id = self.dice.choice([("player", player), ("staff", self.agent())])
        post = Post(ticket_id=ticket, author=author, author_id=author_id, body="好", client_key=f"h-{number()}")
        (result,) = await post_messages(tx, [post], at)
        if isinstance(result, Refused):
            raise result

    async def note(self, tx, at):
        await said(tx, self.some(), "staff", self.agent(), "备注", at, private=True)

    async def take(self, tx, at):
        await assign(tx, self.some(), self.agent(), self.agent(), None, at)

    async def give(self, tx, at):
        await assign_many(tx, [Assignment(t, self.agent(), "queue") for t in {self.some(), self.some()}], at)

    async def queue(self, tx, at):
        await put_in_queue(tx, [self.some(), self.some()], self.dice.choice([*self.queues, None]), "handed_off", at)

    async def change(self, tx, at):
        status = self.dice.choice([None, "open", "pending", "hold"])
        await change_ticket(tx, self.some(), self.agent(), at, priority=self.dice.randrange(4), status=status)

    async def resolve(self, tx, at):
        await resolve(tx, self.some(), self.agent(), "好了", at)

    async def reopen(self, tx, at):
        await reopen(tx, self.some(), self.dice.choice(["player", "staff"]), self.agent(), at)

    async def close(self, tx, at):
        await close(tx, [self.some(), self.some()], at)

    async def leave(self, tx, at):
        await end_chats(tx, [self.some()], "left", at)

    async def read(self, tx, at):
        await mark_read(tx, self.some(), self.dice.choice(["player", "staff"]), self.dice.randrange(12), at)

    async def fold(self, tx, at):
        await fold_counters(self.database)

    def some(self) -> int:
        return self.dice.choice(self.tickets)[0]

    def agent(self) -> int:
        return self.dice.choice([self.desk.agent_id, self.desk.other_agent_id])


STEPS = {name: getattr(Histories, name) for name in (
    "open", "say", "note", "take", "give", "queue", "change", "resolve", "reopen", "close", "leave", "read", "fold",
)}


@pytest.fixture
async def histories(database, desk):
    async with database.transaction() as tx:
        queues = [await a_queue(tx), await a_queue(tx)]
        categories = [await a_category(tx, queue) for queue in queues]
        players = [
            (await a_player(tx, tier=tier), category) for tier in ("high", "mid", "low", "none") for category in categories
        ]
    return lambda seed: Histories(database, desk, queues, players, random.Random(seed))


async def check(database, queues):
    async with database.reading() as reader:
        kept = {(c.brand_id, c.queue_id, c.status, c.tier, c.assigned): c.n for c in await counts(reader) if c.queue_id in queues}
        raw = {tuple(r)[:5]: r[5] for r in await reader.fetch(_RAW, queues)}
        assert kept == raw
        assert [dict(r) for r in await reader.fetch(_BROKEN, queues)] == []


@pytest.mark.parametrize("seed", range(6))
async def test_after_any_history_the_counters_are_what_counting_says(database, histories, seed):
    history = histories(seed)
    for n in range(120):
        await history.step()
        if n % 30 == 29:
            await check(database, history.queues)
    await fold_counters(database)
    await check(database, history.queues)
    assert history.refused.total() < 90, f"a history of refusals proves little: {history.refused}"


async def test_histories_that_happen_at_once_neither_miscount_nor_deadlock(database, histories):
    parts = [histories(seed) for seed in range(100, 108)]
    for _ in range(8):
        await parts[0].step()
    for part in parts[1:]:
        part.tickets = parts[0].tickets

    async def run(part: Histories) -> None:
        for _ in range(40):
            await part.step()

    await asyncio.gather(*(run(part) for part in parts))
    await check(database, parts[0].queues)


async def test_folding_leaves_one_row_a_counter(database, histories):
    history = histories(77)
    for _ in range(40):
        await history.step()
    await asyncio.gather(*(fold_counters(database) for _ in range(5)))
    await fold_counters(database)
    async with database.reading() as reader:
        rows = await reader.fetch(
            "SELECT queue_id, status, tier, assigned, count(*), bool_and(folded) FROM tickets.tally"
            " WHERE queue_id = ANY($1) GROUP BY 1, 2, 3, 4", history.queues,
        )
    assert rows
    assert {(row[4], row[5]) for row in rows} == {(1, True)}
