"""Open tickets follow what they are planned by: in pieces, each with a commit of its own, by whichever worker lives.

A piece moves the mark in the transaction of its writes, so each ticket is planned once a change, whatever dies when.
Processes remember a policy for some seconds. So at the end the tickets are looked at again to which something
happened in those seconds; whatever was planned right is not written.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import perf_counter
from typing import LiteralString

import msgspec

from playerdesk import tickets
from playerdesk.forms import CategoryDefined
from playerdesk.kernel import Database, Event, Loop, Reactions, Reader, Remembered, Tx, now
from playerdesk.players import TierModelChanged, fresh_tier_services
from playerdesk.sla import queries
from playerdesk.sla.machine import Clock
from playerdesk.sla.outcomes import Late, due_of, note_breaches, save
from playerdesk.sla.queries import POLICY_SECONDS
from playerdesk.sla.rules import Facts, Policy, Stands, Watch, service_channel
from playerdesk.tickets import DueChanged, Standing

reactions = Reactions("sla.replanning")

PIECE = 100
REST = 1.0
"""How long a worker rests after a piece, in pieces: replies have the machine most of the time."""
TELL_EVERY = 1_000
SETTLE = timedelta(seconds=POLICY_SECONDS + 1)


class ReplanMoved(Event, frozen=True):
    """How far the re-planning has come."""

    id: int
    total: int | None
    seen: int
    changed: int
    finished: bool

    def topics(self) -> list[str]:
        return ["staff"]


class Replan(msgspec.Struct, frozen=True, rename="camel"):
    """One change that open tickets follow, and how far they have."""

    id: int
    what: str
    name: str
    version: int
    by_id: int | None
    requested_at: datetime
    total: int | None
    seen: int
    changed: int
    finished_at: datetime | None
    superseded: bool


class _Work(msgspec.Struct, frozen=True):
    id: int
    brand_id: int | None
    requested_at: datetime
    total: int | None
    seen: int
    changed: int
    cursor: int
    swept: bool
    since_xid: str
    newest: int


_REQUEST: LiteralString = """
    WITH before AS (
        UPDATE sla.replan SET finished_at = $6, superseded = true
        WHERE finished_at IS NULL AND ($2::bigint IS NULL OR brand_id = $2)
    )
    INSERT INTO sla.replan (what, brand_id, name, version, by_id, requested_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id
"""

_WORK: LiteralString = """
    SELECT id, brand_id, requested_at, total, seen, changed, cursor, swept_at IS NOT NULL, since_xid::text,
           (SELECT max(id) FROM sla.replan)
    FROM sla.replan WHERE finished_at IS NULL AND (swept_at IS NULL OR requested_at <= $1)
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""

# Along the primary key: what is closed is passed over once, and never again.
NEXT: LiteralString = """
    SELECT id FROM tickets.ticket
    WHERE id > $1 AND status IN ('new', 'open', 'pending', 'hold') AND ($2::bigint IS NULL OR brand_id = $2)
    ORDER BY id LIMIT $3
"""

_COUNT: LiteralString = """
    SELECT count(*)::int FROM tickets.ticket
    WHERE status IN ('new', 'open', 'pending', 'hold') AND ($1::bigint IS NULL OR brand_id = $1)
"""

_TOUCHED: LiteralString = """
    SELECT DISTINCT (data ->> 'ticketId')::bigint FROM kernel.event
    WHERE xid >= $1::text::xid8 AND at < $2
      AND kind IN (
          'TicketOpened', 'MessagePosted', 'TicketChanged', 'TicketReopened', 'ChatEnded', 'TicketMerged', 'TicketUnmerged')
    ORDER BY 1
"""

_MOVE: LiteralString = """
    UPDATE sla.replan SET total = $2, seen = $3, changed = $4, cursor = $5,
        swept_at = CASE WHEN $6 THEN coalesce(swept_at, now()) END, finished_at = CASE WHEN $7 THEN now() END
    WHERE id = $1
"""


class Order(msgspec.Struct, frozen=True):
    """All that tickets are planned by."""

    policy: Policy
    weights: dict[str, int]


_orders: Remembered[int, Order] = Remembered(600.0, most=4)
"""By the number of the newest change."""


async def _fresh_order(reader: Reader) -> Order:
    services = await fresh_tier_services(reader)
    return Order(
        await queries.fresh_policy(reader), {tier: each.head_start_seconds for tier, each in services.items()}
    )


async def request_replan(
    tx: Tx, what: str, *, brand_id: int | None = None, name: str = "", version: int = 0, by_id: int | None = None
) -> int:
    """Open tickets follow this change from now on; an earlier change whose tickets these are too is left to it."""
    number: int = await tx.value(_REQUEST, what, brand_id, name, version, by_id, now())
    await tx.emit(ReplanMoved(id=number, total=None, seen=0, changed=0, finished=False))
    return number


@reactions.within(TierModelChanged)
async def follow_the_tier_model(tx: Tx, batch: Sequence[TierModelChanged]) -> None:
    """Weights may be others: who waits is put where she belongs now."""
    last = batch[-1]
    await request_replan(tx, "tier_model", name="standard", version=last.version, by_id=last.by_id)


@reactions.within(CategoryDefined)
async def follow_the_tree(tx: Tx, batch: Sequence[CategoryDefined]) -> None:
    """A category below another branch: its tickets have the targets of that branch now."""
    moved = {event.brand_id: event for event in batch if event.moved}
    if not moved:
        return
    queries.forget_policy(tx)
    for brand_id, event in moved.items():
        await request_replan(tx, "category", brand_id=brand_id, name=event.key)


async def replans(reader: Reader, brand_ids: list[int] | None = None, limit: int = 10) -> list[Replan]:
    """The newest changes and how far open tickets follow them."""
    return await reader.rows(
        Replan,
        "SELECT id, what, name, version, by_id, requested_at, total, seen, changed, finished_at, superseded"
        " FROM sla.replan WHERE $2::bigint[] IS NULL OR brand_id IS NULL OR brand_id = ANY($2) ORDER BY id DESC LIMIT $1",
        limit, brand_ids,
    )


async def replan(database: Database) -> int:
    """Piece after piece until nothing is left to do, with rests; returns how many tickets were looked at."""
    total = 0
    while True:
        began = perf_counter()
        async with database.transaction() as tx:
            looked = await replan_piece(tx, now())
        if looked is None:
            return total
        total += looked
        await asyncio.sleep((perf_counter() - began) * REST)


async def replan_piece(tx: Tx, at: datetime) -> int | None:
    """The next tickets of the oldest change; None when there is nothing to do now."""
    work = await tx.row(_Work, _WORK, at - SETTLE)
    if work is None:
        return None
    order = _orders.get(tx, work.newest) or _orders.put(tx, work.newest, await _fresh_order(tx))
    if work.swept:
        return await _settle(tx, work, order, at)
    counted: int = work.total if work.total is not None else await tx.value(_COUNT, work.brand_id)
    ids = [row[0] for row in await tx.fetch(NEXT, work.cursor, work.brand_id, PIECE)]
    seen, changed = work.seen + len(ids), work.changed + await plan_anew(tx, ids, order, at)
    over = len(ids) < PIECE
    await tx.execute(_MOVE, work.id, max(counted, seen), seen, changed, ids[-1] if ids else work.cursor, over, False)
    if over or seen // TELL_EVERY != work.seen // TELL_EVERY:
        await tx.emit(ReplanMoved(id=work.id, total=max(counted, seen), seen=seen, changed=changed, finished=False))
    return len(ids)


async def _settle(tx: Tx, work: _Work, order: Order, at: datetime) -> int:
    """Those to which something happened while some process still knew the policy of before."""
    touched = [row[0] for row in await tx.fetch(_TOUCHED, work.since_xid, work.requested_at + SETTLE)]
    changed = work.changed
    for place in range(0, len(touched), PIECE):
        changed += await plan_anew(tx, touched[place : place + PIECE], order, at)
    await tx.execute(_MOVE, work.id, work.total, work.seen, changed, work.cursor, True, True)
    await tx.emit(ReplanMoved(id=work.id, total=work.total, seen=work.seen, changed=changed, finished=True))
    return len(touched)


async def plan_anew(tx: Tx, ids: Sequence[int], order: Order, at: datetime) -> int:
    """Clocks and places in line of these as they are now to be; how many have another due time or place."""
    if not ids:
        return 0
    standings = await tickets.lock(tx, ids)
    moved = await tickets.put_in_place(tx, list(standings.values()), order.weights)
    rows: dict[int, list[Clock]] = {ticket_id: [] for ticket_id in standings}
    for row in await queries.clock_rows(tx, list(rows)):
        rows[row.ticket_id].append(row)
    watches: list[Watch] = []
    for ticket_id, standing in standings.items():
        watch = Watch(ticket_id, rows[ticket_id], order.policy)
        watch.follow_policy(facts_of(standing), stands(standing), at)
        watches.append(watch)
    await save(tx, watches)
    late = [
        Late(tickets.facts(standings[watch.ticket_id], at), clock) for watch in watches for clock in watch.newly_late()
    ]
    await note_breaches(tx, late, at)
    changed = [watch for watch in watches if watch.due_changed() or watch.ticket_id in moved]
    if changed:
        await tx.emit(*(_told(standings[watch.ticket_id], watch, at) for watch in changed))
    return len({watch.ticket_id for watch in watches if watch.changed() or watch.ticket_id in moved})


def facts_of(standing: Standing) -> Facts:
    """What a ticket's targets depend on."""
    channel = service_channel(standing.channel, live=standing.live)
    return Facts(standing.brand_id, channel, standing.category_id, standing.tier)


def stands(standing: Standing) -> Stands:
    """What it is owed."""
    return Stands(
        standing.status, standing.created_at, standing.waiting_since, standing.first_response_at is not None
    )


def _told(standing: Standing, watch: Watch, at: datetime) -> DueChanged:
    due = due_of(watch)
    return DueChanged(**tickets.facts(standing, at), due_at=due.due_at, due_kind=due.due_kind, breached=due.breached)


LOOP = Loop("sla.replan", 0.5, replan)
