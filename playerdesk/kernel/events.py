"""What happened, who reacts, and on one page who is wired to whom.

An event is written in the transaction of the change. `within` reactions run in that same
transaction and receive the whole batch of one commit, so a flood costs one statement a package;
`after` reactions are durable jobs enqueued in the transaction and run once it has committed.
A question goes the same way before the change: a lower package asks, the one above that knows answers.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import msgspec

from playerdesk.kernel.origin import origin

if TYPE_CHECKING:
    from playerdesk.kernel.database import Tx


class Event(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A fact in the past tense. Subclasses add ids and facts, never objects that could go stale."""

    origin: str = msgspec.field(default_factory=origin)
    """The request it happened in; a lane, which writes for many, hands over each one's own."""

    def topics(self) -> list[str]:
        """The live streams this belongs to, such as ``ticket:7`` or ``agent:3``."""
        return []


class Question(msgspec.Struct, frozen=True):
    """What a package wants to know before it acts, though only one above it can tell."""


E = TypeVar("E", bound=Event)
Q = TypeVar("Q", bound=Question)
Answer = Callable[["Tx", Sequence[Q]], Awaitable[Sequence[Any]]]
Within = Callable[["Tx", Sequence[E]], Awaitable[None]]
After = Callable[["Tx", E], Awaitable[None]]


class Job(msgspec.Struct, frozen=True):
    """Durable work after a commit: which function, fed with which event."""

    name: str
    event_type: type[Event]
    run: Callable[["Tx", Any], Awaitable[None]]


class Reactions:
    """The reactions of one package; collected by decorators, wired by `app`."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.immediate: list[tuple[type[Event], Callable[..., Awaitable[None]]]] = []
        self.later: list[Job] = []
        self.answers: list[tuple[type[Question], Callable[..., Awaitable[Sequence[Any]]]]] = []

    def answering(self, question_type: type[Q]) -> Callable[[Answer[Q]], Answer[Q]]:
        """Answer a batch of these in the transaction that asks: one answer each, in their order."""

        def register(run: Answer[Q]) -> Answer[Q]:
            self.answers.append((question_type, run))
            return run

        return register

    def within(self, event_type: type[E]) -> Callable[[Within[E]], Within[E]]:
        """Run in the same transaction, once per batch of events of this type."""

        def register(run: Within[E]) -> Within[E]:
            self.immediate.append((event_type, run))
            return run

        return register

    def after(self, event_type: type[E]) -> Callable[[After[E]], After[E]]:
        """Run as a durable job after the commit, once per event, retried; must be idempotent."""

        def register(run: After[E]) -> After[E]:
            self.later.append(Job(f"{self.package}.{run.__name__}", event_type, run))
            return run

        return register


class Wiring:
    """Every reaction of the desk, by the event it reacts to."""

    EMPTY: ClassVar["Wiring"]

    def __init__(self, *packages: Reactions) -> None:
        self.within: dict[type[Event], list[Callable[..., Awaitable[None]]]] = {}
        self.after: dict[type[Event], list[Job]] = {}
        self.jobs: dict[str, Job] = {}
        self.answers: dict[type[Question], Callable[..., Awaitable[Sequence[Any]]]] = {}
        for package in packages:
            self.answers.update(package.answers)
            for event_type, run in package.immediate:
                self.within.setdefault(event_type, []).append(run)
            for job in package.later:
                if job.name in self.jobs:
                    message = f"two jobs are called {job.name}"
                    raise ValueError(message)
                self.after.setdefault(job.event_type, []).append(job)
                self.jobs[job.name] = job


Wiring.EMPTY = Wiring()
