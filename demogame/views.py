"""The parts of the desk's answers this game reads; unknown parts are ignored."""

from typing import Any

from msgspec import Struct


class Text(Struct, frozen=True):
    """A text in both languages."""

    zh: str = ""
    en: str = ""


class Option(Struct, frozen=True):
    """One choice of a form field, or one reason beside a rating."""

    key: str
    name: Text = Text()
    options: list["Option"] | None = None


class Pick(Struct, frozen=True):
    """Something of the player's that a form lets her pick."""

    key: str


class PicksView(Struct, frozen=True):
    """What can be picked, the likeliest first."""

    picks: list[Pick] = []


class Field(Struct, frozen=True):
    """One field of a category's form."""

    key: str
    kind: str
    label: Text = Text()
    required: bool = False
    options: list[Option] | None = None
    show: dict[str, Any] | None = None


class Category(Struct, frozen=True):
    """One kind of problem the desk takes."""

    key: str
    fields: list[Field] = []


class ChatState(Struct, frozen=True, rename="camel"):
    """Whether live chat is worth a try."""

    available: bool = False
    waiting: int = 0
    expected_wait_seconds: float | None = None


class SessionView(Struct, frozen=True, rename="camel"):
    """Answer of `GET /player/v1/session`."""

    categories: list[Category]
    chat: ChatState = ChatState()
    reasons: dict[str, list[Option]] = {}


class TicketView(Struct, frozen=True, rename="camel"):
    """A ticket as its player sees it."""

    id: int
    status: str
    live: bool = False
    stage: str = ""
    can_rate: bool = False
    can_reopen: bool = False
    last_number: int = 0
    rejected: dict[str, Any] | None = None


class MessageView(Struct, frozen=True, rename="camel"):
    """A message as its player sees it; `notice` names a system line."""

    number: int
    author: str
    body: str = ""
    ticket_id: int = 0
    notice: str | None = None


class PlaceView(Struct, frozen=True, rename="camel"):
    """Where a waiting chat stands."""

    state: str
    place: int | None = None
    expected_wait_seconds: float | None = None


class Conversation(Struct, frozen=True):
    """Answer of `GET /player/v1/tickets/{id}`."""

    ticket: TicketView
    messages: list[MessageView]
    place: PlaceView | None = None


class UploadView(Struct, frozen=True):
    """Answer of `POST /player/v1/files`."""

    id: str


class RejectedRecord(Struct, frozen=True):
    """A record the desk did not take, and why."""

    index: int
    code: str
    message: str = ""


class BatchView(Struct, frozen=True):
    """Answer of `POST /game/v1/batch`."""

    accepted: int
    unchanged: int = 0
    rejected: list[RejectedRecord] = []


class ErrorBody(Struct, frozen=True, rename="camel"):
    """Why the desk refused."""

    code: str = "unknown"
    message: str = ""
    fields: dict[str, str] = {}
    retry_after_seconds: float | None = None


class ErrorView(Struct, frozen=True):
    """The envelope around every refusal."""

    error: ErrorBody = ErrorBody()
