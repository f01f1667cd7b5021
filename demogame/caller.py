"""One player's side of `/player/v1`, signed as that player."""

import uuid
from typing import Any
from urllib.parse import urlsplit

import msgspec

from demogame.desk import Desk
from demogame.views import Conversation, MessageView, Pick, PicksView, SessionView, TicketView, UploadView
from demogame.world import Player

Json = dict[str, Any]


class Caller:
    """What a player's page can ask the desk."""

    def __init__(self, desk: Desk, player: Player) -> None:
        """Speak for this player."""
        self._desk = desk
        self.player = player

    @property
    def token(self) -> str:
        """Sign a fresh token, as the game's back end would hand to the page."""
        return self._desk.keyring.player_token(self.player)

    @property
    def socket_url(self) -> str:
        """Return where the live line is."""
        parts = urlsplit(self._desk.base)
        return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}/player/v1/live"

    async def session(self) -> SessionView:
        """Ask for categories, forms and the state of the chat."""
        return msgspec.json.decode(await self._call("GET", "/session"), type=SessionView)

    async def picks(self, kind: str) -> list[Pick]:
        """What is hers to pick in a form: her servers, characters or purchases."""
        return msgspec.json.decode(await self._call("GET", f"/picks/{kind}"), type=PicksView).picks

    async def open(self, ask: Json) -> TicketView:
        """Open a ticket or a live chat; the client key makes a retry harmless."""
        ask = {"clientKey": uuid.uuid4().hex} | ask
        return msgspec.json.decode(await self._call("POST", "/tickets", ask), type=TicketView)

    async def conversation(self, ticket: int) -> Conversation:
        """Read a ticket with all its messages."""
        return msgspec.json.decode(await self._call("GET", f"/tickets/{ticket}"), type=Conversation)

    async def post(self, ticket: int, body: str, attachments: list[str], client_key: str) -> MessageView:
        """Say something on a ticket."""
        said = {"body": body, "attachments": attachments, "clientKey": client_key}
        return msgspec.json.decode(await self._call("POST", f"/tickets/{ticket}/messages", said), type=MessageView)

    async def read(self, ticket: int, number: int) -> None:
        """Tell the desk what has been seen."""
        await self._call("POST", f"/tickets/{ticket}/read", {"number": number})

    async def nudge(self, ticket: int) -> None:
        """Press 催单."""
        await self._call("POST", f"/tickets/{ticket}/nudge", {})

    async def leave(self, ticket: int) -> None:
        """Leave the chat queue; the question stays as a ticket."""
        await self._call("POST", f"/tickets/{ticket}/leave", {})

    async def rate(self, ticket: int, score: int, reasons: list[str], comment: str) -> None:
        """Give the verdict."""
        await self._call("POST", f"/tickets/{ticket}/rating", {"score": score, "reasons": reasons, "comment": comment})

    async def reopen(self, ticket: int, body: str) -> None:
        """Say that it is not solved."""
        await self._call("POST", f"/tickets/{ticket}/reopen", {"body": body})

    async def upload(self, name: str, picture: bytes) -> str:
        """Upload a picture and return its id."""
        files = {"file": (name, picture, "image/png")}
        answer = await self._desk.call("POST", "/player/v1/files", self._headers, files=files)
        return msgspec.json.decode(answer, type=UploadView).id

    def _headers(self) -> dict[str, str]:
        language = "zh-CN" if self.player.language == "zh" else "en"
        return {"Authorization": f"Bearer {self.token}", "Accept-Language": language}

    async def _call(self, method: str, path: str, body: Json | None = None) -> bytes:
        if body is None:
            return await self._desk.call(method, f"/player/v1{path}", self._headers)
        content = msgspec.json.encode(body)

        def headers() -> dict[str, str]:
            key = {"Idempotency-Key": body["clientKey"]} if "clientKey" in body else {}
            return self._headers() | key | {"Content-Type": "application/json"}

        return await self._desk.call(method, f"/player/v1{path}", headers, content=content)
