"""From a replay to what a person compares: waiting by tier, share in time, agents needed. Pure."""

from collections.abc import Sequence

import msgspec

from playerdesk.insights.simulation.erlang import agents_needed
from playerdesk.insights.simulation.queueing import Arrival, Served, Shift, simulate

TIERS = ("high", "mid", "low", "none")
GOAL = 0.8
"""The share that is to be answered in time, for the number of agents needed."""
USUAL_TARGET = 300.0


class Question(msgspec.Struct, frozen=True):
    """What the other process is asked."""

    arrivals: list[Arrival]
    shifts: list[Shift]
    head_starts: dict[str, float]
    hours: list[float]


class Waiting(msgspec.Struct, frozen=True, rename="camel"):
    """How one tier waits; `tier` empty: everybody."""

    tier: str
    arrivals: int
    median: float | None
    p90: float | None
    within: float | None
    """The share of those who were promised something that was answered in time."""
    unserved: int


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """The draft beside first come, first served."""

    draft: list[Waiting]
    first_come: list[Waiting]
    needed: list[int]
    """Agents needed in each hour of the day so that four in five are answered in time (Erlang C)."""
    work_seconds: float
    target_seconds: float


def answer(question: Question) -> Outcome:
    """Both replays and the numbers of them."""
    work = _mean([arrival.work for arrival in question.arrivals])
    promised = sorted(arrival.target for arrival in question.arrivals if arrival.target > 0)
    target = promised[len(promised) // 2] if promised else USUAL_TARGET
    return Outcome(
        waiting_of(simulate(question.arrivals, question.shifts, question.head_starts)),
        waiting_of(simulate(question.arrivals, question.shifts, {})),
        [agents_needed(per_hour, work, target, GOAL) for per_hour in question.hours], work, target,
    )


def waiting_of(served: Sequence[Served]) -> list[Waiting]:
    """By tier, and of everybody first."""
    return [_waiting("", served), *(_waiting(tier, [each for each in served if each.tier == tier]) for tier in TIERS)]


def _waiting(tier: str, served: Sequence[Served]) -> Waiting:
    waits = sorted(each.waited for each in served if each.waited is not None)
    promised = [each for each in served if each.target > 0]
    in_time = sum(each.waited is not None and each.waited <= each.target for each in promised)
    return Waiting(
        tier, len(served), _quantile(waits, 0.5), _quantile(waits, 0.9), in_time / len(promised) if promised else None,
        len(served) - len(waits),
    )


def _quantile(ordered: Sequence[float], part: float) -> float | None:
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))], 1) if ordered else None


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
