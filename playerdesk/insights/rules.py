"""What is counted and how: facts from events, hours of a day, histograms and their quantiles. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from playerdesk.kernel import PastEvent

# -- histograms

SMALLEST = 0.1
GROWTH = 1.1
"""Each bucket is a tenth wider than the one before; its middle is at most 4.9 % from anything in it."""

_LOG_GROWTH = math.log(GROWTH)
_LAST_BUCKET = 200
"""Beyond half a year; whatever takes longer is counted there."""


def bucket(seconds: float) -> int:
    """Which bucket a duration is counted in; bucket 0 is "at once"."""
    if seconds <= SMALLEST:
        return 0
    return min(_LAST_BUCKET, 1 + int(math.log(seconds / SMALLEST) / _LOG_GROWTH))


def middle(index: int) -> float:
    """The duration a bucket stands for: the geometric middle, which halves the worst relative error."""
    return 0.0 if index == 0 else SMALLEST * GROWTH ** (index - 0.5)


def quantile(histogram: Sequence[int], part: float) -> float | None:
    """The duration that `part` of all stay below, within 5 %; None when there are none."""
    total = sum(histogram)
    if total == 0:
        return None
    wanted = max(1, math.ceil(part * total - 1e-9))
    seen = 0
    for index, count in enumerate(histogram):
        seen += count
        if seen >= wanted:
            return middle(index)
    return middle(len(histogram) - 1)


def add_up(histograms: Iterable[Sequence[int]]) -> list[int]:
    """One histogram of many."""
    total: list[int] = []
    for histogram in histograms:
        total.extend([0] * (len(histogram) - len(total)))
        for index, count in enumerate(histogram):
            total[index] += count
    return total


# -- facts

DIGESTED = (
    "TicketOpened", "MessagePosted", "ClockStopped", "ClockBreached", "TicketResolved", "TicketReopened", "TicketRated",
    "TicketAssigned",
)
"""The kinds of event that are counted."""

WITH_HISTOGRAM = frozenset({"first_response", "resolved"})


class Fact(msgspec.Struct, frozen=True):
    """A row of insights.fact, in the order of its columns."""

    ticket_id: int
    metric: str
    day: date
    hour: datetime
    at: datetime
    brand_id: int
    channel: str
    tier: str
    queue_id: int | None
    person_id: int | None
    measure: float
    met: bool | None

    @property
    def key(self) -> tuple[int, str, date]:
        """A ticket counts once a day for each metric."""
        return (self.ticket_id, self.metric, self.day)


def facts_of(
    events: Iterable[PastEvent], zones: Mapping[int, ZoneInfo], odd: Callable[[PastEvent], object]
) -> list[Fact]:
    """What a batch of events adds; of a ticket's several on one day the first counts, but the last rating.

    An event that cannot be read (another version wrote it) is handed to `odd` and does not stop the rest.
    """
    found: dict[tuple[int, str, date], Fact] = {}
    for event in events:
        try:
            facts = [_fact(event.data, *counted, zones) for counted in _counted(event.kind, event.data)]
        except (KeyError, TypeError, ValueError):
            odd(event)
            continue
        for fact in facts:
            if fact.metric == "rated":
                found[fact.key] = fact
            else:
                found.setdefault(fact.key, fact)
    return list(found.values())


Counted = tuple[str, float, int | None, bool | None]


def _counted(kind: str, data: Mapping[str, Any]) -> list[Counted]:
    """(metric, measure, whose, in time?) of one event."""
    whose: int | None = data["assigneeId"]
    match kind:
        case "TicketOpened":
            return [("opened", 0.0, None, None)]
        case "TicketAssigned":
            return [("assigned", data["waitedSeconds"], whose, None)]
        case "MessagePosted":
            return _answered(data)
        case "ClockStopped" | "ClockBreached":
            return _clocked(kind, data, whose)
        case "TicketResolved":
            return [("resolved", data["resolutionSeconds"], data["byId"] or whose, None)]
        case "TicketReopened":
            # What was resolved by mistake and taken back at once was never said to be solved.
            return [] if data["by"] == "undo" else [("reopened", 0.0, whose, None)]
        case _:
            return [("rated", float(data["score"]), data["personId"], None)]


def _answered(data: Mapping[str, Any]) -> list[Counted]:
    # Words after a solution answer nobody who waits; counting them as instant would flatter us.
    waited: float | None = data["waitedSeconds"]
    if not data["firstResponse"] or waited is None:
        return []
    return [("first_response", waited, data["authorId"], None)]


def _clocked(kind: str, data: Mapping[str, Any], whose: int | None) -> list[Counted]:
    first = data["clock"] == "first"
    if kind == "ClockStopped":
        # A late one was counted when it was missed.
        return [("first_clock", data["tookSeconds"], whose, True)] if first and data["met"] else []
    late: list[Counted] = [("breached", 0.0, whose, None)]
    return [*late, ("first_clock", 0.0, whose, False)] if first else late


def _fact(
    data: Mapping[str, Any], metric: str, measure: float, person: int | None, met: bool | None,
    zones: Mapping[int, ZoneInfo],
) -> Fact:
    # A rating that is changed later still belongs to the day it was given.
    at = datetime.fromisoformat(data["firstAt"] if metric == "rated" else data["at"])
    local = at.astimezone(zones.get(data["brandId"], UTC))
    return Fact(
        data["ticketId"], metric, local.date(), local.replace(minute=0, second=0, microsecond=0).astimezone(UTC), at,
        data["brandId"], data["channel"], data["tier"], data["queueId"], person, measure, met,
    )


# -- rollups

Cell = tuple[str, int, date, str, datetime, str]
"""dimension, brand, day, metric, hour, value: the key of a row of insights.hour."""


class Sum(msgspec.Struct):
    """What a cell grows by."""

    n: int = 0
    total: float = 0.0
    within: int = 0
    histogram: list[int] = []

    def count(self, fact: Fact) -> None:
        self.n += 1
        self.total += fact.measure
        self.within += fact.met is True
        if fact.metric in WITH_HISTOGRAM:
            index = bucket(fact.measure)
            self.histogram.extend([0] * (index + 1 - len(self.histogram)))
            self.histogram[index] += 1


def cells_of(fact: Fact) -> list[Cell]:
    """The cells a fact is counted in: one a dimension, never a combination of them."""
    values = [("channel", fact.channel), ("tier", fact.tier), ("queue", str(fact.queue_id or 0))]
    if fact.person_id is not None:
        values.append(("person", str(fact.person_id)))
    return [(dimension, fact.brand_id, fact.day, fact.metric, fact.hour, value) for dimension, value in values]
