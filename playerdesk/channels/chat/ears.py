"""Somebody of a player's who listens: a socket, or a long poll."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from playerdesk.kernel import LiveEvent
from playerdesk.kernel.sockets import Socket
from playerdesk.players import PlayerCaller


class Ear:
    """Collects what happens to one player until the next tick tells it; `mark` says that there is something."""

    def __init__(self, mark: Callable[["Ear"], None], player_id: int, language: str) -> None:
        self._mark = mark
        self.player_id = player_id
        self.language = language
        self.pending: list[LiveEvent] = []
        self.owed = 0
        self.cursor = ""
        self.answered: list[tuple[int, int]] = []
        """The last messages that were answered on this very line, by ticket and number: she has them already."""

    def hear(self, events: Sequence[LiveEvent], cursor: str) -> None:
        self.pending.extend(events)
        self.owed += len(events)
        self._mark(self)

    def told(self, events: int, cursor: str) -> None:
        """So many events have become frames; everything up to the cursor has."""
        self.owed -= events
        self.cursor = cursor

    def answer(self, ticket_id: int, number: int, frame: dict[str, Any]) -> None:
        """What she sent here is stored; nobody need tell her again on this line."""
        self.answered = [*self.answered[-9:], (ticket_id, number)]
        self.push(frame)

    def overhear(self, topic: str, kind: str, data: Any) -> None:
        self.push({"op": "event", "kind": kind, "ticketId": int(topic.partition(":")[2] or 0), "data": data})

    def push(self, frame: dict[str, Any]) -> None:
        raise NotImplementedError


class SocketEar(Ear):
    """A connected socket."""

    def __init__(self, mark: Callable[[Ear], None], caller: PlayerCaller, socket: Socket) -> None:
        super().__init__(mark, caller.player_id, caller.language)
        self.socket = socket
        self.typing_topics: set[str] = set()

    def push(self, frame: dict[str, Any]) -> None:
        self.socket.push(frame)


class PollEar(Ear):
    """One long poll: the first frames end it."""

    def __init__(self, mark: Callable[[Ear], None], player_id: int, language: str) -> None:
        super().__init__(mark, player_id, language)
        self.frames: list[dict[str, Any]] = []
        self.ready = asyncio.Event()

    def push(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        self.ready.set()
