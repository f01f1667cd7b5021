"""Drawing portraits: what a player's tables say of a person, in one row; a thousand persons a statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString

import msgspec

from playerdesk.kernel import Reader, Tx
from playerdesk.players.membership import members_of
from playerdesk.players.segments.fields import Portrait

_COLUMNS: LiteralString = """
    player_id, brands, tier, language, manager_id, spent_7d, spent_30d, spent_90d, spent_total, last_purchase_at, level,
    characters, servers, registered_at, first_seen_at, last_seen_at, last_login_at, sessions_7d, sessions_30d, penalties,
    penalties_90d, realname, age, tickets_open, tickets_7d, tickets_30d, tickets_total, last_ticket_at, rating_last,
    rating_average, tags
"""

# $1 all accounts of these persons, $2 the moment. Whoever is merged into another has no portrait.
DRAW: LiteralString = f"""
    WITH person AS (
        SELECT coalesce(merged_into, id) AS head, array_agg(id) AS ids, min(registered_at) AS registered_at,
            min(created_at) AS created_at, max(last_seen_at) AS last_seen_at, min(realname_age)::int AS age,
            bool_or(realname = 'minor') AS minor
        FROM players.player WHERE id = ANY($1::bigint[]) GROUP BY 1
    ), gone AS (
        DELETE FROM players.portrait WHERE player_id = ANY($1) AND player_id NOT IN (SELECT head FROM person)
    )
    INSERT INTO players.portrait AS old ({_COLUMNS})
    SELECT h.id,
        array(SELECT b.key FROM brands.brand b WHERE b.id IN (
            SELECT brand_id FROM players.character WHERE player_id = ANY(p.ids)
            UNION SELECT g.id FROM players.identity i JOIN brands.brand g ON g.key = i.issuer
                  WHERE i.player_id = ANY(p.ids) AND i.kind = 'game_account') ORDER BY b.key),
        h.tier, h.language, h.vip_manager_id, spent.week, h.spent_30d_minor, h.spent_90d_minor, h.spent_total_minor,
        h.last_purchase_at, played.level, played.characters, played.servers, p.registered_at, p.created_at,
        greatest(p.last_seen_at, login.last_at), login.last_at, login.week, login.month, fined.now, fined.quarter,
        CASE WHEN p.minor THEN 'minor' ELSE h.realname END, p.age, served.is_open, served.week, served.month, served.total,
        served.last_at, rated.last, rated.average,
        array(SELECT DISTINCT g.tag_key FROM players.player_tag g JOIN players.tag k ON k.key = g.tag_key AND k.retired_at IS NULL
              WHERE g.player_id = ANY(p.ids) AND g.segment_id IS NULL ORDER BY 1)
    FROM person p JOIN players.player h ON h.id = p.head
    CROSS JOIN LATERAL (
        SELECT max(c.level) AS level, count(*)::int AS characters,
            coalesce(array_agg(DISTINCT b.key || '/' || c.server_key), '{{}}') AS servers
        FROM players.character c JOIN brands.brand b ON b.id = c.brand_id WHERE c.player_id = ANY(p.ids)
    ) AS played
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(greatest(b.amount_minor - coalesce((
            SELECT sum(f.amount_minor) FROM players.refund f
            WHERE f.brand_id = b.brand_id AND f.purchase_record_id = b.record_id), 0), 0)), 0)::bigint AS week
        FROM players.purchase b WHERE b.player_id = ANY(p.ids) AND b.at > $2::timestamptz - interval '7 days'
          AND b.state = 'paid' AND b.currency = (SELECT currency FROM players.tier_rule)
    ) AS spent
    CROSS JOIN LATERAL (
        SELECT (SELECT max(last.started_at) FROM unnest(p.ids) AS account CROSS JOIN LATERAL (
                SELECT started_at FROM players.play_session WHERE player_id = account ORDER BY started_at DESC LIMIT 1) AS last
            ) AS last_at,
            count(*) FILTER (WHERE s.started_at > $2 - interval '7 days')::int AS week, count(*)::int AS month
        FROM players.play_session s WHERE s.player_id = ANY(p.ids) AND s.started_at > $2 - interval '30 days'
    ) AS login
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE n.lifted_at IS NULL AND (n.until IS NULL OR n.until > $2))::int AS now,
            count(*) FILTER (WHERE n.at > $2 - interval '90 days')::int AS quarter
        FROM players.penalty n WHERE n.player_id = ANY(p.ids)
    ) AS fined
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE c.is_open)::int AS is_open,
            count(*) FILTER (WHERE c.opened_at > $2 - interval '7 days')::int AS week,
            count(*) FILTER (WHERE c.opened_at > $2 - interval '30 days')::int AS month,
            count(*)::int AS total, max(c.opened_at) AS last_at
        FROM players.service_case c WHERE c.player_id = ANY(p.ids)
    ) AS served
    CROSS JOIN LATERAL (
        SELECT (array_agg(c.rating ORDER BY c.rated_at DESC))[1] AS last, avg(c.rating)::numeric(4, 2) AS average
        FROM players.service_case c WHERE c.player_id = ANY(p.ids) AND c.rating IS NOT NULL
    ) AS rated
    ON CONFLICT (player_id) DO UPDATE SET
        ({_COLUMNS}) = (SELECT excluded.*)
    WHERE old.* IS DISTINCT FROM excluded.*
"""

READ: LiteralString = f"SELECT {_COLUMNS} FROM players.portrait WHERE player_id = ANY($1::bigint[])"

AFTER: LiteralString = f"SELECT {_COLUMNS} FROM players.portrait WHERE player_id > $1 ORDER BY player_id LIMIT $2"

PERSONS_AFTER: LiteralString = """
    SELECT id FROM players.player WHERE id > $1 ORDER BY id LIMIT $2
"""

KEEP_CASES: LiteralString = """
    INSERT INTO players.service_case AS old (ticket_id, player_id, is_open, opened_at, rating, rated_at)
    SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::timestamptz[], $5::int[], $6::timestamptz[])
    ON CONFLICT (ticket_id) DO UPDATE SET
        player_id = excluded.player_id, is_open = excluded.is_open, rating = excluded.rating, rated_at = excluded.rated_at
    WHERE (old.player_id, old.is_open, old.rating, old.rated_at)
        IS DISTINCT FROM (excluded.player_id, excluded.is_open, excluded.rating, excluded.rated_at)
    RETURNING old.player_id
"""

_DUE: LiteralString = "INSERT INTO players.portrait_due (player_id) SELECT DISTINCT unnest($1::bigint[])"


class ServiceCase(msgspec.Struct, frozen=True):
    """What a portrait has to know of one ticket."""

    ticket_id: int
    player_id: int
    is_open: bool
    opened_at: datetime
    rating: int | None
    rated_at: datetime | None


async def draw(tx: Tx, player_ids: Sequence[int], at: datetime) -> list[Portrait]:
    """Draw these persons anew, whichever of their accounts is named; their portraits."""
    ids = await members_of(tx, player_ids)
    await tx.execute(DRAW, ids, at)
    return await portraits(tx, ids)


async def portraits(reader: Reader, player_ids: Sequence[int]) -> list[Portrait]:
    """Those of these players who have one."""
    return await reader.rows(Portrait, READ, list(player_ids))


async def draw_again(tx: Tx, player_ids: Sequence[int]) -> None:
    """Something about them has changed; the worker draws them anew soon."""
    if player_ids:
        await tx.execute(_DUE, list(player_ids))


async def keep_cases(tx: Tx, cases: Sequence[ServiceCase]) -> None:
    """What has become of these tickets; told any number of times. Each ticket once."""
    if cases:
        columns = [list(column) for column in zip(*map(msgspec.structs.astuple, cases), strict=True)]
        await draw_again(tx, [row[0] for row in await tx.fetch(KEEP_CASES, *columns)])


async def told_so_far(tx: Tx) -> int | None:
    """Down to which ticket the history has been told, for whoever tells the next piece; None: it has not begun, 0: all."""
    rows = await tx.fetch("SELECT below FROM players.service_backfill FOR UPDATE SKIP LOCKED")
    return rows[0][0] if rows else 0


async def told_down_to(tx: Tx, ticket_id: int) -> None:
    """The history from this ticket on is kept."""
    await tx.execute("UPDATE players.service_backfill SET below = $1", ticket_id)
