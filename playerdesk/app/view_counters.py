"""The numbers beside saved views: always right, and never counted per event.

Each process keeps, for each view somebody here has beside her lists, the ids of the tickets in it. Once a second the
tickets that events have touched are read, all at once, and each view decides in Python whether they are in it. A view
is counted through only when it is new here, or when time itself moves its tickets in and out. What means the same for
two people is kept once. Beyond a thousand the number says "very many", and no more is kept.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import structlog

from playerdesk.app.listing import BUILT_IN
from playerdesk.kernel import Database, LiveEvent, Reader, Refused, encode, now
from playerdesk.kernel.conditions import Asking, Fields, Leaf, Node, Not, fix, leaves, matches, moves, personal, read
from playerdesk.staff import Agent, Scope, scope_of
from playerdesk.tickets import Detail, Walk, asking_of, details, members, opened, ticket_fields, views_of

log = structlog.get_logger("view counters")

MOST = 1000
_KEPT = 1200
"""A few more than are told, so that a view of very many need not be counted anew each time one leaves it."""
_MOST_WATCHED = 40
_PLAN_SECONDS = 30.0
_MOVING_SECONDS = 15.0
_MOST_TOUCHED = 1000
_FORGET_SECONDS = 120.0
_REPLANNED_BY = frozenset({"ViewChanged", "QueueChanged", "CategoryDefined", "PersonChanged", "RoleChanged"})
_LIMITED = ("open", "pending", "escalated")
"""What a limited scope cannot have from the counters of everybody."""


class _Touching(msgspec.Struct, rename="camel"):
    ticket_id: int | None = None


_touching = msgspec.json.Decoder(_Touching)


class Watch:
    """One condition for one scope, and who is in it."""

    def __init__(self, node: Node, asking: Asking, scope: Scope) -> None:
        self.node, self.asking, self.scope, self.moves = node, asking, scope, moves(node)
        self.ids: set[int] = set()
        self.complete = True
        self.filled_at = self.wanted_at = 0.0
        self._member: Callable[[Detail], bool] = lambda _: False

    def stale(self, at: float) -> bool:
        """Whether it must be counted through: it is new, time has moved it, or too few of very many are known."""
        if not self.filled_at or (not self.complete and len(self.ids) < MOST):
            return True
        return self.moves and at - self.filled_at > _MOVING_SECONDS

    async def fill(self, reader: Reader) -> None:
        """Count it through."""
        test = fix(self.node, msgspec.structs.replace(self.asking, now=now()))
        found = await members(reader, Walk(test=test, scope=self.scope), _KEPT)
        self._member, self.ids, self.complete = matches(test), set(found.rows), found.next is None
        self.filled_at = time.monotonic()

    def look(self, ticket_id: int, row: Detail | None) -> None:
        """A ticket was touched: is it in it now?"""
        if row is None or not self._member(row) or not self.scope.reaches(row.brand_id, row.assignee_id, row.queue_id):
            self.ids.discard(ticket_id)
        elif len(self.ids) < _KEPT:
            self.ids.add(ticket_id)
        elif ticket_id not in self.ids:
            self.complete = False

    @property
    def count(self) -> int:
        """How many; 1,000 means that many or more."""
        return min(len(self.ids), MOST)


class _Plan(msgspec.Struct, frozen=True):
    """What one person's screen shows numbers for."""

    scope: Scope
    watches: dict[str, bytes]
    at: float


class ViewCounters:
    """The watches of one process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._touched: dict[int, None] = {}
        self._watches: dict[bytes, Watch] = {}
        self._plans: dict[int, _Plan] = {}
        self._one_at_a_time = asyncio.Lock()

    def observe(self, events: Sequence[LiveEvent]) -> None:
        """Remember which tickets were touched; cheap, for it sees every event."""
        for event in events:
            if event.kind in _REPLANNED_BY:
                self._plans.clear()
            elif self._watches and (ticket_id := _touching.decode(event.data).ticket_id) is not None:
                self._touched[ticket_id] = None

    @property
    def busy(self) -> bool:
        """Whether a round could change a number."""
        at = time.monotonic()
        return bool(self._touched) or not self._plans or any(watch.stale(at) for watch in self._watches.values())

    async def round(self, agents: Iterable[Agent]) -> None:
        """Bring everything up to date for these people."""
        async with self._one_at_a_time, self.database.reading() as reader:
            for agent in {agent.id: agent for agent in agents}.values():
                await self._plan(reader, agent)
            at = time.monotonic()
            self._watches = {key: each for key, each in self._watches.items() if at - each.wanted_at < _FORGET_SECONDS}
            for watch in [each for each in self._watches.values() if each.stale(at)]:
                await watch.fill(reader)
            # Taken after the filling: what was touched meanwhile is looked at with fresh eyes.
            while self._touched:
                ids = list(self._touched)[:_MOST_TOUCHED]
                rows = {row.id: row for row in await details(reader, ids)}
                for ticket_id in ids:
                    self._touched.pop(ticket_id, None)
                    for watch in self._watches.values():
                        watch.look(ticket_id, rows.get(ticket_id))

    async def _plan(self, reader: Reader, agent: Agent) -> None:
        at = time.monotonic()
        plan = self._plans.get(agent.id)
        if plan is None or at - plan.at > _PLAN_SECONDS:
            scope, asking, fields = await scope_of(reader, agent), await asking_of(reader, agent.id), await ticket_fields(reader)
            wanted: dict[str, bytes] = {}
            for name, node in await self._wanted(reader, agent, scope, fields):
                key = _key(node, asking, scope)
                wanted[name] = key
                if key not in self._watches:
                    self._watches[key] = Watch(node, asking, scope)
            plan = self._plans[agent.id] = _Plan(scope, wanted, at)
        for key in plan.watches.values():
            if key in self._watches:
                self._watches[key].wanted_at = at

    async def _wanted(self, reader: Reader, agent: Agent, scope: Scope, fields: Fields) -> list[tuple[str, Node]]:
        found: list[tuple[str, Node]] = []
        for view in (await views_of(reader, agent))[:_MOST_WATCHED]:
            try:
                node, _ = await opened(reader, view)
            except Refused as refusal:
                log.warning("a view cannot be read", view=view.id, why=refusal.code)
                continue
            found.append((str(view.id), node))
        if scope.person_ids is not None:
            found += [(name, read(BUILT_IN[name][0], fields)) for name in _LIMITED]
        return found

    def scope(self, agent: Agent) -> Scope | None:
        """What her eyes reach, as of the last round."""
        plan = self._plans.get(agent.id)
        return None if plan is None else plan.scope

    def of(self, agent: Agent) -> dict[str, int]:
        """Her numbers as of the last round, by the view's id; with a limited scope those of some built-in views too."""
        plan = self._plans.get(agent.id)
        if plan is None:
            return {}
        known = {name: self._watches.get(key) for name, key in plan.watches.items()}
        return {name: watch.count for name, watch in known.items() if watch is not None and watch.filled_at}


def _key(node: Node, asking: Asking, scope: Scope) -> bytes:
    """The same for two people for whom it means the same."""
    mine: Any = [asking.me, asking.my_team, asking.my_queues] if personal(node) else None
    kinds = {leaf.field.kind for leaf in leaves(node)}
    below = sorted(asking.below.items()) if "category" in kinds else None
    return encode([_written(node), mine, below, sorted(scope.brand_ids), scope.person_ids, scope.queue_ids])


def _written(node: Node) -> Any:
    if isinstance(node, Leaf):
        return [node.field.name, node.field.kind, node.operator, repr(node.values)]
    if isinstance(node, Not):
        return ["not", _written(node.part)]
    return ["any" if node.any else "all", *(_written(part) for part in node.parts)]
