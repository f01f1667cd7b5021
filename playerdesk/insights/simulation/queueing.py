"""A queue with several servers, event by event. Pure, deterministic, a million arrivals a few seconds.

Nobody is interrupted: whoever is free takes the first in line, where the first is whoever's arrival, less the
head start of her tier, is earliest. With no head starts that is first come, first served.
"""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush

import msgspec


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """Somebody comes: when (seconds from the beginning), of which tier, and how much work she is."""

    at: float
    tier: str
    work: float
    target: float
    """Within how many seconds she is promised an answer; 0: nothing is promised."""


class Served(msgspec.Struct, frozen=True, array_like=True):
    """How long an arrival waited; None: nobody came for her while the line was watched."""

    tier: str
    waited: float | None
    target: float


Shift = tuple[float, int]
"""From when on how many work."""

_LONGER = 14 * 86_400.0


def simulate(arrivals: Sequence[Arrival], shifts: Sequence[Shift], head_starts: Mapping[str, float]) -> list[Served]:
    """Everybody's waiting, in the order in which they came. After the last shift begins, it lasts."""
    waits: list[float | None] = [None] * len(arrivals)
    line: list[tuple[float, int]] = []
    busy: list[float] = []
    changes = sorted(shifts)
    hands, came, changed = 0, 0, 0
    clock = arrivals[0].at if arrivals else 0.0
    end = (arrivals[-1].at if arrivals else 0.0) + _LONGER
    infinite = float("inf")
    while True:
        # Everything that happens at this instant, then whoever is free takes the first in line.
        while changed < len(changes) and changes[changed][0] <= clock:
            hands = changes[changed][1]
            changed += 1
        while busy and busy[0] <= clock:
            heappop(busy)
        while came < len(arrivals) and arrivals[came].at <= clock:
            arrival = arrivals[came]
            heappush(line, (arrival.at - head_starts.get(arrival.tier, 0.0), came))
            came += 1
        while line and len(busy) < hands:
            _, who = heappop(line)
            waits[who] = clock - arrivals[who].at
            heappush(busy, clock + arrivals[who].work)
        soon = min(
            arrivals[came].at if came < len(arrivals) else infinite,
            busy[0] if busy and line else infinite,
            changes[changed][0] if changed < len(changes) and (line or came < len(arrivals)) else infinite,
        )
        if soon == infinite or soon > end:
            break
        clock = soon
    return [Served(arrival.tier, waited, arrival.target) for arrival, waited in zip(arrivals, waits, strict=True)]
