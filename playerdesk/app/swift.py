"""WebSocket frames the short way.

Almost every frame, both ways, is one whole text. Such a one is packed and unpacked here in a few lines; everything else
(greeting, pings, closing, fragments, what is malformed or too large) goes through the library, whole frame by whole
frame, so that it stands at a frame's edge whenever it is needed.
"""

import struct
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # pyright: ignore[reportPrivateImportUsage] -- in C where that was built
from websockets.protocol import State

SHORT_WAY = "playerdesk.write"
"""Under this name the application finds `write_text` among the extensions of a socket's scope."""

_TEXT, _FIN = 0x01, 0x80
_WHOLE = frozenset({_FIN | opcode for opcode in (_TEXT, 2, 8, 9, 10)})
"""Frames that stand for themselves: text, bytes, closing, ping, pong."""
_MASKED = 0x80
_MOST_WAITING = 16
"""Frames the application has not taken yet; beyond that nothing more is read from the line."""


class SwiftSocket(WebSocketsSansIOProtocol):
    """The server's protocol with a short way for whole texts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rest = bytearray()
        self._long_way = False

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):
            extensions: dict[str, Any] = self.scope["extensions"]  # type: ignore[typeddict-item]
            extensions[SHORT_WAY] = self.write_text

    # -- out

    def write_text(self, text: bytes) -> bool:
        """Hand a whole text to the line now; False if it is not free, or not open: then it goes the long way."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.conn.state is not State.OPEN:
            return False
        size = len(text)
        if size < 126:
            head = bytes((_FIN | _TEXT, size))
        elif size < 65536:
            head = struct.pack("!BBH", _FIN | _TEXT, 126, size)
        else:
            head = struct.pack("!BBQ", _FIN | _TEXT, 127, size)
        self.transport.write(head + text)
        return True

    # -- in

    def data_received(self, data: bytes) -> None:
        if not self.handshake_complete and (self.handshake_initiated or not data.endswith(b"\r\n\r\n")):
            self._long_way = True  # who speaks before she is greeted may leave half a frame with the library
        if self._long_way or not self.handshake_complete:
            super().data_received(data)
            return
        rest = self._rest
        rest += data
        while not self._long_way and (size := _size_of(rest, self.config.ws_max_size)):
            if size < 0:
                self._long_way = True  # not ours to judge: the library refuses it, or puts its pieces together
            elif len(rest) < size:
                return
            else:
                frame = bytes(rest[:size])
                del rest[:size]
                if not self._take(frame):
                    super().data_received(frame)
        if self._long_way and rest:
            data = bytes(rest)
            rest.clear()
            super().data_received(data)

    def _take(self, frame: bytes) -> bool:
        if frame[0] != _FIN | _TEXT or self.close_sent or self.conn.state is not State.OPEN:
            return False
        start = 6 if frame[1] & 0x7F < 126 else 8
        try:
            text = apply_mask(frame[start:], frame[start - 4:start]).decode()
        except UnicodeDecodeError:
            return False
        self.queue.put_nowait({"type": "websocket.receive", "text": text})
        if self.queue.qsize() >= _MOST_WAITING and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()
        return True


def _size_of(data: bytearray, most: int) -> int:
    """How long the frame is that begins here: 0 not known yet, -1 not one for the short way."""
    if len(data) < 2:
        return 0
    size = data[1] & 0x7F
    if data[0] not in _WHOLE or not data[1] & _MASKED or size == 127 or (size == 126 and data[0] != _FIN | _TEXT):
        return -1
    if size < 126:
        return 6 + size
    if len(data) < 4:
        return 0
    size = int.from_bytes(data[2:4])
    return 8 + size if size <= most else -1
