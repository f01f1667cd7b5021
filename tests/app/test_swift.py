"""The short way for frames says and hears, byte by byte, what the library would."""

import asyncio
import struct
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uvicorn import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from playerdesk.app.swift import SHORT_WAY, SwiftSocket
from playerdesk.kernel.sockets import Socket

HELLO = (
    b"GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


class Line(asyncio.Transport):
    """What a server writes, and whether it has stopped reading."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closing = False
        self.reading = True

    def write(self, data: Any) -> None:
        if not self.closing:
            self.written += data

    def close(self) -> None:
        self.closing = True

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


def frame(opcode: int, payload: bytes, *, fin: bool = True, mask: bytes = b"abcd", masked: bool = True) -> bytes:
    size, bit = len(payload), 0x80 if masked else 0
    head = bytes((opcode | (0x80 if fin else 0),))
    if size < 126:
        head += bytes((bit | size,))
    elif size < 65536:
        head += struct.pack("!BH", bit | 126, size)
    else:
        head += struct.pack("!BQ", bit | 127, size)
    if not masked:
        return head + payload
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))


async def converse(kind: type[WebSocketsSansIOProtocol], chunks: list[bytes]) -> tuple[list[Any], bytes, bool]:
    """What the application hears, what it answers, and whether the server ends the line, when these bytes arrive."""
    heard: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        socket = Socket(receive, send, scope["extensions"].get(SHORT_WAY))
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] != "websocket.disconnect":
            heard.append(message.get("text", message.get("bytes")))
            socket.push(["heard", message.get("text")])
        heard.append(message.get("code"))

    config = Config(app, ws=kind, ws_per_message_deflate=False, ws_max_size=1 << 17, log_config=None, lifespan="off")
    config.load()
    protocol, line = kind(config, ServerState(), {}), Line()
    protocol.connection_made(line)
    protocol.data_received(HELLO)
    for _ in range(6):
        await asyncio.sleep(0)
    line.written.clear()  # the greeting carries the date
    for chunk in chunks:
        if not line.closing:
            protocol.data_received(chunk)
        for _ in range(8):
            await asyncio.sleep(0)
    ended = line.closing
    if not line.closing:
        protocol.connection_lost(None)
    for _ in range(20):
        await asyncio.sleep(0)
    protocol.stop_keepalive()
    if protocol.close_timer is not None:
        protocol.close_timer.cancel()
    return heard, bytes(line.written), ended


texts = st.text(max_size=200).map(str.encode) | st.sampled_from([b"", b"\xff\xfe", "\u4f60".encode()[:2], b"x" * 126, b"y" * 70_000])
frames = st.one_of(
    st.builds(frame, st.just(1), texts),
    st.builds(frame, st.just(1), texts, mask=st.binary(min_size=4, max_size=4)),
    st.builds(frame, st.sampled_from([0, 1, 2, 8, 9, 10, 3]), st.binary(max_size=130), fin=st.booleans(), masked=st.booleans()),
    st.binary(min_size=1, max_size=6),
)


@settings(max_examples=150)
@given(said=st.lists(frames, max_size=6), cuts=st.lists(st.integers(1, 300), max_size=12))
def test_whatever_comes_in_whatever_pieces_is_heard_and_answered_as_by_the_library(said: list[bytes], cuts: list[int]) -> None:
    whole, chunks = b"".join(said), []
    for cut in cuts:
        chunks.append(whole[:cut])
        whole = whole[cut:]
    chunks = [chunk for chunk in [*chunks, whole] if chunk]
    ours, theirs = asyncio.run(converse(SwiftSocket, chunks)), asyncio.run(converse(WebSocketsSansIOProtocol, chunks))
    assert ours[2] == theirs[2]
    if not theirs[2]:
        assert ours[:2] == theirs[:2]
    else:
        # Given a good frame and a bad one in one piece the library drops the good one too.
        texts_of_theirs = theirs[0][:-1]
        assert ours[0][:len(texts_of_theirs)] == texts_of_theirs


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
async def test_every_length_comes_whole(size: int) -> None:
    heard, written, _ = await converse(SwiftSocket, [frame(1, b"z" * size)])
    assert heard[0] == "z" * size
    assert written == (await converse(WebSocketsSansIOProtocol, [frame(1, b"z" * size)]))[1]


async def test_what_comes_before_the_greeting_and_ends_within_a_frame_is_put_together() -> None:
    first, second = frame(1, b"one"), frame(1, b"two")
    config = Config(_hearing, ws=SwiftSocket, ws_per_message_deflate=False, log_config=None, lifespan="off")
    config.load()
    _heard.clear()
    protocol, line = SwiftSocket(config, ServerState(), {}), Line()
    protocol.connection_made(line)
    protocol.data_received(HELLO)
    protocol.data_received(first[:4])
    for _ in range(8):
        await asyncio.sleep(0)
    protocol.data_received(first[4:] + second)
    for _ in range(8):
        await asyncio.sleep(0)
    protocol.connection_lost(None)
    assert _heard == ["one", "two"]


_heard: list[str] = []


async def _hearing(_scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] != "websocket.disconnect":
        _heard.append(message["text"])


async def test_a_flood_that_nobody_takes_is_not_read_any_further() -> None:
    async def app(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(3600)

    config = Config(app, ws=SwiftSocket, ws_per_message_deflate=False, log_config=None, lifespan="off")
    config.load()
    state = ServerState()
    protocol, line = SwiftSocket(config, state, {}), Line()
    protocol.connection_made(line)
    protocol.data_received(HELLO)
    for _ in range(6):
        await asyncio.sleep(0)
    for _ in range(20):
        protocol.data_received(frame(1, b"again"))
    assert not line.reading
    for task in state.tasks:
        task.cancel()
