"""Asking a company's API: a real server that checks the signature, and everything it may do wrong."""

import asyncio
import contextlib
import hashlib
import json
from datetime import timedelta

import jwt
import pytest
import uvicorn

from playerdesk.brands import add_signing_key, set_webhook
from playerdesk.kernel import now
from playerdesk.players import BlockSetting, Puller, Subject, change_block_setting, pulling
from tests.given import an_agent
from tests.players.given import a_player, send, who

pytestmark = pytest.mark.anyio
SECRET = "s" * 40
GOOD = {"fields": [{"key": "map", "label": "地图", "value": "云海"}, {"key": "bad", "label": "x", "type": "number", "value": "NaN"}]}


class Company:
    """An ASGI application on a port of this machine."""

    def __init__(self) -> None:
        self.asked = []
        self.do = self.good

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
        claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="game.playerdesk", options={"require": ["exp", "jti"]})
        assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
        self.asked.append((claims["iss"], json.loads(body)))
        with contextlib.suppress(OSError):
            await self.do(send)

    async def answer(self, send, status, *pieces):
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        for piece in pieces:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def good(self, send):
        await self.answer(send, 200, json.dumps(GOOD).encode())

    async def slow(self, send):
        await asyncio.sleep(1.5)
        await self.good(send)

    async def trickle(self, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(30):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)

    async def broken(self, send):
        await self.answer(send, 500, b"oops")

    async def garbage(self, send):
        await self.answer(send, 200, b"<html>\xff")

    async def wrong(self, send):
        await self.answer(send, 200, b'["fields"]')

    async def huge(self, send):
        await self.answer(send, 200, *[b" " * 65536] * 16)

    async def empty(self, send):
        await self.answer(send, 404)


@pytest.fixture
async def company():
    company = Company()
    server = uvicorn.Server(uvicorn.Config(company, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=0))
    server.capture_signals = contextlib.nullcontext
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    company.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/fields"
    yield company
    server.should_exit = True
    server.force_exit = True
    await task


@pytest.fixture
async def subject(database, brand, company):
    await send(database, brand, a_player("a"))
    player = await who(database, brand, "a")
    async with database.transaction() as tx:
        await add_signing_key(tx, brand.id, f"{brand.key}-1", "HS256", SECRET)
        await set_webhook(tx, brand.id, "http://127.0.0.1:9/none", f"{brand.key}-1")
        await change_block_setting(tx, brand.id, BlockSetting(pull_url=company.url), await an_agent(tx))
    return Subject(player.id, brand.id, "a", "s1", "r-1", "剑客", "recharge", None)


@pytest.fixture
async def puller(database, monkeypatch):
    monkeypatch.setattr(pulling, "SECONDS", 0.6)
    puller = Puller(database)
    yield puller
    await puller.close()


async def test_a_signed_question_names_player_role_and_case_and_a_good_answer_is_kept(database, brand, company, subject, puller):
    found = await puller.pull(subject, "none", ())
    assert (found.state, [(each.key, each.value) for each in found.fields], found.problem) == ("fresh", [("map", "云海")], None)
    (issuer, asked), = company.asked
    assert (issuer, asked["player"]["account"], asked["role"]["roleId"], asked["caseType"]) == (brand.key, "a", "r-1", "recharge")
    # Fresh enough: not asked again, unless somebody wants it.
    await puller.pull(subject, "none", ())
    assert len(company.asked) == 1
    await puller.pull(subject, "none", (), again=True)
    assert len(company.asked) == 2


@pytest.mark.parametrize(("how", "problem"), [
    ("slow", "timeout"), ("trickle", "timeout"), ("broken", "refused"), ("garbage", "unreadable"), ("wrong", "unreadable"), ("huge", "too_large"),
])
async def test_whatever_goes_wrong_the_last_good_answer_stands_with_its_age(company, subject, puller, how, problem):
    company.do = getattr(company, how)
    nothing = await puller.pull(subject, "none", ())
    assert (nothing.state, nothing.fields, nothing.problem) == ("none", [], problem)
    company.do = company.good
    good = await puller.pull(subject, "none", ())
    company.do = getattr(company, how)
    started = now()
    kept = await puller.pull(subject, "none", (), again=True)
    assert (kept.state, kept.problem, kept.at, [each.value for each in kept.fields]) == ("kept", problem, good.at, ["云海"])
    assert now() - started < timedelta(seconds=3)


async def test_an_unreachable_api_and_one_that_knows_nobody(database, company, subject, puller):
    company.do = company.empty
    assert (await puller.pull(subject, "none", ())).state == "fresh"
    async with database.transaction() as tx:
        await tx.execute("UPDATE players.block_setting SET pull_url = 'http://127.0.0.1:9/' WHERE brand_id = $1", subject.brand_id)
    database.memory.clear()
    assert (await puller.pull(subject, "none", (), again=True)).problem == "unreachable"


async def test_an_api_that_fails_again_and_again_is_left_alone_and_tried_once_in_a_while(company, subject, puller, monkeypatch):
    company.do = company.broken
    problems = [(await puller.pull(subject, "none", (), again=True)).problem for _ in range(7)]
    assert (problems, len(company.asked)) == (["refused"] * 5 + ["resting"] * 2, 5)
    monkeypatch.setattr(pulling, "REST_SECONDS", 0.0)
    puller._breakers[company.url].until = 0
    company.do = company.good
    assert (await puller.pull(subject, "none", (), again=True)).state == "fresh"
    assert puller._breakers[company.url].failures == 0


async def test_a_brand_without_an_api_or_a_key_asks_nobody(database, brand, company, subject, puller):
    async with database.transaction() as tx:
        await tx.execute("UPDATE brands.brand SET webhook_kid = NULL WHERE id = $1", brand.id)
    assert (await puller.pull(subject, "none", ())).problem == "unsigned"
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM players.block_setting WHERE brand_id = $1", brand.id)
    database.memory.clear()
    assert (await puller.pull(subject, "none", ())).state == "off"
    assert company.asked == []
