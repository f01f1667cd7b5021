"""Rows 2 and 3: a page of fifty from three views, one of them saved, and a ticket of twenty messages."""

import json

from bench.beside import Asked, beside_floor
from bench.desk import Desk, Part
from bench.figures import Row
from bench.plan import Plan
from bench.wire import request
from bench.world import World
from playerdesk.tickets.queries import ROW

WIDE = 8

_PAGE_OPEN = f"""
    SELECT {ROW} FROM unnest('{{1,2}}'::bigint[]) AS b (b) CROSS JOIN LATERAL (
        SELECT {ROW} FROM tickets.ticket WHERE brand_id = b AND status IN ('new', 'open', 'pending', 'hold')
        ORDER BY rank_at, id LIMIT 50) AS t ORDER BY rank_at, id LIMIT 50;
"""
_PAGE_QUEUE = f"""
\\set queue random(2, 5)
    SELECT {ROW} FROM tickets.ticket
    WHERE queue_id = :queue AND assignee_id IS NULL AND status IN ('new', 'open') AND brand_id IN (1, 2)
    ORDER BY rank_at, id LIMIT 50;
"""
_PAGE_SAVED = f"""
    SELECT {ROW} FROM tickets.ticket WHERE brand_id IN (1, 2) AND status IN ('new', 'open', 'pending', 'hold')
        AND tier IN ('high', 'mid', 'low') AND channel = 'game' ORDER BY rank_at, id LIMIT 50;
"""
_SAVED = {"all": [
    {"field": "status", "in": ["new", "open", "pending", "hold"]}, {"field": "tier", "in": ["high", "mid", "low"]},
    {"field": "channel", "is": "game"},
]}
_ONE = f"""
\\set id 50 * random(1, :tickets / 50)
    SELECT {ROW}, fields, solution, public_count, player_read, staff_read, role_id, closed_at, client_key
    FROM tickets.ticket WHERE id = :id;
    SELECT ticket_id, seq, number, id, kind, author, author_id, body, attachments, change, client_key, created_at
    FROM tickets.message WHERE ticket_id = :id ORDER BY seq DESC LIMIT 500;
    SELECT c.ticket_id, c.kind, c.state, c.target_seconds, c.due_at, c.warn_at, c.ended_at, k.name
    FROM sla.clock c JOIN sla.calendar k ON k.id = c.calendar_id WHERE c.ticket_id = :id;
"""


async def pages(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    """Row 2."""
    views = {
        "view=open": (["/agent/v1/tickets?view=open&limit=50"], _PAGE_OPEN),
        "view=queue": ([f"/agent/v1/tickets?view=queue&queue={i}&limit=50" for i in world.queue_ids[1:]], _PAGE_QUEUE),
    }
    bare = await desk.connect()
    saved = await bare.fetchval(
        "INSERT INTO tickets.view (owner_id, audience, name, condition, columns, sort, client_key)"
        " VALUES ($1, 'everybody', 'bench', $2::text::jsonb, '{player}', 'rank', 'bench') RETURNING id",
        world.person_ids[0], json.dumps(_SAVED),
    )
    await bare.close()
    views["a saved view of three conditions"] = ([f"/agent/v1/tickets?view=saved&saved={saved}&limit=50"], _PAGE_SAVED)
    return [
        await _row(desk, world, server, plan, 2, f"a page of 50, {name}", paths, script, 600, 0.3)
        for name, (paths, script) in views.items()
    ]


async def tickets(desk: Desk, world: World, server: Part, plan: Plan) -> list[Row]:
    """Row 3."""
    paths = [f"/agent/v1/tickets/{ticket_id}" for ticket_id in world.long_tickets]
    return [await _row(desk, world, server, plan, 3, "a ticket of 20 messages", paths, _ONE, 550, 0.2)]


async def _row(
    desk: Desk, world: World, server: Part, plan: Plan, number: int, what: str, paths: list[str], script: str,
    most: int, least: float,
) -> Row:
    return await beside_floor(desk, server, plan, Asked(
        number=number, what=what, requests=[request("GET", path, [world.cookie(n)]) for n, path in enumerate(paths)],
        total=plan.reads, wide=WIDE, answered="200",
        script=script, floor_clients=WIDE, floor_seconds=max(1, plan.floor_seconds // 2), most_us=most, least_ratio=least,
    ), tickets=world.tickets)
