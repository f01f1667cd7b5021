"""What happened, who reacts, and on one page who is wired to whom.

An event is written in the transaction of the change. `within` reactions run in that same
transaction and receive the whole batch of one commit, so a flood costs one statement a package.
What has to happen later is a row with a time, written by such a reaction and taken by a loop.
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


class Reactions:
    """The reactions of one package; collected by decorators, wired by `app`."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.immediate: list[tuple[type[Event], Callable[..., Awaitable[None]]]] = []
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


class Wiring:
    """Every reaction of the desk, by the event it reacts to."""

    EMPTY: ClassVar["Wiring"]

    def __init__(self, *packages: Reactions) -> None:
        self.within: dict[type[Event], list[Callable[..., Awaitable[None]]]] = {}
        self.answers: dict[type[Question], Callable[..., Awaitable[Sequence[Any]]]] = {}
        for package in packages:
            self.answers.update(package.answers)
            for event_type, run in package.immediate:
                self.within.setdefault(event_type, []).append(run)


Wiring.EMPTY = Wiring()
