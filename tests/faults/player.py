"""A player's client as ours is: an outbox with ids of its own, tried until it is acknowledged."""

import asyncio
import contextlib
from typing import Any

import httpx
import msgspec
import websockets

from .desk import Desk, player_token

LOST = (OSError, TimeoutError, websockets.WebSocketException, httpx.HTTPError)


class Player:
    """Asks once, then says `count` things; another screen of hers listens."""

    def __init__(self, desk: Desk, http: httpx.AsyncClient, account: str, count: int) -> None:
        self.desk = desk
        self.http = http
        self.account = account
        self.count = count
        self.token = player_token(account)
        self.ticket_id = 0
        self.acknowledged: dict[str, int] = {}
        self.heard: list[int] = []

    async def run(self) -> None:
        await self._open()
        listening = asyncio.create_task(self._listen())
        await self._talk()
        await self._hear_all()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)

    async def _open(self) -> None:
        body = {"category": "help", "body": f"{self.account} 0", "live": True}
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": "first"}
        while True:
            with contextlib.suppress(*LOST):
                answer = await self.http.post("/player/v1/tickets", json=body, headers=headers)
                if answer.status_code < 300:
                    self.ticket_id = answer.json()["id"]
                    return
                assert answer.status_code in (500, 502, 503), answer.text
            await asyncio.sleep(0.3)

    async def _talk(self) -> None:
        outbox = [(f"k{n}", f"{self.account} {n}") for n in range(1, self.count + 1)]
        while outbox:
            try:
                async with await self._connect() as socket:
                    while outbox:
                        key, body = outbox[0]
                        await socket.send(_json({"op": "send", "ticketId": self.ticket_id, "clientKey": key, "body": body}))
                        number = await self._acknowledged(socket, key)
                        assert self.acknowledged.setdefault(key, number) == number
                        outbox.pop(0)
                        await asyncio.sleep(0.5)
            except LOST:
                await asyncio.sleep(0.3)

    async def _acknowledged(self, socket: Any, key: str) -> int:
        async with asyncio.timeout(5):
            while True:
                frame = msgspec.json.decode(await socket.recv())
                if frame.get("clientKey") == key:
                    if frame["op"] == "ack":
                        return frame["message"]["number"]
                    assert frame["error"]["code"] == "recovering", frame
                    raise TimeoutError

    async def _connect(self) -> Any:
        socket = await websockets.connect(self.desk.url.replace("http", "ws") + "/player/v1/live", open_timeout=5)
        await socket.send(_json({"op": "hello", "token": self.token}))
        async with asyncio.timeout(5):
            assert msgspec.json.decode(await socket.recv())["op"] == "ready"
        return socket

    # -- the other screen

    async def _listen(self) -> None:
        """Numbers as they come; after a lost connection, what came since the last one."""
        while True:
            with contextlib.suppress(*LOST):
                async with await self._connect() as socket:
                    await self._catch_up()
                    async for text in socket:
                        frame = msgspec.json.decode(text)
                        if frame.get("kind") == "message":
                            await self._hear(frame["data"]["number"])
                        elif frame["op"] == "reset":
                            await self._catch_up()
            await asyncio.sleep(0.3)

    async def _hear(self, number: int) -> None:
        last = self.heard[-1] if self.heard else 0
        if number == last + 1:
            self.heard.append(number)
        elif number > last:
            await self._catch_up()

    async def _catch_up(self) -> None:
        last = self.heard[-1] if self.heard else 0
        answer = await self.http.get(
            f"/player/v1/tickets/{self.ticket_id}/messages?after={last}",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        # A screen that could not fetch tries again, and so does this one: by connecting again.
        answer.raise_for_status()
        for message in answer.json()["messages"]:
            if message["number"] == (self.heard[-1] if self.heard else 0) + 1:
                self.heard.append(message["number"])

    async def _hear_all(self) -> None:
        """Wait until the other screen has heard the last thing this one was told is kept."""
        async with asyncio.timeout(60):
            while not self.heard or self.heard[-1] < max(self.acknowledged.values()):
                await asyncio.sleep(0.1)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
