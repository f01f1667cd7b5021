"""What can happen to a ticket. Every event carries where the ticket stands after it."""

from datetime import datetime

import msgspec

from playerdesk.kernel import Event, Question


class TicketEvent(Event, frozen=True):
    """The facts every reaction needs, so that none has to read the ticket again."""

    ticket_id: int
    brand_id: int
    player_id: int
    channel: str
    tier: str
    priority: int
    category_id: int | None
    queue_id: int | None
    assignee_id: int | None
    status: str
    live: bool
    at: datetime

    def topics(self) -> list[str]:
        """The ticket, its brand, and whoever has or could have it."""
        place = f"queue:{self.queue_id or 0}" if self.assignee_id is None else f"agent:{self.assignee_id}"
        return [f"ticket:{self.ticket_id}", f"brand:{self.brand_id}", place]


class PublicTicketEvent(TicketEvent, frozen=True):
    """One that the player is told about too."""

    def topics(self) -> list[str]:
        return [*super().topics(), f"player:{self.player_id}"]


class FirstTarget(msgspec.Struct, frozen=True, rename="camel"):
    """What a new ticket is due for first."""

    due_at: datetime
    due_kind: str
    warn_at: datetime


class WhatIsDue(Question, frozen=True):
    """When such a ticket, opened now, will be due: the answer is a `FirstTarget` by tier, where one is set."""

    brand_id: int
    channel: str
    live: bool
    category_id: int | None
    at: datetime


class TicketOpened(PublicTicketEvent, frozen=True):
    """A player asked. `waiting_since` is when she began to wait, `first_target` what the ticket shows as due."""

    language: str
    waiting_since: datetime
    first_target: FirstTarget | None = None


class MessagePosted(PublicTicketEvent, frozen=True):
    """Somebody said something the player can see."""

    seq: int
    number: int
    author: str
    author_id: int | None
    status_before: str
    first_response: bool
    """This is the first answer by a person."""
    waited_seconds: float | None
    """For an answer: how long the player had been waiting, in wall time."""


class NoteAdded(TicketEvent, frozen=True):
    """Staff wrote something the player never sees."""

    seq: int
    author_id: int | None
    """None: a rule wrote it."""


class TicketAssigned(PublicTicketEvent, frozen=True):
    """The ticket changed hands; `reason` says why, `from_id` who had it before."""

    seq: int
    from_id: int | None
    by_id: int | None
    reason: str
    waited_seconds: float

    def topics(self) -> list[str]:
        before = f"agent:{self.from_id}" if self.from_id else f"queue:{self.queue_id or 0}"
        return list(dict.fromkeys([*super().topics(), before]))


class TicketQueued(TicketEvent, frozen=True):
    """The ticket was put into a queue; nobody has it."""

    seq: int
    from_queue_id: int | None
    from_id: int | None
    reason: str

    def topics(self) -> list[str]:
        before = [f"queue:{self.from_queue_id or 0}"] + ([f"agent:{self.from_id}"] if self.from_id else [])
        return list(dict.fromkeys([*super().topics(), *before]))


class TicketChanged(PublicTicketEvent, frozen=True):
    """Status, category or priority changed by hand."""

    seq: int
    by_id: int | None
    status_before: str
    what: list[str]


class TicketResolved(PublicTicketEvent, frozen=True):
    """A person says the need is met."""

    seq: int
    by_id: int | None
    status_before: str
    resolution_seconds: float


class TicketReopened(PublicTicketEvent, frozen=True):
    """It was not met after all. `by`: player, staff, or undo when a colleague has only taken back her own bulk resolve."""

    seq: int
    by: str
    status_before: str


class TicketClosed(PublicTicketEvent, frozen=True):
    """The window to reopen is over."""

    seq: int
    status_before: str


class ChatStarted(PublicTicketEvent, frozen=True):
    """The player waits for a live answer."""

    session_id: int


class ChatAccepted(PublicTicketEvent, frozen=True):
    """An agent has taken the chat."""

    session_id: int
    seq: int
    waited_seconds: float


class ChatEnded(PublicTicketEvent, frozen=True):
    """The live stretch is over; `reason`: resolved, left, nobody_on_duty, idle."""

    session_id: int
    seq: int
    reason: str


class MessagesRead(PublicTicketEvent, frozen=True):
    """One side has seen up to `number` of what the player can see."""

    reader: str
    number: int


class DueChanged(TicketEvent, frozen=True):
    """The next target, or the place in line, is another because what tickets are planned by has changed."""

    due_at: datetime | None
    due_kind: str | None
    breached: bool


class TicketNoticed(TicketEvent, frozen=True):
    """A line in the timeline that says what somebody, or the desk itself, did about the matter."""

    seq: int
    by_id: int | None


class StageTold(PublicTicketEvent, frozen=True):
    """The player was told where her matter stands."""

    seq: int
    number: int
