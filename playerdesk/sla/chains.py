"""Escalation chains: what is done, and when, once a target is near or missed. Pure; `escalating` does it."""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from playerdesk.sla.rules import Facts

Moment = Literal["warning", "breach"]
Whom = Literal["assignee", "lead", "superior", "person"]


class Action(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One thing a step does: tell somebody, put the ticket into another queue, or raise its priority by one."""

    kind: Literal["notify", "queue", "priority"]
    who: Whom | None = None
    person: str | None = None
    """A login, for `who: person`."""
    queue: str | None = None


class ChainStep(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """A step of a chain, as documents have it. No channels or tiers: all of them."""

    key: str
    at: Moment
    do: list[Action]
    clock: Literal["any", "first", "next", "resolution"] = "any"
    after_seconds: int = 0
    channels: list[str] = []
    tiers: list[str] = []

    def concerns(self, who: Facts, kind: str, at: Moment) -> bool:
        """Whether such a clock's moment sets this step going."""
        return (
            self.at == at and self.clock in ("any", kind) and (not self.channels or who.channel in self.channels)
            and (not self.tiers or who.tier in self.tiers)
        )


class Chains:
    """Every chain there is; a brand that has one of its own has only that."""

    def __init__(self, chains: Mapping[int | None, Sequence[ChainStep]]) -> None:
        self._chains = chains

    def steps(self, who: Facts, kind: str, at: Moment) -> list[ChainStep]:
        """What follows from this moment of this clock."""
        chain = self._chains.get(who.brand_id) or self._chains.get(None) or ()
        return [step for step in chain if step.concerns(who, kind, at)]
