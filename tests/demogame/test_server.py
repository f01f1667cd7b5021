"""The game's own web side."""

import json

import jwt
import pytest
from litestar.testing import AsyncTestClient

from demogame.crowd import Crowd
from demogame.mailbox import Mailbox
from demogame.rate import Rate
from demogame.server import Game, build
from tests.demogame.fake_desk import KEYS
from tests.demogame.test_signing import push

PUSHED = {"id": "d1", "kind": "message", "account": "sr-000001", "ticketId": 5, "server": "s1", "roleId": "x",
          "message": {"number": 2, "author": "staff", "body": "已为您补发"}}


@pytest.fixture
def game(desk, keyring, tmp_path):
    rate = Rate(6)
    crowd = Crowd(desk, "playerdesk", rate, tmp_path / "cases.json")
    return Game("playerdesk", "http://127.0.0.1:8000", keyring, Mailbox(tmp_path / "mail.jsonl"), rate, crowd)


@pytest.fixture
async def web(game):
    async with AsyncTestClient(build(game), base_url="http://game.local") as client:
        yield client


async def deliver(web, body=PUSHED, header=None):
    raw = json.dumps(body).encode()
    headers = {"Authorization": header or push(raw), "Content-Type": "application/json"}
    return await web.post("/demo/webhook", content=raw, headers=headers)


async def test_the_page_can_choose_among_players_of_all_tiers(web):
    shown = (await web.get("/demo/players")).json()
    assert {p["tier"] for p in shown["players"]} == {"high", "mid", "low", "none"}
    assert {p["brand"] for p in shown["players"]} == {b["key"] for b in shown["brands"]}
    assert shown["deskUrl"] == "http://game.local:8000"


async def test_a_token_is_given_for_any_account_that_exists(web):
    given = (await web.get("/demo/token", params={"account": "hc-000001"})).json()
    assert jwt.decode(given["token"], KEYS["happycards"]["secret"], algorithms=["HS256"])["sub"] == "hc-000001"
    assert (await web.get("/demo/token", params={"account": "hc-999999"})).status_code == 404
    assert (await web.get("/demo/token")).status_code == 400


async def test_an_answer_lands_once_in_the_players_mailbox(web, game, tmp_path):
    assert (await deliver(web)).json() == {"received": True, "duplicate": False}
    assert (await deliver(web)).json() == {"received": True, "duplicate": True}
    mail = (await web.get("/demo/mail", params={"account": "sr-000001"})).json()["mail"]
    assert [(m["ticketId"], m["message"]["body"]) for m in mail] == [(5, "已为您补发")]
    assert (await web.get("/demo/mail", params={"account": "sr-000002"})).json() == {"mail": []}
    assert len(Mailbox(tmp_path / "mail.jsonl").of("sr-000001")) == 1


async def test_a_forged_or_foreign_push_lands_nowhere(web, game):
    assert (await deliver(web, header="Bearer x")).status_code == 401
    assert (await deliver(web, PUSHED | {"account": "hc-000001"})).status_code == 404
    assert (await deliver(web, {"id": 1})).status_code == 400
    assert game.mailbox.of("sr-000001") == game.mailbox.of("hc-000001") == []


async def test_the_rate_is_read_and_changed(web, game):
    assert (await web.get("/demo/rate")).json()["perMinute"] == 6
    assert (await web.post("/demo/rate", json={"perMinute": 30})).json()["perMinute"] == 30
    assert game.rate.per_minute == 30
    assert (await web.post("/demo/rate", json={"perMinute": "x"})).status_code == 400
    assert (await web.post("/demo/rate", json={"perMinute": -4})).json()["perMinute"] == 0


async def test_the_page_is_served_beside_the_routes(game, tmp_path, monkeypatch):
    (tmp_path / "index.html").write_text("<title>game</title>")
    (tmp_path / "game.js").write_text("1")
    monkeypatch.setattr("demogame.server.PAGE", tmp_path)
    async with AsyncTestClient(build(game), base_url="http://game.local") as client:
        front = await client.get("/")
        assert (front.status_code, front.headers["content-type"].split(";")[0]) == (200, "text/html")
        assert (await client.get("/game.js")).text == "1"
        assert (await client.get("/nothing.js")).status_code == 404
        assert (await client.get("/../pyproject.toml")).status_code == 404
        assert (await client.get("/healthz")).json() == {"status": "ok"}
        assert (await deliver(client)).json()["received"]


def test_a_mailbox_survives_a_line_cut_short(tmp_path):
    path = tmp_path / "mail.jsonl"
    path.write_bytes(b'{"id": "a", "kind": "message", "account": "sr-000001", "ticketId": 1}\n{"id": "b", "ki')
    assert [letter.id for letter in Mailbox(path).of("sr-000001")] == ["a"]
