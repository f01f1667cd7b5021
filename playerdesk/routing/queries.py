"""What routing has to know: who is here, who waits, who looks after whom."""

from collections.abc import Sequence
from datetime import timedelta
from typing import LiteralString

from playerdesk.kernel import Reader
from playerdesk.routing.rules import Care, Hand, Waiting, lines_of

# Here: says so, and the screen has been heard of. The grace for a lost screen is staff's business:
# it turns the state to offline when it is over.
_HERE: LiteralString = "EXISTS (SELECT 1 FROM staff.presence s WHERE s.person_id = {} AND s.state = 'online')"

_HANDS: LiteralString = """
    SELECT p.id, coalesce(array_agg(m.queue_id) FILTER (WHERE m.queue_id IS NOT NULL), '{}'),
           p.brand_ids, p.languages, p.chat_capacity, p.ticket_capacity,
           (SELECT count(*) FROM tickets.ticket t WHERE t.assignee_id = p.id AND t.live
               AND t.status IN ('new', 'open', 'pending', 'hold'))::int,
           (SELECT count(*) FROM tickets.ticket t WHERE t.assignee_id = p.id AND NOT t.live
               AND t.status IN ('new', 'open'))::int
    FROM staff.presence s
    JOIN staff.person p ON p.id = s.person_id AND p.suspended_at IS NULL
    LEFT JOIN staff.queue_member m ON m.person_id = p.id
    WHERE s.state = 'online' AND ($1::bigint[] IS NULL OR p.id = ANY($1))
    GROUP BY p.id
"""

# The head of each line only: no more can be given out in one round than there are free hands. A line is what those with
# a hand free for it may take: chats and tickets apart, and by game where somebody serves only some; so whatever nobody
# has room for, or may not see, never stands in the way of the rest. Chats that wait are few; tickets may be many.
_WAITING: LiteralString = """
    WITH line AS (
        SELECT DISTINCT q.id, q.is_vip_pool, l.brand_id, l.live
        FROM unnest($1::bigint[], $2::bigint[], $3::boolean[]) AS l (queue_id, brand_id, live)
        JOIN staff.queue q ON q.id = l.queue_id OR (l.queue_id IS NULL AND q.is_vip_pool)
        WHERE q.push
    ), chat AS MATERIALIZED (
        SELECT id, queue_id, brand_id, player_id, language, rank_at,
               row_number() OVER (PARTITION BY queue_id, brand_id ORDER BY rank_at, id) AS place
        FROM tickets.ticket WHERE live AND assignee_id IS NULL AND status IN ('new', 'open')
    ), head AS (
        SELECT c.id, c.queue_id, c.brand_id, c.player_id, c.language, true AS live, c.rank_at, line.is_vip_pool
        FROM line JOIN chat c ON c.queue_id = line.id AND (line.brand_id IS NULL OR c.brand_id = line.brand_id)
        WHERE line.live AND c.place <= $4
        UNION
        SELECT w.id, line.id, w.brand_id, w.player_id, w.language, false, w.rank_at, line.is_vip_pool
        FROM line CROSS JOIN LATERAL (
            SELECT id, brand_id, player_id, language, rank_at FROM tickets.ticket
            WHERE queue_id = line.id AND assignee_id IS NULL AND status IN ('new', 'open') AND NOT live
              AND (line.brand_id IS NULL OR brand_id = line.brand_id)
            ORDER BY rank_at, id LIMIT $5
        ) AS w WHERE NOT line.live
    )
    SELECT h.id, h.queue_id, h.brand_id, h.language, h.live, h.rank_at, p.vip_manager_id, h.is_vip_pool
    FROM head h JOIN players.player p ON p.id = h.player_id
"""

_CARE: LiteralString = f"""
    SELECT p.id, p.vip_manager_id, {_HERE.format("p.vip_manager_id")}, coalesce(m.brand_ids, '{{}}'),
           m.deputy_id, {_HERE.format("m.deputy_id")}, coalesce(d.brand_ids, '{{}}')
    FROM players.player p
    LEFT JOIN staff.person m ON m.id = p.vip_manager_id LEFT JOIN staff.person d ON d.id = m.deputy_id
    WHERE p.id = ANY($1::bigint[])
"""


async def hands(reader: Reader, person_ids: Sequence[int] | None = None) -> list[Hand]:
    """Everybody on duty (or those named), with what they have in hand."""
    return [
        Hand(
            person_id=row[0], queue_ids=frozenset(row[1]), brand_ids=frozenset(row[2]),
            languages=frozenset(row[3]), chat_capacity=row[4], ticket_capacity=row[5], chats=row[6], tickets=row[7],
        )
        for row in await reader.fetch(_HANDS, None if person_ids is None else list(person_ids))
    ]


async def waiting(reader: Reader, hands: Sequence[Hand], most: int) -> list[Waiting]:
    """Whatever these hands can take next, and `most` of each line at most."""
    lines = lines_of(hands)
    rooms = {live: min(most, sum(hand.room(live=live) for hand in hands)) for live in (True, False)}
    return await reader.rows(
        Waiting, _WAITING, [each.queue_id for each in lines], [each.brand_id for each in lines], [each.live for each in lines],
        rooms[True], rooms[False],
    )


async def cares(reader: Reader, player_ids: Sequence[int]) -> dict[int, Care]:
    """Who looks after these players."""
    return {care.player_id: care for care in await reader.rows(Care, _CARE, list(player_ids))}


_NOBODY: LiteralString = """
    SELECT t.id FROM tickets.ticket t LEFT JOIN staff.queue q ON q.id = t.queue_id
    WHERE t.live AND t.assignee_id IS NULL AND t.status IN ('new', 'open') AND ($1::bigint[] IS NULL OR t.id = ANY($1))
      AND NOT EXISTS (
        SELECT FROM staff.presence s JOIN staff.person p ON p.id = s.person_id AND p.suspended_at IS NULL
        WHERE (s.state IN ('online', 'busy') OR s.since > clock_timestamp() - $2::interval)
          AND (p.brand_ids = '{}' OR t.brand_id = ANY(p.brand_ids))
          AND EXISTS (SELECT FROM staff.queue_member m WHERE m.person_id = p.id AND (m.queue_id = q.id OR q.is_vip_pool))
      )
    ORDER BY t.id LIMIT 200
"""


async def chats_nobody_can_take(reader: Reader, ticket_ids: Sequence[int] | None, grace: timedelta) -> list[int]:
    """Chats in line (of these) whom nobody on duty could ever take; who left within the grace may be back in a moment.

    The VIP pool overflows, so anybody at all serves it.
    """
    return [row[0] for row in await reader.fetch(_NOBODY, None if ticket_ids is None else list(ticket_ids), grace)]


async def on_duty_count(reader: Reader, queue_ids: Sequence[int], brand_id: int) -> int:
    """How many agents who serve this brand look after any of these queues right now."""
    return await reader.value(
        "SELECT count(DISTINCT m.person_id)::int FROM staff.queue_member m JOIN staff.presence s USING (person_id)"
        " JOIN staff.person p ON p.id = m.person_id"
        " WHERE s.state IN ('online', 'busy') AND (p.brand_ids = '{}' OR $2 = ANY(p.brand_ids))"
        " AND (m.queue_id = ANY($1::bigint[])"
        " OR EXISTS (SELECT 1 FROM staff.queue q WHERE q.id = ANY($1::bigint[]) AND q.is_vip_pool))",
        list(queue_ids), brand_id,
    )



async def deserted(reader: Reader, ticket_ids: Sequence[int]) -> set[int]:
    """Which of these tickets belong to somebody who is off duty."""
    rows = await reader.fetch(
        "SELECT t.id FROM tickets.ticket t LEFT JOIN staff.presence s ON s.person_id = t.assignee_id"
        " WHERE t.id = ANY($1::bigint[]) AND t.assignee_id IS NOT NULL AND coalesce(s.state, 'offline') = 'offline'",
        list(ticket_ids),
    )
    return {row[0] for row in rows}


async def default_queues(reader: Reader) -> tuple[dict[int | None, int], dict[int | None, int]]:
    """The first ordinary queue and the VIP pool, by brand; None: for every brand."""
    rows = await reader.fetch("SELECT id, brand_id, is_vip_pool FROM staff.queue ORDER BY position DESC, id DESC")
    return {r[1]: r[0] for r in rows if not r[2]}, {r[1]: r[0] for r in rows if r[2]}
