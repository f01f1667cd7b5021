"""A live connection: frames in, frames out, and nobody waits for a slow reader."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from playerdesk.kernel.encoding import encode
from playerdesk.kernel.garbage import leavings

MOST_UNSENT = 500
LARGEST_FRAME = 64 * 1024
FAREWELL_SECONDS = 5

TRY_AGAIN_LATER = 1013
SIGN_IN_AGAIN = 4401
NOT_ALLOWED = 4403

_decode = msgspec.json.Decoder().decode


class Socket:
    """One accepted WebSocket. `push` never blocks; who cannot keep up is cut off and asks "since?"."""

    def __init__(self, receive: Any, send: Any, write: Callable[[bytes], bool] | None = None) -> None:
        """`write`: hands a whole text to the line at once, or says that the line is not free."""
        self._receive = receive
        self._send = send
        self._write = write
        self._unsent: deque[bytes] = deque()
        self._flusher: asyncio.Task[None] | None = None
        self._closer: asyncio.Task[None] | None = None
        self.open = True

    async def accept(self) -> None:
        await self._receive()  # websocket.connect
        await self._send({"type": "websocket.accept"})

    async def refuse(self, code: int) -> None:
        """Do not even accept it."""
        await self._receive()
        await self._send({"type": "websocket.close", "code": code})

    def push(self, frame: Any) -> None:
        """Send any JSON-encodable frame as soon as the line is free."""
        if not self.open:
            return
        text = encode(frame)
        if self._flusher is None and self._write is not None and self._write(text):
            return
        if len(self._unsent) >= MOST_UNSENT:
            self.close_soon(TRY_AGAIN_LATER)
            return
        self._unsent.append(text)
        if self._flusher is None:
            # The task exists only while there is something to send: an idle socket costs no task.
            self._flusher = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        try:
            while self._unsent:
                await self._send({"type": "websocket.send", "text": self._unsent.popleft().decode()})
        except Exception:  # noqa: BLE001 -- the other side is gone; receiving will notice
            self.open = False
            self._unsent.clear()
        finally:
            self._flusher = None

    def close_soon(self, code: int) -> None:
        """End the connection without waiting for the other side."""
        self.open = False
        self._unsent.clear()
        self._closer = asyncio.create_task(self._close(code))

    async def _close(self, code: int) -> None:
        with suppress(Exception):
            await self._send({"type": "websocket.close", "code": code})

    async def finish(self) -> None:
        """Before the application returns: the server cuts the line then, and the reason for closing would be lost."""
        leavings.ended += 1
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                for task in (self._flusher, self._closer):
                    if task is not None:
                        await task

    async def frame(self, timeout: float) -> dict[str, Any] | None:
        """The next frame, or None when the connection is over or silent for `timeout` seconds.

        Anything that is not a JSON object, or is too large, comes as an empty one.
        """
        try:
            async with asyncio.timeout(timeout):
                message = await self._receive()
        except TimeoutError:
            self.close_soon(TRY_AGAIN_LATER)
            return None
        if message["type"] != "websocket.receive" or not self.open:
            self.open = False
            return None
        text = message.get("text") or ""
        if len(text) > LARGEST_FRAME:
            return {}
        try:
            value = _decode(text)
        except msgspec.DecodeError:
            return {}
        return value if isinstance(value, dict) else {}
