"""Answers pushed to a game that is down, then slow, then broken, then back: each arrives, in order, signed."""

import asyncio
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import jwt
import pytest
import uvicorn

from playerdesk.brands import add_brand, add_signing_key, set_webhook
from playerdesk.channels.game import webhooks
from playerdesk.channels.game.webhooks import MOST_ATTEMPTS, deliver
from playerdesk.kernel import Text, Wiring, connect, now
from playerdesk.kernel.outbox import LONGEST_WAIT_SECONDS, wait_before
from playerdesk.tickets import resolve
from tests.app.desk import _Quiet
from tests.given import NOON, a_brand, a_player, a_ticket, an_agent, said

SECRET = "s" * 40


class FakeGame:
    """A game's back end as ours sees it: it checks signatures, drops what it has seen, and has bad days."""

    def __init__(self) -> None:
        self.mood = "up"
        self.tried: list[str] = []
        self.delivered: list[dict] = []
        self.problems: list[str] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]

    async def __call__(self, scope, receive, send):
        body = (await receive())["body"]
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        push = json.loads(body)
        self.tried.append(push["id"])
        mood = self.mood
        try:
            claims = jwt.decode(headers["authorization"].removeprefix("Bearer "), SECRET, ["HS256"], audience="game.playerdesk")
            assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
            assert claims["jti"] == push["id"]
        except Exception as problem:  # noqa: BLE001 -- asserted on at the end of each test
            self.problems.append(repr(problem))
        status = {"up": 200, "no content": 204, "broken": 500, "moved": 302}.get(mood, 200)
        if mood == "slow":
            await asyncio.sleep(1)
        if status < 300 and mood != "slow" and push["id"] not in [each["id"] for each in self.delivered]:
            self.delivered.append(push)
        if mood == "hangs up":
            raise ConnectionResetError
        extra = [(b"location", f"http://127.0.0.1:{self.port}/elsewhere".encode())] if mood == "moved" else []
        await send({"type": "http.response.start", "status": status, "headers": extra})
        await send({"type": "http.response.body", "body": b""})

    @asynccontextmanager
    async def running(self) -> AsyncIterator["FakeGame"]:
        config = uvicorn.Config(
            self, host="127.0.0.1", port=self.port, lifespan="off", access_log=False, log_config=None, log_level="critical",
            timeout_graceful_shutdown=1,
        )
        web = _Quiet(config)
        task = asyncio.create_task(web.serve())
        while not web.started:
            await asyncio.sleep(0.01)
        try:
            yield self
        finally:
            web.should_exit = True
            await task


class Desk:
    def __init__(self, **ids) -> None:
        self.__dict__.update(ids)


@pytest.fixture
async def database(fresh_dsn: str):
    database = await connect(fresh_dsn, wiring=Wiring(webhooks.reactions), size=8)
    yield database
    await database.close()


@pytest.fixture
def game(monkeypatch):
    monkeypatch.setattr(webhooks, "TIMEOUT", httpx.Timeout(0.3))
    return FakeGame()


@pytest.fixture
async def desk(database, game):
    async with database.transaction() as tx:
        brand = await add_brand(tx, "starfall", Text("星陨", "Starfall"))
        await add_signing_key(tx, brand, "kid-1", "HS256", SECRET)
        await set_webhook(tx, brand, f"http://127.0.0.1:{game.port}/hook", "kid-1")
        player, agent = await a_player(tx), await an_agent(tx)
        await tx.execute(
            "INSERT INTO players.identity (player_id, kind, issuer, value) VALUES ($1, 'game_account', 'starfall', 'mei')", player
        )
        one, two = [await a_ticket(tx, brand, player, server_key="s1", role_id="r1") for _ in range(2)]
    return Desk(brand=brand, player=player, agent=agent, one=one, two=two)


async def answer(database, desk, ticket, body):
    async with database.transaction() as tx:
        return await said(tx, ticket, "staff", desk.agent, body)


async def outbox(database):
    async with database.reading() as reader:
        return [dict(row) for row in await reader.fetch(
            "SELECT ticket_id, kind, dedupe_key, state, attempts, last_status, last_error, next_try_at, delivered_at"
            " FROM channels.delivery ORDER BY id"
        )]


async def time_passes(database):
    """What has to wait has waited."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE channels.delivery SET next_try_at = now() WHERE state = 'pending'")


async def deliver_all(database):
    for _ in range(20):
        if not await deliver(database):
            return


async def test_an_answer_and_a_solution_are_pushed_with_what_a_game_needs_to_show_them(database, desk, game):
    await answer(database, desk, desk.one, "已补发")
    async with database.transaction() as tx:
        await resolve(tx, desk.one, desk.agent, "内部：补单", NOON)
    async with game.running():
        await deliver_all(database)
    message, ticket = game.delivered
    assert game.problems == []
    assert (message["kind"], message["account"], message["ticketId"], message["server"], message["roleId"]) == (
        "message", "mei", desk.one, "s1", "r1"
    )
    assert (message["message"]["body"], message["message"]["author"], message["message"]["number"]) == ("已补发", "staff", 2)
    assert (ticket["kind"], ticket["ticket"]["status"]) == ("ticket", "resolved")
    assert "补单" not in json.dumps(game.delivered, ensure_ascii=False)
    assert {row["state"] for row in await outbox(database)} == {"delivered"}


async def test_switched_off_nothing_new_is_pushed_and_what_waits_still_arrives(database, desk, game):
    await answer(database, desk, desk.one, "先前的")
    async with database.transaction() as tx:
        await add_brand(tx, "starfall", Text("星陨", "Starfall"), modules={"game_push": False})
    await answer(database, desk, desk.one, "之后的")
    async with database.transaction() as tx:
        await resolve(tx, desk.one, desk.agent, "内部", NOON)
    async with game.running():
        await deliver_all(database)
    assert [each["message"]["body"] for each in game.delivered] == ["先前的"]


async def test_down_then_slow_then_broken_then_back_each_answer_arrives_once_and_in_order(database, desk, game):
    for ticket, words in ((desk.one, "一"), (desk.two, "甲"), (desk.one, "二"), (desk.one, "三"), (desk.two, "乙")):
        await answer(database, desk, ticket, words)
    assert await deliver(database) == 0  # nobody listens there at all
    first = await outbox(database)
    assert [row["attempts"] for row in first] == [1, 1, 0, 0, 0], "only the oldest of a ticket is tried"
    assert all(row["last_error"] and row["last_status"] is None for row in first[:2])
    async with game.running():
        for mood, status in (("slow", None), ("broken", 500), ("moved", 302)):
            game.mood = mood
            await time_passes(database)
            assert await deliver(database) == 0
            rows = await outbox(database)
            assert [row["last_status"] for row in rows[:2]] == [status, status]
            assert [row["attempts"] for row in rows[2:]] == [0, 0, 0]
        assert game.delivered == []
        game.mood = "no content"
        await time_passes(database)
        await deliver_all(database)
        assert await deliver(database) == 0
    by_ticket = {ticket: [p["message"]["body"] for p in game.delivered if p["ticketId"] == ticket] for ticket in (desk.one, desk.two)}
    assert by_ticket == {desk.one: ["一", "二", "三"], desk.two: ["甲", "乙"]}
    assert game.problems == []
    rows = await outbox(database)
    assert [(row["state"], row["last_status"], row["last_error"]) for row in rows] == [("delivered", 204, None)] * 5


async def test_between_two_tries_it_waits_longer_each_time(database, desk, game):
    await answer(database, desk, desk.one, "一")
    for attempt in range(1, 6):
        before = now()
        await deliver(database)
        (row,) = await outbox(database)
        waits = (row["next_try_at"] - before).total_seconds()
        assert row["attempts"] == attempt
        assert 2 ** (attempt - 1) - 0.1 <= waits <= 2 ** (attempt - 1) + 3
        await deliver(database)
        assert (await outbox(database))[0]["attempts"] == attempt, "not before its time"
        await time_passes(database)


def test_a_game_that_is_down_for_an_hour_or_a_night_gets_everything_soon_after():
    waits = [wait_before(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits == sorted(waits)
    assert max(waits) <= timedelta(seconds=LONGEST_WAIT_SECONDS)
    assert sum(waits, timedelta()) > timedelta(hours=24)


async def test_what_never_arrives_is_kept_as_dead_and_lets_the_next_ones_pass(database, desk, game):
    await answer(database, desk, desk.one, "一")
    await answer(database, desk, desk.one, "二")
    async with database.transaction() as tx:
        await tx.execute("UPDATE channels.delivery SET attempts = $1 WHERE dedupe_key LIKE '%-3'", MOST_ATTEMPTS - 1)
    await deliver(database)
    assert [row["state"] for row in await outbox(database)] == ["dead", "pending"]
    async with game.running():
        await deliver_all(database)
    assert [push["message"]["body"] for push in game.delivered] == ["二"]


async def test_when_the_game_took_it_but_its_yes_was_lost_it_comes_again_under_the_same_id(database, desk, game):
    await answer(database, desk, desk.one, "一")
    async with game.running():
        game.mood = "hangs up"
        assert await deliver(database) == 0
        game.mood = "up"
        await time_passes(database)
        assert await deliver(database) == 1
    assert len(game.tried) == 2
    assert len(set(game.tried)) == 1
    assert len(game.delivered) == 1


async def test_several_workers_deliver_each_once(database, desk, game):
    for i in range(10):
        for ticket in (desk.one, desk.two):
            await answer(database, desk, ticket, f"{i}")
    async with game.running():
        for _ in range(12):
            await asyncio.gather(*(deliver(database) for _ in range(4)))
    assert sorted(game.tried) == sorted(set(game.tried))
    for ticket in (desk.one, desk.two):
        bodies = [push["message"]["body"] for push in game.delivered if push["ticketId"] == ticket]
        assert bodies == [str(i) for i in range(10)]


async def test_a_slow_game_does_not_hold_the_others_up(database, desk, game):
    async with database.transaction() as tx:
        tickets = [await a_ticket(tx, desk.brand, desk.player) for _ in range(20)]
    for ticket in tickets:
        await answer(database, desk, ticket, "一")
    async with game.running():
        game.mood = "slow"
        started = now()
        assert await deliver(database) == 0
        assert len(set(game.tried)) == 20
        assert (now() - started).total_seconds() < 20 * 0.3 / 3, "one after the other they would outlast their lease"


async def test_what_is_rolled_back_is_not_pushed(database, desk):
    async def regret():
        async with database.transaction() as tx:
            await said(tx, desk.one, "staff", desk.agent, "一")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await regret()
    assert await outbox(database) == []


async def test_notes_the_player_s_own_words_and_games_without_an_address_are_not_pushed(database, desk):
    async with database.transaction() as tx:
        other = await a_ticket(tx, await a_brand(tx), desk.player)
        await said(tx, other, "staff", desk.agent, "您好")
        await said(tx, desk.one, "player", desk.player, "在吗")
        await said(tx, desk.one, "staff", desk.agent, "疑似盗号", private=True)
    assert await outbox(database) == []


async def test_an_address_that_is_taken_away_stops_the_pushes_without_losing_the_others(database, desk, game):
    await answer(database, desk, desk.one, "一")
    async with database.transaction() as tx:
        await set_webhook(tx, desk.brand, None, None)
    assert await deliver(database) == 0
    (row,) = await outbox(database)
    assert (row["state"], "address" in row["last_error"]) == ("pending", True)
