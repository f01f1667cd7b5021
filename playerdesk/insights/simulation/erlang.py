"""How many must be there so that few wait long: Erlang's formulas. Pure."""

import math

MOST = 2_000


def waits_at_all(load: float, agents: int) -> float:
    """Erlang C: how likely somebody has to wait, `load` being the hours of work that come in an hour."""
    if agents <= load:
        return 1.0
    # Erlang B by its recursion, which neither over- nor underflows.
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return agents * blocked / (agents - load * (1 - blocked))


def mean_wait(per_hour: float, work_seconds: float, agents: int) -> float:
    """The average waiting in seconds; endless when more comes than they can do."""
    load = per_hour * work_seconds / 3600
    return math.inf if agents <= load else waits_at_all(load, agents) * work_seconds / (agents - load)


def within(per_hour: float, work_seconds: float, agents: int, seconds: float) -> float:
    """The share that waits no longer than so many seconds."""
    load = per_hour * work_seconds / 3600
    if agents <= load:
        return 0.0
    return 1 - waits_at_all(load, agents) * math.exp(-(agents - load) * seconds / max(work_seconds, 1e-9))


def agents_needed(per_hour: float, work_seconds: float, seconds: float, share: float) -> int:
    """The fewest with whom this share waits no longer than that."""
    if per_hour <= 0 or work_seconds <= 0:
        return 0
    agents = int(per_hour * work_seconds / 3600) + 1
    while agents < MOST and within(per_hour, work_seconds, agents, seconds) < share:
        agents += 1
    return agents
