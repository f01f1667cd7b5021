"""A rule as a document: when · if · then. Pure shapes; everything is named by key."""

from datetime import timedelta
from typing import Any, Literal, get_args

import msgspec

from playerdesk.kernel import Text

What = Literal[
    "opened", "player_message", "staff_message", "changed", "assigned", "queued", "resolved", "reopened", "rated",
    "warned", "breached",
]
Since = Literal["created", "last_message", "waiting_since", "resolved", "due", "due_in"]
"""`due`: so long after its nearest due time; `due_in`: so long before it."""
Doing = Literal[
    "assign", "queue", "category", "priority", "status", "tag", "reply", "note", "field", "notify", "webhook", "process",
]
EVENTS: tuple[str, ...] = get_args(What)
SPOKEN = frozenset({"opened", "player_message", "staff_message"})
"""What brings a text with it."""

LONGEST_HOURS = 24 * 90


class When(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Any of these events, or so many hours after a time of the ticket."""

    events: list[What] = []
    since: Since | None = None
    hours: float | None = None


    @property
    def after(self) -> timedelta:
        """How long after the time it counts from it fires; before a due time that is less than nothing."""
        return timedelta(hours=-(self.hours or 0) if self.since == "due_in" else self.hours or 0)


class Act(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One thing to do. `to`: a key, a priority, a status or an address; which of the rest counts depends on `do`."""

    do: Doing
    to: str | int | None = None
    text: str = ""
    add: list[str] = []
    remove: list[str] = []
    people: list[str] = []
    leads: bool = False
    field: str = ""
    value: str | int | float | bool | None = None


class RuleBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The whole rule. Lower positions come first; `stop`: no rule after this one sees the event."""

    name: Text
    when: When
    then: list[Act]
    condition: dict[str, Any] = msgspec.field(name="if", default_factory=lambda: {"all": []})
    on: bool = True
    stop: bool = False
    position: float = 0


class Cause(msgspec.Struct, frozen=True):
    """Which rule it was, as lines of the timeline carry it."""

    key: str
    name: Text
