"""One connected agent screen: what it may hear, and what a tick of events means for it."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from playerdesk.kernel import LiveEvent
from playerdesk.kernel.sockets import Socket
from playerdesk.sla import ClockView
from playerdesk.staff import Agent
from playerdesk.tickets import Entry, TicketRow, shown

_LISTS = ("agent:", "queue:", "brand:")
DIRECTORY = frozenset({"BrandChanged", "CategoryDefined", "FormDefined", "QueueChanged"})
"""What changes the names behind the numbers: workspaces fetch their directory again."""

_DESK = {
    "ViewChanged": ("views", "viewId"),
    "ReplanMoved": ("replan", "id", "total", "seen", "changed", "finished"),
    "BlueprintChanged": ("blueprint", "kind", "brandKey", "key", "what", "revision", "version", "byId"),
    "PresenceChanged": ("presence", "personId", "state", "since"), "PersonChanged": ("person", "personId"),
    **dict.fromkeys(DIRECTORY, ("directory",)),
}

Parts = list[dict[str, Any]]
"""What goes out together, as one frame."""

_ALARMS = {"ClockWarned": "warning", "ClockBreached": "breach"}


def number_of(topic: str) -> int | None:
    """The 7 of `ticket:7`; None for what no screen of ours would ask for."""
    value = topic.partition(":")[2]
    return int(value) if value.isascii() and value.isdecimal() and len(value) <= 18 else None


class News(msgspec.Struct, frozen=True):
    """What one tick is about, read once for all screens; by event position and ticket."""

    facts: dict[int, Any]
    row_of: dict[int, TicketRow]
    entry_of: dict[tuple[int, int], Entry]
    clocks_of: dict[int, list[ClockView]]
    cursor: str


class Screen:
    """One connected agent screen."""

    def __init__(self, mark: Callable[["Screen"], None], socket: Socket, agent: Agent, session: str = "") -> None:
        self._mark = mark
        self.socket = socket
        self.agent = agent
        self.session = session
        self.topics: set[str] = set()
        self.viewing: int | None = None
        self.pending: list[LiveEvent] = []

    def hear(self, events: Sequence[LiveEvent], cursor: str) -> None:
        self.pending.extend(events)
        self._mark(self)

    def push(self, frame: Any) -> None:
        self.socket.push(frame)

    def overhear(self, topic: str, kind: str, data: Any) -> None:
        ticket_id = int(topic.partition(":")[2] or 0)
        self.socket.push({"op": "event", "kind": kind, "topic": topic, "ticketId": ticket_id, "data": data})

    def may_hear(self, topic: str) -> bool:
        """Own work, the queues, brands and tickets she may see, and the board for those who lead."""
        kind, _, value = topic.partition(":")
        number = number_of(topic)
        if kind == "agent":
            return number == self.agent.id
        if kind in ("queue", "ticket"):
            return number is not None and "tickets.read" in self.agent.permissions
        if kind == "brand":
            return number is not None and self.agent.serves(number)
        if kind == "board":
            # The pushed board is everybody's; who sees a part of the desk reads hers by the route.
            served = not self.agent.brand_ids if value == "all" else number is not None and self.agent.serves(number)
            return served and self.agent.person_ids is None and "board.see" in self.agent.permissions
        if kind == "card":
            return number is not None and "players.read" in self.agent.permissions
        return topic == "staff"

    def sees(self, row: TicketRow) -> bool:
        """Whether the ticket is hers to see, as it stands now."""
        agent = self.agent
        return "tickets.read" in agent.permissions and agent.reaches(row.brand_id, row.assignee_id, row.queue_id)

    def tell(self, batch: list[LiveEvent], news: News) -> set[str]:
        """Push what this batch means for this screen: entries for its tickets, alarms, and rows for it all.

        It goes as one frame of several parts, rows and cursor last. Returns the topics it may not hear any more,
        because their tickets went out of her sight.
        """
        parts: Parts = []
        listed: dict[int, TicketRow] = {}
        gone: set[int] = set()
        watched: set[int] = set()
        for event in batch:
            fact = news.facts[event.position]
            ticket_id = fact.get("ticketId")
            row = news.row_of.get(ticket_id) if ticket_id else None
            topics = self.topics.intersection(event.topics)
            if row is not None and not self.sees(row):
                # It went out of her sight, or never was in it; of a brand she serves its number says nothing.
                if topics and self.agent.serves(row.brand_id):
                    gone.add(row.id)
            elif row is not None:
                if f"ticket:{row.id}" in topics:
                    watched.add(row.id)
                    listed[row.id] = row
                    _tell_entry(parts, event, fact, news)
                elif any(topic.startswith(_LISTS) for topic in topics):
                    listed[row.id] = row
            if event.kind in _DESK and (fact.get("brandId") is None or self.agent.serves(fact["brandId"])):
                _tell_desk(parts, event, fact)
            self._tell_person(parts, event, fact, topics)
        parts += [_event("clocks", f"ticket:{each}", each, news.clocks_of.get(each, [])) for each in sorted(watched)]
        rows: dict[str, Any] = {"op": "rows", "rows": list(listed.values()), "cursor": news.cursor}
        parts.append(rows | {"gone": sorted(gone)} if gone else rows)
        self.socket.push(parts if len(parts) > 1 else parts[0])
        return self.topics.intersection(f"ticket:{each}" for each in gone)

    def _tell_person(self, parts: Parts, event: LiveEvent, fact: dict[str, Any], topics: set[str]) -> None:
        own = f"agent:{self.agent.id}"
        if event.kind == "CardChanged":
            for topic in sorted(topics):
                parts.append({"op": "event", "kind": "card", "topic": topic, "data": {}})
        elif event.kind == "ProcessMoved":
            _tell_process(parts, fact, topics)
        elif event.kind == "SideSpoken":
            _tell_side(parts, fact, topics)
        elif event.kind == "ReplyHeld":
            _tell_held(parts, fact, topics)
        elif own not in topics:
            return
        elif event.kind == "PreferencesChanged":
            data = {"revision": fact["revision"]}
            parts.append({"op": "event", "kind": "preferences", "topic": own, "data": data})
        elif event.kind == "Mentioned":
            parts.append(_event("mention", own, fact["ticketId"], {"byId": fact["byId"], "seq": fact["seq"]}))
        elif event.kind == "TicketChanged" and "woken" in fact["what"] and fact["assigneeId"] == self.agent.id:
            parts.append(_event("woken", own, fact["ticketId"], {}))
        elif event.kind == "TicketAssigned" and fact["assigneeId"] == self.agent.id:
            data = {"ticketId": fact["ticketId"], "reason": fact["reason"], "live": fact["live"], "byId": fact["byId"]}
            parts.append(_event("assigned", own, fact["ticketId"], data))
        else:
            _tell_late(parts, event, fact, own, self.agent.id)


def _tell_late(parts: Parts, event: LiveEvent, fact: dict[str, Any], own: str, agent_id: int) -> None:
    """A target is near or missed: to whose work it is, and to whom the chain of escalation names."""
    if event.kind == "Escalated" and agent_id in fact["toIds"]:
        data = {"ticketId": fact["ticketId"], "clock": fact["clock"], "moment": fact["moment"]}
        parts.append(_event("escalated", own, fact["ticketId"], data))
    elif event.kind in _ALARMS:
        data = {"ticketId": fact["ticketId"], "clock": fact["clock"], "dueAt": fact["dueAt"]}
        parts.append(_event(_ALARMS[event.kind], own, fact["ticketId"], data))


def _tell_desk(parts: Parts, event: LiveEvent, fact: dict[str, Any]) -> None:
    """What the desk itself is made of has changed: whoever shows it fetches it again."""
    kind, *names = _DESK[event.kind]
    parts.append({"op": "event", "kind": kind, "topic": "staff", "data": {name: fact[name] for name in names}})


def _tell_entry(parts: Parts, event: LiveEvent, fact: dict[str, Any], news: News) -> None:
    ticket_id = fact["ticketId"]
    entry = news.entry_of.get((ticket_id, fact.get("seq", 0)))
    topic = f"ticket:{ticket_id}"
    if part := _craft_part(fact):
        parts.append(_event("craft", topic, ticket_id, {"part": part}))
    if entry is not None:
        parts.append(_event("entry", topic, ticket_id, shown(entry)) | {"seq": entry.seq})
    elif event.kind == "MessagesRead" and fact["reader"] == "player":
        parts.append(_event("player_read", topic, ticket_id, {"number": fact["number"]}))


def _tell_held(parts: Parts, fact: dict[str, Any], topics: set[str]) -> None:
    """A reply that can still be undone: to its writer's screens, and to those who look at the ticket."""
    data = {key: fact[key] for key in ("ticketId", "personId", "clientKey", "state", "sendAt", "stoppedCode")}
    parts += [_event("held", topic, fact["ticketId"], data) for topic in sorted(topics)]


def _tell_process(parts: Parts, fact: dict[str, Any], topics: set[str]) -> None:
    """Somebody's tasks are others now; on the ticket its strip is."""
    data = {key: fact[key] for key in ("instanceId", "what", "parties", "personIds")}
    parts += [_event("process", topic, fact["aboutId"], data) for topic in sorted(topics)]


def _tell_side(parts: Parts, fact: dict[str, Any], topics: set[str]) -> None:
    """A word aside: to those who take part, and to those who look at the ticket."""
    data = {key: fact[key] for key in ("sideId", "seq", "authorId", "subject")}
    parts += [_event("side", topic, fact["aboutId"], data) for topic in sorted(topics)]


def _craft_part(fact: dict[str, Any]) -> str | None:
    """What of craft an event makes old: it says so, or it is a category (each is worked in its own way) or a sleep."""
    what = fact.get("what", ())
    if "category" in what:
        return "practice"
    if "snoozed" in what or fact.get("statusBefore") == "hold":
        return "snooze"
    return fact.get("part")


def _event(kind: str, topic: str, ticket_id: int, data: Any) -> dict[str, Any]:
    return {"op": "event", "kind": kind, "topic": topic, "ticketId": ticket_id, "data": data}
