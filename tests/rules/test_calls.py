"""Calls to other systems: signed, tried again, never into the company's own network."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import jwt
import pytest

from playerdesk.brands import add_signing_key, set_webhook
from playerdesk.rules.calls import call_out
from tests.given import a_ticket


@pytest.fixture
def receiver():
    heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if len(heard) == 1 else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    server.heard = heard
    yield server
    server.shutdown()
    server.server_close()


async def states(desk):
    return [tuple(row) for row in await desk.ask(lambda r: r.fetch(
        "SELECT c.state, c.attempts, c.last_error FROM rules.call c WHERE c.brand_id = $1 ORDER BY c.id", desk.brand
    ))]


async def a_calling_rule(desk, url, monkeypatch):
    monkeypatch.setattr("playerdesk.rules.checking.allowed_inside", lambda: frozenset({"127.0.0.1", "localhost"}))
    async with desk.database.transaction() as tx:
        await add_signing_key(tx, desk.brand, f"{desk.brand_key}-1", "HS256", "s" * 40)
        await set_webhook(tx, desk.brand, "https://example.com/", f"{desk.brand_key}-1")
    await desk.rule(["opened"], {"all": []}, {"do": "webhook", "to": url})


async def test_it_arrives_signed_after_being_tried_again(desk, receiver, monkeypatch):
    await a_calling_rule(desk, f"http://localhost:{receiver.server_port}/hook?x=1", monkeypatch)
    ticket = await desk.do(a_ticket, desk.brand, desk.player)
    allowed = frozenset({"localhost"})
    await call_out(desk.database, allowed)
    assert (await states(desk))[0][:2] == ("pending", 1)
    async with desk.database.transaction() as tx:
        await tx.execute("UPDATE rules.call SET next_try_at = now()")
    assert await call_out(desk.database, allowed) == 1
    path, headers, body = receiver.heard[1]
    assert path == "/hook?x=1"
    assert headers["Host"] == f"localhost:{receiver.server_port}"
    assert json.loads(body)["ticket"]["id"] == ticket
    claims = jwt.decode(headers["Authorization"].split()[1], "s" * 40, algorithms=["HS256"], options={"verify_aud": False})
    assert claims["jti"] == json.loads(body)["id"]
    assert receiver.heard[0][2] == body, "the same call, however often it is tried"


async def test_a_name_that_leads_inside_is_not_called(desk, receiver, monkeypatch):
    await a_calling_rule(desk, f"http://localhost:{receiver.server_port}/", monkeypatch)
    await desk.do(a_ticket, desk.brand, desk.player)
    assert await call_out(desk.database, frozenset()) == 0
    assert [row[0] for row in await states(desk)] == ["dead"]
    assert receiver.heard == []
