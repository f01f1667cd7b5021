"""How a ticket moves through a process. Pure: visits in, visits out; whoever calls writes them down.

A visit is one time at one step. Tokens are visits that are open or waiting. A split sends one out on each of its ways, each
carrying the split's number in its `fork`; a join holds what arrives until all of that number are there.
"""

from collections.abc import Callable, Sequence

import msgspec

from playerdesk.processes.design import Design, Next, Step

MOST_HOPS = 200
"""Steps passed at once; a checked process has no ring that nobody stops."""


class Runaway(Exception):
    """The process passes steps by itself without end."""


class Visit(msgspec.Struct, frozen=True):
    """A visit as it stands; `serial` is the number of a split, `branches` how many went out of it."""

    id: int
    step: str
    state: str
    fork: tuple[int, ...] = ()
    serial: int | None = None
    branches: int | None = None


class Fresh(msgspec.Struct, frozen=True):
    """A visit to be written; `state`: open, waiting or done."""

    step: Step
    state: str
    fork: tuple[int, ...]
    serial: int | None = None
    branches: int | None = None


class Walk(msgspec.Struct):
    """What one move brings about."""

    fresh: list[Fresh] = []
    joined: list[int] = []
    """Visits that waited at a join and are through now."""
    ended: Step | None = None


def go(
    design: Design, visits: Sequence[Visit], key: str, fork: tuple[int, ...], decide: Callable[[Step], Next]
) -> Walk:
    """Enter a step, and go on from there until somebody has to do something."""
    return _Walking(design, visits, decide).enter(key, fork)


class _Walking:
    def __init__(self, design: Design, visits: Sequence[Visit], decide: Callable[[Step], Next]) -> None:
        self.design, self.visits, self.decide = design, visits, decide
        self.walk = Walk(fresh=[], joined=[])
        self.hops = 0
        self.serials = max((visit.serial or 0 for visit in visits), default=0)
        self.branches = {visit.serial: visit.branches or 1 for visit in visits if visit.serial}

    def enter(self, key: str, fork: tuple[int, ...]) -> Walk:
        self.hops += 1
        if self.hops > MOST_HOPS:
            raise Runaway(key)
        step = self.design.step(key)
        assert step is not None, key
        if step.kind == "task":
            self._add(step, "open", fork)
        elif step.kind == "wait":
            self._add(step, "waiting", fork)
        elif step.kind == "decision":
            self._add(step, "done", fork)
            self.enter(self.decide(step).to, fork)
        elif step.kind == "split":
            self._split(step, fork)
        elif step.kind == "join":
            self._join(step, fork)
        else:
            self._add(step, "done", fork)
            self.walk.ended = step
        return self.walk

    def _add(self, step: Step, state: str, fork: tuple[int, ...]) -> None:
        self.walk.fresh.append(Fresh(step, state, fork))

    def _split(self, step: Step, fork: tuple[int, ...]) -> None:
        self.serials += 1
        serial = self.serials
        self.branches[serial] = len(step.next)
        self.walk.fresh.append(Fresh(step, "done", fork, serial, len(step.next)))
        for way in step.next:
            self.enter(way.to, (*fork, serial))

    def _join(self, step: Step, fork: tuple[int, ...]) -> None:
        held = [v for v in self.visits if v.step == step.key and v.state == "waiting" and v.fork == fork]
        new = [n for n, f in enumerate(self.walk.fresh) if f.step.key == step.key and f.state == "waiting" and f.fork == fork]
        if len(held) + len(new) + 1 < self.branches.get(fork[-1] if fork else 0, 1):
            self._add(step, "waiting", fork)
            return
        self.walk.joined += [visit.id for visit in held]
        for n in new:
            self.walk.fresh[n] = msgspec.structs.replace(self.walk.fresh[n], state="done")
        self._add(step, "done", fork)
        self.enter(step.next[0].to, fork[:-1])


def dropped_by_handing_back(visits: Sequence[Visit], leaving: Visit, depth: int) -> list[int]:
    """What ends when work goes back to a step `depth` splits deep: everything else inside the splits that are left."""
    if depth >= len(leaving.fork):
        return []
    left = leaving.fork[: depth + 1]
    return [
        visit.id for visit in visits
        if visit.id != leaving.id and visit.state in ("open", "waiting") and visit.fork[: depth + 1] == left
    ]
