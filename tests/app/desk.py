"""A running desk for tests: its address, and people and games who speak to it."""

import asyncio
import json
import secrets
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from playerdesk.app.http import Server, serving
from playerdesk.app.joined import JoinedHttp
from playerdesk.app.swift import SwiftSocket
from playerdesk.brands import add_brand, add_server, add_signing_key, make_player_token
from playerdesk.forms import define_category
from playerdesk.kernel import Database, Text
from playerdesk.kernel.settings import Settings
from playerdesk.staff import add_queue, set_presence
from playerdesk.staff.sessions import open_session
from tests.given import an_agent, number


class _Quiet(uvicorn.Server):
    """Signals belong to pytest."""

    @contextmanager
    def capture_signals(self):
        yield


class RunningDesk:
    def __init__(self, port: int, server: Server, app: Any) -> None:
        self.port, self.server, self.app = port, server, app
        self.address = f"http://127.0.0.1:{port}"

    @property
    def database(self) -> Database:
        return self.server.database


@asynccontextmanager
async def running_desk(dsn: str, data: Path, **settings: Any) -> AsyncIterator[RunningDesk]:
    """The server as `playerdesk server` runs it, on a free port of this machine."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    async with serving(Settings(data_dir=data, port=port, **settings), dsn) as (server, app):
        config = uvicorn.Config(
            app, http=JoinedHttp, lifespan="off", ws=SwiftSocket, ws_per_message_deflate=False, ws_max_size=1 << 17,
            access_log=False, log_config=None, timeout_graceful_shutdown=1,
        )
        web = _Quiet(config)
        task = asyncio.create_task(web.serve(sockets=[listener]))
        while not web.started:
            await asyncio.sleep(0.01)
        try:
            yield RunningDesk(port, server, app)
        finally:
            web.should_exit = True
            await task


class AGame:
    """A brand with a key, a queue of its own and two problem types."""

    def __init__(self, desk: RunningDesk) -> None:
        self.desk = desk
        self.key = f"game-{number()}-{secrets.token_hex(3)}"
        self.kid, self.secret = f"{self.key}-hs", secrets.token_urlsafe(32)
        self.id = self.queue = self.category = 0

    async def set_up(self) -> "AGame":
        async with self.desk.database.transaction() as tx:
            self.id = await add_brand(tx, self.key, Text("星陨", "Starfall"))
            await add_server(tx, self.id, "s1", "云海之巅")
            await add_signing_key(tx, self.id, self.kid, "HS256", self.secret)
            self.queue = await add_queue(tx, f"{self.key}-q", Text("充值", "Payments"), brand_id=self.id)
            await define_category(tx, "other", Text("其他", "Other"), brand_id=self.id, queue_id=self.queue)
            self.category = await define_category(
                tx, "recharge", Text("充值", "Recharge"), brand_id=self.id, queue_id=self.queue, fields=[
                    {"key": "amount", "kind": "money", "label": {"zh": "金额", "en": "Amount"}, "required": True},
                    {"key": "order", "kind": "text", "label": {"zh": "订单", "en": "Order"}, "required": False},
                ],
            )
        return self

    def token(self, account: str = "", **claims: Any) -> str:
        return make_player_token(
            self.key, self.kid, self.secret, account or f"account-{number()}", **{"lang": "zh", "server": "s1", **claims}
        )

    def player(self, account: str = "", **claims: Any) -> "APlayer":
        return APlayer(self.desk, self.token(account, **claims))

    async def agent(self, **facts: Any) -> "AnAgent":
        return await AnAgent.set_up(self.desk, self.queue, **facts)


class AnAgent:
    """Somebody signed in, with her browser."""

    def __init__(self, desk: RunningDesk, person_id: int, http: httpx.AsyncClient) -> None:
        self.desk, self.id, self.http = desk, person_id, http

    @classmethod
    async def set_up(cls, desk: RunningDesk, *queues: int, state: str = "online", **facts: Any) -> "AnAgent":
        async with desk.database.transaction() as tx:
            person = await an_agent(tx, *queues, **facts)
            await set_presence(tx, person, state)
            session = await open_session(tx, person, "127.0.0.1", "test")
        cookies = {"playerdesk_session": session.token, "playerdesk_csrf": session.csrf}
        return cls(desk, person, httpx.AsyncClient(
            base_url=desk.address + "/agent/v1", cookies=cookies, headers={"X-CSRF-Token": session.csrf}
        ))

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int | None = None) -> Any:
        answer = await self.http.post(path, json=body or {})
        assert answer.status_code == status if status else answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def reply(self, ticket: int, body: str, base: int | None = None) -> Any:
        if base is None:
            base = (await self.get(f"/tickets/{ticket}"))["ticket"]["publicSeq"]
        return await self.post(f"/tickets/{ticket}/replies", {"body": body, "baseSeq": base, "clientKey": f"r-{number()}"}, 201)

    @asynccontextmanager
    async def live(self, *topics: str, since: str | None = None, ticket: int | None = None) -> AsyncIterator["Line"]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        address = f"ws://127.0.0.1:{self.desk.port}/agent/v1/live" + (f"?since={since}" if since is not None else "")
        async with connect(address, additional_headers={"Cookie": cookie}) as connection:
            line = Line(connection)
            await line.until(lambda f: f["op"] == "ready")
            if topics or since is not None:
                await line.say({"op": "subscribe", "topics": list(topics)})
            if ticket is not None:
                await line.say({"op": "viewing", "ticketId": ticket})
            await asyncio.sleep(0.02)
            yield line


class APlayer:
    """A player's phone."""

    def __init__(self, desk: RunningDesk, token: str) -> None:
        self.desk, self.token = desk, token
        self.http = httpx.AsyncClient(
            base_url=desk.address + "/player/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
        )

    async def get(self, path: str, **query: Any) -> Any:
        answer = await self.http.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.http.post(path, json=body or {})
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    async def ask(self, body: str = "充值648元没到账", **changes: Any) -> Any:
        return await self.post("/tickets", {"category": "other", "body": body, "clientKey": f"q-{number()}", **changes})

    async def say(self, ticket: int, body: str, key: str = "") -> Any:
        return await self.post(f"/tickets/{ticket}/messages", {"body": body, "clientKey": key or f"m-{number()}"})

    @asynccontextmanager
    async def live(self, cursor: str | None = None) -> AsyncIterator["Line"]:
        async with connect(f"ws://127.0.0.1:{self.desk.port}/player/v1/live") as connection:
            line = Line(connection)
            await line.say({"op": "hello", "token": self.token, "cursor": cursor})
            await line.until(lambda f: f["op"] == "ready")
            yield line


class Line:
    """A socket, and every frame it has brought, as it came."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.taken = 0

    async def say(self, frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def next(self, timeout: float) -> dict[str, Any]:
        """The next frame; the workspace gets what belongs together as one list."""
        async with asyncio.timeout(timeout):
            text = await self.connection.recv()
        self.texts.append(str(text))
        said = json.loads(text)
        self.frames += said if isinstance(said, list) else [said]
        return self.frames[-1]

    async def until(self, wanted: Any, timeout: float = 3) -> dict[str, Any]:
        """The next frame that is wanted, looking first at those that came and were not waited for."""
        ends = time.monotonic() + timeout
        while True:
            while self.taken < len(self.frames):
                self.taken += 1
                if wanted(self.frames[self.taken - 1]):
                    return self.frames[self.taken - 1]
            await self.next(max(0.001, ends - time.monotonic()))

    async def event(self, kind: str, timeout: float = 3) -> dict[str, Any]:
        return await self.until(lambda f: f["op"] == "event" and f["kind"] == kind, timeout)

    async def quiet(self, seconds: float = 0.4) -> list[dict[str, Any]]:
        """What comes within this time."""
        before = len(self.frames)
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            try:
                await self.next(left)
            except TimeoutError:
                break
        self.taken = len(self.frames)
        return self.frames[before:]
