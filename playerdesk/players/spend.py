"""What players spent, and the tier that follows: counted afresh from purchases and refunds, never added up in place.

A purchase counts when it is paid, in the currency of the rule, less its refunds (never below zero).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import LiteralString

from playerdesk.kernel import Database, Rejected, Text, Tx, now
from playerdesk.players.events import TierChanged, TierReason
from playerdesk.players.membership import members_of, tell_cards
from playerdesk.players.queries import TierRule

CHUNK = 1_000
_CHUNKS_A_ROUND = 50
RECOUNT_AFTER = timedelta(hours=24)

LOCK_PLAYERS: LiteralString = """
    SELECT id FROM players.player WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE
"""

COUNT: LiteralString = """
    WITH rule AS (SELECT * FROM players.tier_rule),
    account AS (
        SELECT id, coalesce(merged_into, id) AS head, tier, counted_at FROM players.player WHERE id = ANY($1::bigint[])
    ), paid AS (
        SELECT account.head, p.at, p.currency, greatest(p.amount_minor - coalesce(back.minor, 0), 0) AS net
        FROM players.purchase p JOIN account ON account.id = p.player_id
        LEFT JOIN LATERAL (
            SELECT sum(f.amount_minor) AS minor FROM players.refund f
            WHERE f.brand_id = p.brand_id AND f.purchase_record_id = p.record_id
        ) AS back ON true
        WHERE p.player_id = ANY($1::bigint[]) AND p.state = 'paid'
    ), spent AS (
        SELECT heads.head,
            coalesce(sum(net) FILTER (WHERE main AND at > $2::timestamptz - interval '30 days'), 0)::bigint AS month,
            coalesce(sum(net) FILTER (WHERE main AND at > $2 - interval '90 days'), 0)::bigint AS quarter,
            coalesce(sum(net) FILTER (WHERE main AND at > $2 - make_interval(days => window_days)), 0)::bigint AS span,
            coalesce(sum(net) FILTER (WHERE main), 0)::bigint AS total, max(at) AS last_at
        FROM (SELECT DISTINCT head FROM account) AS heads
        LEFT JOIN (
            SELECT paid.*, paid.currency = rule.currency AS main, rule.window_days FROM paid CROSS JOIN rule
        ) AS paid ON paid.head = heads.head GROUP BY heads.head
    ), steps AS (
        SELECT currency, true AS main, high_minor, mid_minor, low_minor FROM rule
        UNION ALL
        SELECT c.key, false, (c.value ->> 'high')::bigint, (c.value ->> 'mid')::bigint, (c.value ->> 'low')::bigint
        FROM rule CROSS JOIN jsonb_each(rule.currencies) AS c
    ), offered AS (
        SELECT head, span, rule.currency FROM spent CROSS JOIN rule
        UNION ALL
        SELECT paid.head, sum(net)::bigint, paid.currency FROM paid CROSS JOIN rule
        WHERE paid.currency <> rule.currency AND at > $2 - make_interval(days => rule.window_days) GROUP BY 1, 3
    ), best AS (
        SELECT DISTINCT ON (head) head, span, currency, tier, threshold FROM (
            SELECT head, span, currency, main, CASE
                WHEN span >= high_minor THEN 'high' WHEN span >= mid_minor THEN 'mid'
                WHEN span >= low_minor THEN 'low' ELSE 'none' END AS tier,
                CASE WHEN span >= high_minor THEN 'high>=' || high_minor
                    WHEN span >= mid_minor THEN 'mid>=' || mid_minor
                    WHEN span >= low_minor THEN 'low>=' || low_minor
                    ELSE 'none<' || low_minor END AS threshold
            FROM offered JOIN steps USING (currency)
        ) AS t ORDER BY head, array_position('{high,mid,low,none}', tier), main DESC, currency
    ), reasoned AS (
        SELECT spent.month, spent.quarter, spent.total, spent.last_at, best.tier, best.span, best.currency, best.threshold,
            rule.window_days, account.id, account.head, account.tier AS tier_before, cause.cause,
            jsonb_build_object('windowDays', rule.window_days, 'spentMinor', best.span, 'currency', best.currency,
                'rule', best.threshold, 'cause', cause.cause) AS reason
        FROM spent JOIN best USING (head) JOIN account USING (head) CROSS JOIN rule
        CROSS JOIN LATERAL (SELECT CASE WHEN account.counted_at < rule.changed_at THEN 'model' ELSE 'spend' END) AS cause (cause)
    ), written AS (
        UPDATE players.player AS p SET
            spent_30d_minor = r.month, spent_90d_minor = r.quarter, spent_total_minor = r.total,
            last_purchase_at = r.last_at, tier = r.tier, tier_reason = r.reason, counted_at = $2,
            tier_since = CASE WHEN p.tier = r.tier THEN p.tier_since ELSE $2 END
        FROM reasoned r WHERE p.id = r.id
    ), history AS (
        INSERT INTO players.tier_change (player_id, from_tier, to_tier, reason, at)
        SELECT id, tier_before, tier, reason, $2 FROM reasoned WHERE tier <> tier_before AND id = head
    )
    SELECT id, tier_before, tier, window_days, span, currency, threshold, cause
    FROM reasoned WHERE tier <> tier_before ORDER BY id
"""

_STALE: LiteralString = """
    SELECT id FROM players.player
    WHERE (last_purchase_at IS NOT NULL OR tier <> 'none')
      AND counted_at < greatest($1::timestamptz, (SELECT changed_at FROM players.tier_rule))
    ORDER BY counted_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
"""

_CHANGE_RULE: LiteralString = """
    UPDATE players.tier_rule SET window_days = $1, high_minor = $2, mid_minor = $3, low_minor = $4, currency = $5,
        currencies = $6, changed_at = clock_timestamp()
"""


async def recount(tx: Tx, player_ids: Sequence[int], at: datetime | None = None) -> None:
    """Spend and tier of these players as of now; whoever changes tier gets a line of history and an event.

    Accounts of one person count together, and each of them has the tier of all.
    """
    if not player_ids:
        return
    at = at or now()
    ids = await members_of(tx, player_ids)
    # Locked first, in order: the count must see what a neighbour has just committed for the same player.
    await tx.fetch(LOCK_PLAYERS, ids)
    # Somebody may have been merged while we waited for the lock.
    while (again := await members_of(tx, ids)) != ids:
        ids = again
        await tx.fetch(LOCK_PLAYERS, ids)
    changed = [
        TierChanged(
            player_id=player_id, from_tier=before, to_tier=after, at=at,
            reason=TierReason(window_days, spent, currency, threshold, cause),
        )
        for player_id, before, after, window_days, spent, currency, threshold, cause in await tx.fetch(COUNT, ids, at)
    ]
    if changed:
        await tx.emit(*changed)
        await tell_cards(tx, [each.player_id for each in changed])


async def recount_stale(database: Database, at: datetime | None = None) -> int:
    """Spenders not counted for a day, or not since the rule changed; how many. Safe in several processes at once."""
    counted = 0
    for _ in range(_CHUNKS_A_ROUND):
        moment = at or now()
        async with database.transaction() as tx:
            ids = [record[0] for record in await tx.fetch(_STALE, moment - RECOUNT_AFTER, CHUNK)]
            await recount(tx, ids, moment)
        counted += len(ids)
        if len(ids) < CHUNK:
            break
    return counted


async def change_tier_rule(tx: Tx, rule: TierRule) -> None:
    """Other thresholds from now on; everybody who ever paid is counted again within minutes."""
    if not 0 < rule.low_minor < rule.mid_minor < rule.high_minor or not 1 <= rule.window_days <= 3650:
        raise Rejected("tier_rule_invalid", Text(
            zh="门槛必须从低到高依次增大，统计天数为 1 到 3650 天。",
            en="The thresholds must rise from low to high, and the window is 1 to 3650 days.",
        ))
    await tx.execute(
        _CHANGE_RULE, rule.window_days, rule.high_minor, rule.mid_minor, rule.low_minor, rule.currency, rule.currencies
    )
