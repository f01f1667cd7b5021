"""Ticket changes in the audit log: read from the event log, so that whoever changes a ticket is traced without saying so.

A new kind of ticket event is traced by itself: its name becomes the action (`TicketResolved` → `ticket.resolved`), its
own facts what was before and after.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, LiteralString

import msgspec

from playerdesk.audit import Trace, record
from playerdesk.kernel import Database, Event, Loop, PastEvent, Tx, read_on
from playerdesk.players import ManagerAssigned, PortfolioHandedOver, TierChanged
from playerdesk.tickets import TicketEvent

SILENT = frozenset({"MessagesRead", "ClockStopped", "ClockWarned", "ProcessWanted"})
"""What the desk reckons by itself, and how far somebody has read: no change of anything."""

PLAYERS = (TierChanged, ManagerAssigned, PortfolioHandedOver)

# Where a fact stands in the event, and which of the ticket's facts it tells the old value of.
_BEFORE = {"statusBefore": "status", "fromId": "assigneeId", "fromQueueId": "queueId"}
_WHO = frozenset({"author", "authorId", "byId", "by"})
_FIGURES = frozenset({
    "origin", "waitedSeconds", "resolutionSeconds", "firstResponse", "waitingSince", "what", "firstAt", "round", "targetSeconds",
    "firstTarget",
})
_BY_PLAYER = frozenset({"TicketOpened", "TicketRated", "TicketNudged", "ChatStarted"})
# These say all of it themselves; of the others the line in the timeline tells who it was, and from what to what.
_COMPLETE = frozenset({"MessagePosted", "NoteAdded", "TicketAssigned", "TicketResolved"})

_LINES: LiteralString = """
    SELECT ticket_id, seq, author, author_id, change FROM tickets.message
    WHERE (ticket_id, seq) IN (SELECT * FROM unnest($1::bigint[], $2::bigint[])) AND kind = 'change'
"""

Line = tuple[str, int | None, dict[str, Any]]


def kinds_below(event_type: type[Event]) -> list[type[Event]]:
    """An event class and all that are made of it."""
    return [event_type, *(each for below in event_type.__subclasses__() for each in kinds_below(below))]


def traced() -> list[str]:
    """The events the log is made of."""
    return sorted({each.__name__ for each in kinds_below(TicketEvent)} - SILENT) + [each.__name__ for each in PLAYERS]


def action_of(kind: str) -> str:
    """`TicketReopened` → `ticket.reopened`; a verb alone is the ticket's: `Escalated` → `ticket.escalated`."""
    noun, *rest = re.findall(r"[A-Z][a-z]*", kind)
    if not rest:
        return f"ticket.{noun.lower()}"
    return f"{noun.lower()}.{'_'.join(rest).lower()}"


class _Kinds:
    """What is known of each kind of event, worked out once."""

    def __init__(self) -> None:
        common = {field.encode_name for field in msgspec.structs.fields(TicketEvent)}
        self.own: dict[str, list[str]] = {}
        self.actions: dict[str, str] = {}
        for each in (*kinds_below(TicketEvent), *PLAYERS):
            names = [field.encode_name for field in msgspec.structs.fields(each)]
            self.own[each.__name__] = [name for name in names if name not in common and name not in _WHO | _FIGURES]
            self.actions[each.__name__] = action_of(each.__name__)


async def digest(tx: Tx, events: Sequence[PastEvent]) -> None:
    """Trace a batch of events; each is handed in once (the cursor sees to it)."""
    known = _kinds()
    lines = await _lines(tx, events)
    await record(tx, *(
        _of_ticket(known, event, lines) if "ticketId" in event.data else _of_player(known, event) for event in events
    ))


def _kinds() -> _Kinds:
    global _known  # noqa: PLW0603 -- every event class is imported by the time the first batch comes
    if _known is None:
        _known = _Kinds()
    return _known


_known: _Kinds | None = None


def _seqs(event: PastEvent) -> Iterable[int]:
    last = event.data["seq"]
    return range(last - max(1, len(event.data.get("what", ()))) + 1, last + 1)


async def _lines(tx: Tx, events: Sequence[PastEvent]) -> dict[tuple[int, int], Line]:
    places = [
        (event.data["ticketId"], seq)
        for event in events if event.kind not in _COMPLETE and "seq" in event.data for seq in _seqs(event)
    ]
    if not places:
        return {}
    rows = await tx.fetch(_LINES, [ticket_id for ticket_id, _ in places], [seq for _, seq in places])
    return {(row[0], row[1]): (row[2], row[3], row[4] or {}) for row in rows}


def _of_ticket(known: _Kinds, event: PastEvent, lines: dict[tuple[int, int], Line]) -> Trace:
    data = event.data
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in known.own[event.kind]:
        of = _BEFORE.get(name)
        if of is None:
            after[name] = data.get(name)
        elif data.get(name) != data[of]:
            before[of], after[of] = data.get(name), data[of]
    author: tuple[str, int | None] | None = None
    if event.kind not in _COMPLETE and "seq" in data:
        for seq in _seqs(event):
            line = lines.get((data["ticketId"], seq))
            if line is None:
                continue
            author = line[0], line[1]
            change = line[2]
            if isinstance(what := change.get("what"), str) and what in data.get("what", ()):
                before[what], after[what] = change.get("from"), change.get("to")
    if "tier" in data.get("what", ()):
        after["tier"] = data["tier"]
    kind, who = _actor(event.kind, data, author)
    return Trace(
        actor_kind=kind, actor_id=who, action=known.actions[event.kind], kind="ticket", object_id=str(data["ticketId"]),
        brand_id=data["brandId"], before=before or None, after=after or None, at=datetime.fromisoformat(data["at"]),
        origin=_origin(kind, data), by_text=False,
    )


def _actor(kind: str, data: dict[str, Any], author: tuple[str, int | None] | None) -> tuple[str, int | None]:
    if "authorId" in data:
        who = data.get("author", "staff"), data["authorId"]
    elif data.get("byId") is not None:
        who = "staff", data["byId"]
    elif kind in _BY_PLAYER or data.get("by") == "player":
        who = "player", data["playerId"]
    else:
        who = author or ("system", None)
    return ("system", None) if who[1] is None else who


def _origin(kind: str, data: dict[str, Any]) -> str:
    """A player's address is her personal data and not kept for good; the request stays."""
    origin: str = data.get("origin", "")
    return origin if kind == "staff" else origin.partition(" ")[0]


def _of_player(known: _Kinds, event: PastEvent) -> Trace:
    data = event.data
    action = known.actions[event.kind]
    if event.kind == "TierChanged":
        kind, about, before, after = "player", data["playerId"], {"tier": data["fromTier"]}, {"tier": data["toTier"]}
    elif event.kind == "ManagerAssigned":
        kind, about, before = "player", data["playerId"], {"managerId": data["fromId"]}
        after = {"managerId": data["toId"], "reason": data["reason"]}
    else:
        kind, about, before = "person", data["fromId"], None
        after = {"toId": data["toId"], "players": len(data["playerIds"])}
    origin = data.get("origin", "")
    return Trace(
        actor_kind="system", actor_id=None, action=action, kind=kind, object_id=str(about), before=before, after=after,
        at=event.at, origin=origin, by_text=False,
    )


async def trace_tickets(database: Database) -> int:
    """Trace what has happened since the last call; returns how much."""
    return await read_on(database, "audit", traced(), digest)


LOOPS = (Loop("audit.tickets", 1.0, trace_tickets),)
