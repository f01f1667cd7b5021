"""Which targets apply to a ticket, and what each thing that happens does to its clocks."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from playerdesk.sla import machine
from playerdesk.sla.calendars import ALWAYS, Calendar
from playerdesk.sla.machine import Clock, Plan, Stopped

WAITING_FOR_OTHERS = frozenset({"pending", "hold"})
KINDS = ("first", "next", "resolution")


class Target(msgspec.Struct, frozen=True):
    """What is promised to whom; None matches everything."""

    brand_id: int | None
    channel: str
    category_id: int | None
    tier: str | None
    first_seconds: int | None
    next_seconds: int | None
    resolution_seconds: int | None
    warn_fraction: float
    calendar_id: int
    id: int = 0
    position: int = 0

    def matches(self, who: "Facts", way: Sequence[int]) -> bool:
        """`way`: the ticket's category and all it stands below, the nearest first."""
        return (
            self.channel == who.channel
            and self.brand_id in (None, who.brand_id)
            and (self.category_id is None or self.category_id in way)
            and self.tier in (None, who.tier)
        )

    def plan(self, kind: str) -> Plan | None:
        """How it sets a clock of this kind; None: nothing is promised."""
        seconds = {"first": self.first_seconds, "next": self.next_seconds, "resolution": self.resolution_seconds}[kind]
        return None if seconds is None else Plan(seconds, self.warn_fraction, self.calendar_id)

    def order(self, way: Sequence[int]) -> tuple[bool, int, bool]:
        """The most specific comes first: brand before category, the nearest branch first, before tier."""
        distance = len(way) if self.category_id is None else way.index(self.category_id)
        return self.brand_id is None, distance, self.tier is None


class Facts(msgspec.Struct, frozen=True):
    """What a ticket's targets depend on."""

    brand_id: int
    channel: str
    category_id: int | None
    tier: str


def service_channel(channel: str, *, live: bool) -> str:
    """The channel whose targets apply: a chat that is not live is answered like a form."""
    return "game" if channel == "chat" and not live else channel


class Stands(msgspec.Struct, frozen=True):
    """What a ticket is owed, apart from its clocks."""

    status: str
    created_at: datetime
    waiting_since: datetime | None
    answered: bool
    """Somebody has answered for the first time."""

    def owed_since(self, kind: str) -> datetime | None:
        """Since when such a clock would run; None: nothing of the kind is owed."""
        if self.status not in ("new", "open", "pending", "hold"):
            return None
        if kind == "resolution":
            return self.created_at
        if kind == "first":
            return None if self.answered else self.created_at
        return self.waiting_since if self.answered else None


class Policy:
    """All targets and calendars, as they stood a few seconds ago."""

    def __init__(
        self, targets: Iterable[Target], calendars: Mapping[int, Calendar], above: Mapping[int, int] | None = None
    ) -> None:
        """`above`: of each category the one it stands below; a retired one stands below that into which it was merged."""
        self._targets = list(targets)
        self._calendars = calendars
        self._above = above or {}
        self._plans: dict[tuple[Facts, str], Plan | None] = {}

    def calendar(self, calendar_id: int) -> Calendar:
        return self._calendars.get(calendar_id, ALWAYS)

    def plan(self, who: Facts, kind: str) -> Plan | None:
        """How a clock of this kind is set for such a ticket; None: nothing is promised."""
        key = (who, kind)
        if key not in self._plans:
            self._plans[key] = self._find(who, kind)
        return self._plans[key]

    def instead(self, brand_id: int | None, targets: Iterable[Target]) -> "Policy":
        """The same with other rows for this brand (None: for everybody)."""
        return Policy([*(t for t in self._targets if t.brand_id != brand_id), *targets], self._calendars, self._above)

    def rows_for(self, who: Facts) -> list[Target]:
        """Every row that fits, the one that decides first."""
        way = self._way(who.category_id)
        return sorted((each for each in self._targets if each.matches(who, way)), key=lambda each: each.order(way))

    def _way(self, category_id: int | None) -> list[int]:
        """The category and all it stands below, the nearest first."""
        way: list[int] = []
        while category_id is not None and category_id not in way:
            way.append(category_id)
            category_id = self._above.get(category_id)
        return way

    def _find(self, who: Facts, kind: str) -> Plan | None:
        rows = self.rows_for(who)
        return rows[0].plan(kind) if rows else None


class Watch:
    """The clocks of one ticket while a batch of events goes over them."""

    def __init__(self, ticket_id: int, rows: Iterable[Clock], policy: Policy) -> None:
        self.ticket_id = ticket_id
        self.policy = policy
        self.clocks = {row.kind: row for row in rows}
        self._before = dict(self.clocks)

    # -- what happens

    def opened(self, who: Facts, at: datetime) -> None:
        """The player asked."""
        for kind in ("first", "resolution"):
            self._start(kind, who, at)

    def said(self, who: Facts, author: str, status: str, at: datetime) -> list[Stopped]:
        """Somebody wrote to the other side."""
        stopped: list[Stopped] = []
        if author == "staff":
            stopped = self._stop(("first", "next"), at)
        self.now(status, at)
        if author == "player":
            self._wait(who, at)
        return stopped

    def now(self, status: str, at: datetime) -> None:
        """Whose turn it is: clocks stand still while we wait for the player or a third party."""
        for kind, clock in self.clocks.items():
            self.clocks[kind] = (
                machine.pause(clock, at) if status in WAITING_FOR_OTHERS
                else machine.resume(clock, at, self.policy.calendar)
            )

    def finished(self, at: datetime) -> list[Stopped]:
        """Resolved or closed. A question nobody answered in words is void unless it is late already."""
        for kind in ("first", "next"):
            if kind in self.clocks:
                self.clocks[kind] = machine.void(self.clocks[kind], at)
        return self._stop(("resolution",), at)

    def reopened(self, who: Facts, at: datetime) -> None:
        """It was not solved: the solution is due anew, and the player waits."""
        self._start("resolution", who, at)
        first = self.clocks.get("first")
        if first is not None and first.state == "void":
            self._start("first", who, at)
        self._wait(who, at)

    def replanned(self, who: Facts, at: datetime) -> None:
        """Other targets apply from now on; the time used stays used."""
        for kind, clock in self.clocks.items():
            plan = self.policy.plan(who, kind)
            if plan is not None and plan != Plan(clock.target_seconds, clock.warn_fraction, clock.calendar_id):
                self.clocks[kind] = machine.replan(clock, plan, at, self.policy.calendar)

    def follow_policy(self, who: Facts, stands: "Stands", at: datetime) -> None:
        """The policy is another: clocks are where they would be had it been so all along.

        What is not promised any more is void, what is promised now and was not is owed from when the player asked.
        """
        for kind in KINDS:
            clock, plan = self.clocks.get(kind), self.policy.plan(who, kind)
            since = stands.owed_since(kind)
            if clock is not None and not clock.over:
                self.clocks[kind] = (
                    machine.void(clock, at) if plan is None else self._under(clock, plan, at)
                )
            elif plan is not None and since is not None and (clock is None or clock.state == "void"):
                again = clock is not None and clock.started_at == since and clock.pauses is not None
                pauses = clock.pauses if clock is not None and again else []
                rounds = 1 if clock is None else clock.round + (not again)
                fresh = machine.start(self.ticket_id, kind, plan, since, self.policy.calendar, rounds)
                fresh = machine.replayed(msgspec.structs.replace(fresh, pauses=pauses), plan, self.policy.calendar)
                self.clocks[kind] = machine.pause(fresh, at) if stands.status in WAITING_FOR_OTHERS else fresh

    def _under(self, clock: Clock, plan: Plan, at: datetime) -> Clock:
        """Also when the plan's numbers are the same: its calendar may have other hours."""
        return machine.replan(clock, plan, at, self.policy.calendar)

    # -- what has become of them

    def changed(self) -> list[Clock]:
        """The rows to write."""
        return [clock for kind, clock in self.clocks.items() if clock != self._before.get(kind)]

    def newly_late(self) -> list[Clock]:
        """Those that turned out to be late here, before the worker came round."""
        return [
            clock for clock in self.changed()
            if clock.state == "breached" and not _was_late(self._before.get(clock.kind), clock.round)
        ]

    def due_changed(self) -> bool:
        return nearest(self.clocks.values()) != nearest(self._before.values())

    # -- steps

    def _start(self, kind: str, who: Facts, at: datetime) -> None:
        plan, old = self.policy.plan(who, kind), self.clocks.get(kind)
        if plan is not None and (old is None or old.over):
            rounds = 1 if old is None else old.round + 1
            self.clocks[kind] = machine.start(self.ticket_id, kind, plan, at, self.policy.calendar, rounds)

    def _wait(self, who: Facts, at: datetime) -> None:
        waits = any(not self.clocks[kind].over for kind in ("first", "next") if kind in self.clocks)
        if not waits:
            self._start("next", who, at)

    def _stop(self, kinds: tuple[str, ...], at: datetime) -> list[Stopped]:
        stopped = [
            machine.stop(self.clocks[kind], at, self.policy.calendar)
            for kind in kinds if kind in self.clocks and not self.clocks[kind].over
        ]
        for one in stopped:
            self.clocks[one.clock.kind] = one.clock
        return stopped


def _was_late(before: Clock | None, rounds: int) -> bool:
    return before is not None and before.state == "breached" and before.round == rounds


class Nearest(msgspec.Struct, frozen=True):
    """The next target of a ticket."""

    due_at: datetime
    kind: str
    warn_at: datetime
    breached: bool


def nearest(rows: Iterable[Clock]) -> Nearest | None:
    """What has to be done first; a target missed and still unanswered stays the nearest."""
    running = [row for row in rows if not row.over and row.paused_at is None and row.state in ("running", "breached")]
    if not running:
        return None
    first = min(running, key=lambda row: (row.due_at, KINDS.index(row.kind)))
    return Nearest(first.due_at, first.kind, first.warn_at, first.state == "breached")
