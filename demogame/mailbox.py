"""The game's in-game mail: what the desk pushed, kept as JSON lines so a restart loses nothing."""

from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

KEPT = 5_000
SHOWN = 50


class Pushed(Struct, rename="camel"):
    """The body of the desk's webhook."""

    id: str | int
    kind: str
    account: str
    ticket_id: int
    server: str | None = None
    role_id: str | None = None
    message: dict[str, Any] | None = None
    ticket: dict[str, Any] | None = None


class Letter(Pushed, rename="camel"):
    """A push as it lies in the player's mailbox."""

    received_at: str = ""


class Mailbox:
    """Letters by arrival, each id once."""

    def __init__(self, path: Path) -> None:
        """Load what earlier runs received."""
        self._path = path
        self._letters: deque[Letter] = deque(maxlen=KEPT)
        self._seen: set[str] = set()
        self._load()

    def receive(self, pushed: Pushed) -> Letter | None:
        """Store a push and return the letter, or None when it was here before."""
        if str(pushed.id) in self._seen:
            return None
        letter = Letter(**msgspec.structs.asdict(pushed), received_at=datetime.now(UTC).isoformat())
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(letter) + b"\n")
        self._keep(letter)
        return letter

    def of(self, account: str) -> list[Letter]:
        """Return a player's newest letters, newest first."""
        own = [letter for letter in reversed(self._letters) if letter.account == account]
        return own[:SHOWN]

    def _keep(self, letter: Letter) -> None:
        if len(self._letters) == KEPT:
            self._seen.discard(str(self._letters[0].id))
        self._letters.append(letter)
        self._seen.add(str(letter.id))

    def _load(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not self._path.exists():
            return
        lines = self._path.read_bytes().splitlines()
        for line in lines[-KEPT:]:
            try:
                self._keep(msgspec.json.decode(line, type=Letter))
            except msgspec.MsgspecError:
                continue  # a line cut short by a crash; the desk sends it again
        if len(lines) > KEPT:
            self._path.write_bytes(b"".join(msgspec.json.encode(letter) + b"\n" for letter in self._letters))
