"""A live line of one player: a WebSocket that comes back by itself and never says a thing twice."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import Struct
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from demogame.caller import Caller
from demogame.views import ErrorBody, MessageView, TicketView

log = logging.getLogger("crowd")
BEAT_SECONDS = 15.0
ACK_SECONDS = 8.0
BROKEN = (OSError, WebSocketException, TimeoutError)


class Frame(Struct, rename="camel"):
    """What the desk sends; `data` is read by kind."""

    op: str
    kind: str = ""
    ticket_id: int = 0
    data: msgspec.Raw = msgspec.Raw(b"null")
    client_key: str = ""
    error: ErrorBody | None = None
    cursor: int | str | None = None


class Line:
    """Listen on one ticket, speak through the same socket."""

    def __init__(
        self,
        caller: Caller,
        ticket: int,
        heard: Callable[[MessageView | TicketView], None],
        catch_up: Callable[[], Awaitable[None]],
    ) -> None:
        """Call `heard` for each event of the ticket and `catch_up` after every connect."""
        self._caller, self._ticket, self._heard, self._catch_up = caller, ticket, heard, catch_up
        self._socket: ClientConnection | None = None
        self._acks: dict[str, asyncio.Future[bool]] = {}
        self._cursor: int | str | None = None

    async def run(self) -> None:
        """Keep the line open until cancelled."""
        failures = 0
        while True:
            try:
                async with connect(self._caller.socket_url, open_timeout=5, close_timeout=2, proxy=None) as socket:
                    await self._listen(socket)
                failures = 0
            except BROKEN as error:
                failures += 1
                log.debug("line of %s broke: %s", self._caller.player.account, error)
            finally:
                self._socket = None
            await asyncio.sleep(min(8.0, 0.5 * 2 ** min(failures, 4)) * random.uniform(0.7, 1.3))

    async def say(self, body: str, attachments: list[str], client_key: str) -> bool:
        """Say something; False when it is not known to have arrived."""
        if self._socket is None:
            return False
        ack: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._acks[client_key] = ack
        try:
            said = {"op": "send", "ticketId": self._ticket, "clientKey": client_key, "body": body}
            await self._socket.send(msgspec.json.encode(said | {"attachments": attachments}), text=True)
            return await asyncio.wait_for(ack, ACK_SECONDS)
        except BROKEN:
            return False
        finally:
            self._acks.pop(client_key, None)

    async def typing(self) -> None:
        """Show the agent that the player is typing."""
        await self._tell({"op": "typing", "ticketId": self._ticket})

    async def _tell(self, frame: dict[str, object]) -> None:
        if self._socket is None:
            return
        try:
            await self._socket.send(msgspec.json.encode(frame), text=True)
        except BROKEN:
            return  # the listener notices the break and reconnects

    async def _listen(self, socket: ClientConnection) -> None:
        hello: dict[str, object] = {"op": "hello", "token": self._caller.token}
        if self._cursor is not None:
            hello["cursor"] = self._cursor
        await socket.send(msgspec.json.encode(hello), text=True)
        async with asyncio.TaskGroup() as group:
            beats = group.create_task(self._beat())
            try:
                async for raw in socket:
                    await self._take(socket, raw)
            finally:
                beats.cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await self._tell({"op": "beat"})

    async def _take(self, socket: ClientConnection, raw: str | bytes) -> None:
        frame = msgspec.json.decode(raw, type=Frame)
        self._cursor = frame.cursor if frame.cursor is not None else self._cursor
        if frame.op in {"ready", "reset"}:
            self._socket = socket
            await self._catch_up()
        elif frame.op in {"ack", "refused"}:
            waiting = self._acks.get(frame.client_key)
            if waiting and not waiting.done():
                waiting.set_result(frame.op == "ack")
        elif frame.op == "event" and frame.ticket_id == self._ticket:
            if frame.kind == "message":
                self._heard(msgspec.json.decode(frame.data, type=MessageView))
            elif frame.kind == "ticket":
                self._heard(msgspec.json.decode(frame.data, type=TicketView))
