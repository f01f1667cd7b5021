"""Placing tickets: with the VIP manager, in a queue, with whoever has a hand free."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from playerdesk.brands import module_on
from playerdesk.kernel import Database, Tx, now
from playerdesk.players import tier_services
from playerdesk.routing import queries
from playerdesk.routing.rules import caretaker, match
from playerdesk.tickets import Assignment, TicketEvent, assign_many, end_chats, put_in_queue

WIDEST_ROUND = 200
"""Tickets given out in one transaction; more would hold locks for long."""


async def place(tx: Tx, tickets: Sequence[TicketEvent], at: datetime) -> None:
    """A high payer's ticket goes to her manager, the deputy or the VIP pool; the others to their queue.

    Set-based: what a batch costs does not grow with its length except in rows.
    """
    managed_tiers = {tier for tier, each in (await tier_services(tx)).items() if each.manager}
    high = [ticket for ticket in tickets if ticket.tier in managed_tiers and await module_on(tx, ticket.brand_id, "vip_managers")]
    homeless = [ticket for ticket in tickets if ticket.queue_id is None]
    if not high and not homeless:
        return
    ordinary, vip = await queries.default_queues(tx)
    wishes: list[Assignment] = []
    moves: dict[tuple[int, str], list[int]] = {}
    managed = {ticket.ticket_id for ticket in high}
    care = await queries.cares(tx, [ticket.player_id for ticket in high]) if high else {}
    for ticket in tickets:
        pool = (vip.get(ticket.brand_id) or vip.get(None)) if ticket.ticket_id in managed else None
        found = caretaker(care.get(ticket.player_id), ticket.brand_id)
        if found is not None:
            wishes.append(Assignment(ticket.ticket_id, found[0], found[1]))
        if pool is not None and ticket.queue_id != pool:
            # Also when somebody takes it now: if she vanishes, it waits in the pool, not at the back.
            moves.setdefault((pool, "vip_pool"), []).append(ticket.ticket_id)
        elif ticket.queue_id is None and (home := ordinary.get(ticket.brand_id) or ordinary.get(None)):
            moves.setdefault((home, "default"), []).append(ticket.ticket_id)
    for (queue_id, reason), ticket_ids in moves.items():
        await put_in_queue(tx, ticket_ids, queue_id, reason, at)
    if wishes:
        await assign_many(tx, wishes, at)


async def put_back(tx: Tx, ticket_ids: Sequence[int], reason: str, at: datetime) -> None:
    """Back in line; a high payer's ticket then finds her manager or the VIP pool by itself."""
    await put_in_queue(tx, ticket_ids, None, reason, at)


async def refuse_if_nobody(tx: Tx, ticket_ids: Sequence[int], at: datetime) -> None:
    """A chat that nobody on duty could ever take becomes a ticket, and says so."""
    alone = await queries.chats_nobody_can_take(tx, ticket_ids, timedelta(0))
    if alone:
        await end_chats(tx, alone, "nobody_on_duty", at)


MAY_BE_BACK = timedelta(seconds=10)
"""Whoever has left so recently may have pressed the wrong button."""


async def end_chats_of_deserted_queues(database: Database, grace: timedelta = MAY_BE_BACK) -> int:
    """The last one who could take them has left: chats in line become tickets, and say so. Returns how many."""
    async with database.transaction() as tx:
        alone = await queries.chats_nobody_can_take(tx, None, grace)
        return len(await end_chats(tx, alone, "nobody_on_duty", now())) if alone else 0


async def give_out(database: Database) -> int:
    """One round of the claim loop: everybody with a hand free gets the first in line. Returns how many.

    One claimer at a time decides (the lock), so nobody is filled beyond her capacity; the
    assignment itself is conditional, so a ticket pulled or taken by hand meanwhile is left alone.
    """
    given = 0
    while True:
        async with database.transaction() as tx:
            if not await tx.value("SELECT pg_try_advisory_xact_lock(hashtext('routing.give_out'))"):
                return given
            hands = await queries.hands(tx)
            if not any(hand.free(live=live) for hand in hands for live in (True, False)):
                return given
            waiting = await queries.waiting(tx, hands, WIDEST_ROUND)
            matches = match(waiting, hands)[:WIDEST_ROUND]
            done = await assign_many(
                tx, [Assignment(m.ticket_id, m.person_id, m.reason) for m in matches], now()
            )
        given += len(done)
        if len(matches) < WIDEST_ROUND:
            return given


_NEXT = """
    SELECT t.id FROM (
        SELECT unnest($1::bigint[]) UNION SELECT q.id FROM staff.queue q
        WHERE q.is_vip_pool AND NOT EXISTS (
            SELECT 1 FROM staff.queue_member m JOIN staff.presence s USING (person_id)
            WHERE m.queue_id = q.id AND s.state = 'online')
    ) AS q (queue_id)
    CROSS JOIN LATERAL (
        SELECT id, rank_at FROM tickets.ticket
        WHERE queue_id = q.queue_id AND assignee_id IS NULL AND status IN ('new', 'open')
          AND ($2::bigint[] = '{}' OR brand_id = ANY($2))
        ORDER BY rank_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS t
    ORDER BY t.rank_at, t.id LIMIT 1
"""


async def pull_next(tx: Tx, person_id: int, at: datetime) -> int | None:
    """The first in line over the person's queues, now hers; None when nothing waits.

    Two who pull at once get two different tickets: each skips what the other has locked.
    """
    row = await tx.fetch(
        "SELECT coalesce(array_agg(m.queue_id) FILTER (WHERE m.queue_id IS NOT NULL), '{}'), p.brand_ids"
        " FROM staff.person p LEFT JOIN staff.queue_member m ON m.person_id = p.id WHERE p.id = $1 GROUP BY p.id",
        person_id,
    )
    ticket_id = await tx.value(_NEXT, row[0][0], row[0][1])
    if ticket_id is None:
        return None
    done = await assign_many(tx, [Assignment(ticket_id, person_id, "pulled", person_id)], at)
    return done[0].ticket_id if done else None


async def take_back(tx: Tx, person_id: int, reason: str, at: datetime) -> list[int]:
    """Somebody left: her live chats and what waits for us go back in line with the rank they had."""
    rows = await tx.fetch(
        "SELECT id FROM tickets.ticket WHERE assignee_id = $1 AND (status IN ('new', 'open') OR live)"
        " AND status IN ('new', 'open', 'pending', 'hold') ORDER BY id",
        person_id,
    )
    ticket_ids = [row[0] for row in rows]
    if ticket_ids:
        await tx.execute(
            "UPDATE routing.assignment SET taken_back_at = $2"
            " WHERE ticket_id = ANY($1::bigint[]) AND person_id = $3 AND taken_back_at IS NULL",
            ticket_ids, at, person_id,
        )
        await put_in_queue(tx, ticket_ids, None, reason, at)
    return ticket_ids
