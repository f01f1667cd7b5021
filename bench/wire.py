"""The least a client needs of HTTP/1.1 and WebSocket, so that the load generator costs little beside the server."""

import asyncio
import struct
from collections.abc import Callable
from typing import cast


class Http(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, port: int) -> "Http":
        _, protocol = await asyncio.get_running_loop().create_connection(cls, "127.0.0.1", port)
        return protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a whole request; status and body of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.find(b"content-length:")
        size = int(head[at + 15:].split(b"\r\n", 1)[0]) if at >= 0 else 0
        if len(self._buffer) < end + 4 + size:
            return
        status, body = int(head[9:12]), self._buffer[end + 4:end + 4 + size]
        self._buffer = self._buffer[end + 4 + size:]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))


def request(method: str, path: str, headers: list[str], body: str = "") -> str:
    """A request as text."""
    data = body.encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


class Ws(asyncio.Protocol):
    """A WebSocket; `on_text` gets each frame's bytes."""

    def __init__(self, path: str, headers: list[str], on_text: Callable[[bytes], None]) -> None:
        lines = [
            f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *headers,
        ]
        self._hello = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._buffer = bytearray()
        self._on_text = on_text
        self._transport: asyncio.Transport | None = None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False

    @classmethod
    async def connect(
        cls, port: int, path: str, on_text: Callable[[bytes], None], *, headers: list[str] | None = None,
        source: str = "127.0.0.1",
    ) -> "Ws":
        """Connected and upgraded."""
        _, protocol = await asyncio.get_running_loop().create_connection(
            lambda: cls(path, headers or [], on_text), "127.0.0.1", port, local_addr=(source, 0)
        )
        await protocol.opened
        return protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name
        self._transport.write(self._hello)

    def send(self, text: bytes, opcode: int = 1) -> None:
        """One frame; masked, as clients must, with the mask that costs nothing."""
        size = len(text)
        head = struct.pack("!BB", 0x80 | opcode, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x80 | opcode, 0xFE, size)
        if self._transport is not None and not self.closed:
            self._transport.write(head + b"\0\0\0\0" + text)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done():
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self._buffer[:16]:
                self.opened.set_exception(ConnectionError(bytes(self._buffer[:200]).decode("latin-1")))
                return
            del self._buffer[:end + 4]
            self.opened.set_result(None)
        self._frames()

    def _frames(self) -> None:
        buffer, at = self._buffer, 0
        while len(buffer) - at >= 2:
            opcode, size, head = buffer[at] & 15, buffer[at + 1] & 127, 2
            if size == 126:
                if len(buffer) - at < 4:
                    break
                size, head = int.from_bytes(buffer[at + 2:at + 4]), 4
            elif size == 127:
                if len(buffer) - at < 10:
                    break
                size, head = int.from_bytes(buffer[at + 2:at + 10]), 10
            if len(buffer) - at < head + size:
                break
            payload = bytes(buffer[at + head:at + head + size])
            at += head + size
            if opcode == 1:
                self._on_text(payload)
            elif opcode == 9:
                self.send(payload, 10)
            elif opcode == 8:
                self.closed = True
        del buffer[:at]

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionResetError("refused"))
