"""A process as it is drawn: steps, who is responsible, where it goes on. Pure; everything is named by keys."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import msgspec

from playerdesk.forms import Field
from playerdesk.kernel import Text

StepKind = Literal["task", "decision", "split", "join", "wait", "end"]
PartyKind = Literal["department", "queue", "role", "person", "assignee"]

BY_ITSELF = ("decision", "split", "join", "end")
"""Steps nobody does: a ticket passes them in the moment it gets there."""


class Party(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who does a step, `since` a day on ("2026-12-01"; empty: from the start). `assignee`: whoever has the ticket."""

    kind: PartyKind
    key: str = ""
    since: str = ""

    @property
    def name(self) -> str:
        """As tasks keep it: `department:middle`."""
        return f"{self.kind}:{self.key}"


class Next(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A way on. With a `key` somebody chooses it (a button with this name), else it is taken when `when` is true."""

    to: str
    key: str = ""
    name: Text | None = None
    when: dict[str, Any] | None = None


class Deadline(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Within so many minutes, counted in the open hours of a calendar (empty: day and night)."""

    minutes: int
    calendar: str = ""


class Wait(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a waiting step waits for: minutes that pass, or a word from outside (`signal`), whichever comes.

    `until` is "step.field": the day or time somebody filled in there. Where nobody did, the minutes count.
    """

    minutes: int = 0
    signal: str = ""
    until: str = ""

    @property
    def ends(self) -> bool:
        """Whether it is over by itself."""
        return bool(self.minutes or self.until)


class Step(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step. `stage` and `tells` are what the player reads: where it stands, and a message when it gets here."""

    key: str
    name: Text
    kind: StepKind = "task"
    by: list[Party] = []
    fields: list[Field] = []
    deadline: Deadline | None = None
    escalate: bool = True
    instruction: Text | None = None
    stage: Text | None = None
    tells: Text | None = None
    next: list[Next] = []
    back: list[str] = []
    """The earlier steps to which it may be handed back."""
    wait: Wait | None = None
    resolves: bool = False
    """An end that resolves the ticket too."""
    x: float | None = None
    y: float | None = None

    @property
    def chosen(self) -> bool:
        """Whether somebody says where it goes on."""
        return any(each.key for each in self.next)

    def way(self, key: str | None) -> Next | None:
        """The way on with this key."""
        return next((each for each in self.next if each.key and each.key == key), None)


class Design(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A whole process. A ticket begins at `start`."""

    name: Text
    start: str
    steps: list[Step]
    about: Text | None = None

    def step(self, key: str) -> Step | None:
        """The step with this key."""
        return next((each for each in self.steps if each.key == key), None)


def party_on(step: Step, day: date) -> Party | None:
    """Who is responsible on a day: the entry that began last."""
    begun = [each for each in step.by if not each.since or date.fromisoformat(each.since) <= day]
    return max(begun, key=lambda each: each.since) if begun else None


def changes_after(step: Step, day: date) -> date | None:
    """The next day on which somebody else becomes responsible."""
    coming = [date.fromisoformat(each.since) for each in step.by if each.since]
    return min((each for each in coming if each > day), default=None)


Context = tuple[str, ...]
"""The splits a step stands inside, outermost first."""


def contexts(design: Design) -> dict[str, Context]:
    """For every step that can be reached the splits around it, by the first way there; joins close them."""
    known = {step.key: step for step in design.steps}
    found: dict[str, Context] = {}
    ahead: list[tuple[str, Context]] = [(design.start, ())]
    while ahead:
        key, context = ahead.pop()
        step = known.get(key)
        if step is None or key in found:
            continue
        found[key] = context
        after = inside(step, context)
        ahead += [(each.to, after) for each in reversed(step.next)]
    return found


def inside(step: Step, context: Context) -> Context:
    """The splits around what comes after a step."""
    if step.kind == "split":
        return (*context, step.key)
    return context[:-1] if step.kind == "join" else context


def reached(design: Design, keys: Sequence[str], *, backwards: bool = False) -> set[str]:
    """Every step that can be reached from these (or from which these can be reached), themselves included."""
    ways: dict[str, list[str]] = {step.key: [] for step in design.steps}
    for step in design.steps:
        for each in step.next:
            if each.to in ways:
                one, other = (each.to, step.key) if backwards else (step.key, each.to)
                ways[one].append(other)
    found: set[str] = set()
    ahead = [key for key in keys if key in ways]
    while ahead:
        key = ahead.pop()
        if key not in found:
            found.add(key)
            ahead += ways[key]
    return found
