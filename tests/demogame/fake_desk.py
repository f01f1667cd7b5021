"""A tiny desk for these tests: signs in players and games as the real one, remembers what it was told."""

import asyncio
import hashlib
import json
import socket
import time
from contextlib import asynccontextmanager
from typing import Any

import jwt
import uvicorn
from litestar import Litestar, Request, Response, WebSocket, get, post, websocket
from litestar.params import FromPath, JSONBody

KEYS = {
    "skyreach": {"kid": "sky-1", "secret": "s" * 40},
    "happycards": {"kid": "cards-1", "secret": "h" * 40},
}
FORM = [
    {"key": "order_no", "kind": "text", "label": {"zh": "订单号", "en": "Order"}, "required": True},
    {"key": "amount", "kind": "money", "label": {"zh": "金额", "en": "Amount"}, "required": True},
    {"key": "platform", "kind": "choice", "label": {}, "required": True, "options": [{"key": "ios"}, {"key": "android"}]},
    {"key": "paid_at", "kind": "datetime", "label": {}, "required": True},
]


class FakeDesk:
    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Any] = {}
        self.batches: list[int] = []
        self.tickets: dict[int, dict[str, Any]] = {}
        self.said: list[dict[str, Any]] = []
        self.calls: list[str] = []
        self.away = 0
        self.sockets: dict[int, WebSocket[Any, Any, Any]] = {}
        self.url = ""

    def player(self, header: str) -> str:
        token = header.removeprefix("Bearer ")
        issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
        claims = jwt.decode(token, KEYS[issuer]["secret"], algorithms=["HS256"])
        return str(claims["sub"])

    def view(self, ticket: int) -> dict[str, Any]:
        it = self.tickets[ticket]
        resolved = it["status"] == "resolved"
        return {
            "id": ticket, "status": it["status"], "live": it["live"], "stage": "submitted", "canRate": resolved,
            "canReopen": resolved, "lastNumber": len(it["messages"]), "subject": "…",
        }

    def answer(self, ticket: int, body: str, author: str = "staff", notice: str | None = None) -> dict[str, Any]:
        messages = self.tickets[ticket]["messages"]
        message = {"ticketId": ticket, "number": len(messages) + 1, "author": author, "body": body, "notice": notice}
        messages.append(message)
        return message

    def app(self) -> Litestar:
        desk = self

        @get("/readyz")
        async def readyz() -> str:
            return "ok"

        @post("/game/v1/batch", status_code=200)
        async def batch(request: Request[Any, Any, Any]) -> Any:
            if desk.away:
                desk.away -= 1
                return Response({"error": {"code": "away"}}, status_code=503)
            body = await request.body()
            token = request.headers["authorization"].removeprefix("Bearer ")
            issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
            claims = jwt.decode(token, KEYS[issuer]["secret"], algorithms=["HS256"], audience="playerdesk.game")
            assert claims["body_sha256"] == hashlib.sha256(body).hexdigest()
            return desk.take(issuer, json.loads(body)["records"])

        @get("/player/v1/session")
        async def session(request: Request[Any, Any, Any]) -> Any:
            desk.player(request.headers["authorization"])
            return {
                "categories": [{"key": "recharge", "name": {}, "fields": FORM}],
                "chat": {"available": True, "waiting": 0, "expectedWaitSeconds": 10},
                "reasons": {str(n): [{"key": "too_slow"}, {"key": "friendly"}] for n in range(1, 6)},
            }

        @post("/player/v1/tickets")
        async def open_ticket(request: Request[Any, Any, Any], data: JSONBody[dict[str, Any]]) -> Any:
            number = len(desk.tickets) + 1
            account = desk.player(request.headers["authorization"])
            assert request.headers["idempotency-key"] == data["clientKey"]
            desk.tickets[number] = {"account": account, "status": "new", "live": data["live"], "messages": [], "asked": data}
            desk.answer(number, data["body"], "player")
            return desk.view(number)

        @get("/player/v1/tickets/{ticket:int}")
        async def conversation(request: Request[Any, Any, Any], ticket: FromPath[int]) -> Any:
            assert desk.player(request.headers["authorization"]) == desk.tickets[ticket]["account"]
            return {"ticket": desk.view(ticket), "messages": desk.tickets[ticket]["messages"], "place": None}

        @post("/player/v1/tickets/{ticket:int}/{what:str}")
        async def act(ticket: FromPath[int], what: FromPath[str], data: JSONBody[dict[str, Any]]) -> Any:
            desk.calls.append(what)
            desk.said.append({"ticket": ticket, "what": what, **data})
            if what == "messages":
                return desk.answer(ticket, data["body"], "player")
            if what == "rating":
                return desk.view(ticket)
            return Response(None, status_code=204)

        @post("/player/v1/files")
        async def files(request: Request[Any, Any, Any]) -> Any:
            form = await request.form()
            assert (await form["file"].read()).startswith(b"\x89PNG")
            return {"id": "file-1"}

        @websocket("/player/v1/live")
        async def live(socket: WebSocket[Any, Any, Any]) -> None:
            await socket.accept()
            hello = await socket.receive_json()
            account = desk.player(hello["token"])
            await socket.send_json({"op": "ready", "cursor": 1, "unread": 0, "serverTime": ""})
            for number, ticket in desk.tickets.items():
                if ticket["account"] == account:
                    desk.sockets[number] = socket
            while True:
                frame = await socket.receive_json()
                if frame["op"] == "send":
                    desk.said.append({"ticket": frame["ticketId"], "what": "socket", "body": frame["body"]})
                    message = desk.answer(frame["ticketId"], frame["body"], "player")
                    await socket.send_json({"op": "ack", "clientKey": frame["clientKey"], "message": message})

        return Litestar([readyz, batch, session, open_ticket, conversation, act, files, live], openapi_config=None)

    def take(self, brand: str, records: list[dict[str, Any]]) -> dict[str, Any]:
        self.batches.append(len(records))
        accepted = 0
        for record in records:
            key = (brand, json.dumps([record[k] for k in record if k in {"type", "recordId", "account", "key", "roleId"}]))
            accepted += self.records.get(key) != record
            self.records[key] = record
        return {"accepted": accepted, "unchanged": len(records) - accepted, "rejected": []}

    async def push(self, ticket: int, message: dict[str, Any]) -> None:
        """Send a message down the player's socket."""
        event = {"op": "event", "kind": "message", "ticketId": ticket, "data": message, "cursor": 2}
        await self.sockets[ticket].send_json(event)


@asynccontextmanager
async def running(app: Litestar):
    """Serve an app on a free port and yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", timeout_graceful_shutdown=1))
    server.capture_signals = _nothing  # type: ignore[method-assign]
    serving = asyncio.create_task(server.serve())
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        await asyncio.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await serving


def _nothing():
    from contextlib import nullcontext

    return nullcontext()
