"""The statements of the intake: one a type of record, each writing only what is newer than what is known.

The comparisons are the `version` of the record, column by column; text is compared by code point
(COLLATE "C"), as Python does.
"""

from typing import LiteralString

ONE_BATCH_AT_A_TIME: LiteralString = """
    SELECT pg_advisory_xact_lock(hashtextextended('players.take_in', $1::bigint))
"""

# The identity first: who loses the race for it makes no player (the foreign key looks at the end).
MAKE_PLAYERS: LiteralString = """
    WITH unknown AS (
        SELECT account, nextval(pg_get_serial_sequence('players.player', 'id')) AS id
        FROM unnest($2::text[]) AS account
        WHERE NOT EXISTS (
            SELECT FROM players.identity i WHERE i.kind = 'game_account' AND i.issuer = $1 AND i.value = account
        )
    ), claimed AS (
        INSERT INTO players.identity (player_id, kind, issuer, value)
        SELECT id, 'game_account', $1, account FROM unknown ORDER BY account
        ON CONFLICT (kind, issuer, value) DO NOTHING RETURNING player_id, value
    )
    INSERT INTO players.player (id, name) OVERRIDING SYSTEM VALUE SELECT player_id, value FROM claimed
"""

FIND_PLAYERS: LiteralString = """
    SELECT value, player_id FROM players.identity
    WHERE kind = 'game_account' AND issuer = $1 AND value = ANY($2::text[])
"""

PUT_PROFILES: LiteralString = """
    WITH said AS (
        SELECT * FROM unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[], $5::timestamptz[],
            $6::timestamptz[], $7::timestamptz[])
            AS s (id, name, name_version, language, language_version, registered_at, seen_at)
    ), merged AS (
        SELECT p.id,
            s.name IS NOT NULL AND (s.name_version > p.name_version OR (s.name_version = p.name_version
                AND (s.name_version = 'epoch' OR s.name > p.name COLLATE "C"))) AS renamed,
            s.language IS NOT NULL AND (s.language_version > p.language_version
                OR (s.language_version = p.language_version
                    AND (s.language_version = 'epoch' OR s.language > p.language COLLATE "C"))) AS speaks,
            s.name, s.name_version, s.language, s.language_version,
            least(p.registered_at, s.registered_at) AS registered_at,
            greatest(p.last_seen_at, s.seen_at) AS seen_at
        FROM said s JOIN players.player p ON p.id = s.id
        ORDER BY p.id FOR NO KEY UPDATE OF p
    )
    UPDATE players.player AS p SET
        name = CASE WHEN renamed THEN m.name ELSE p.name END,
        name_version = CASE WHEN renamed THEN m.name_version ELSE p.name_version END,
        language = CASE WHEN speaks THEN m.language ELSE p.language END,
        language_version = CASE WHEN speaks THEN m.language_version ELSE p.language_version END,
        registered_at = m.registered_at, last_seen_at = m.seen_at
    FROM merged m
    WHERE p.id = m.id AND (
        (renamed AND (p.name, p.name_version) IS DISTINCT FROM (m.name, m.name_version))
        OR (speaks AND (p.language, p.language_version) IS DISTINCT FROM (m.language, m.language_version))
        OR p.registered_at IS DISTINCT FROM m.registered_at OR p.last_seen_at IS DISTINCT FROM m.seen_at)
"""

PUT_CHARACTERS: LiteralString = """
    INSERT INTO players.character AS c
        (player_id, brand_id, server_key, role_id, name, level, last_seen_at, source_version)
    SELECT r.player_id, $1, r.server, r.role, r.name, r.level, r.at, r.at
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::int[], $7::timestamptz[])
        AS r (player_id, server, role, name, level, at)
    ON CONFLICT (brand_id, server_key, role_id) DO UPDATE SET
        player_id = excluded.player_id, name = excluded.name, level = excluded.level,
        last_seen_at = greatest(c.last_seen_at, excluded.last_seen_at), source_version = excluded.source_version
    WHERE (excluded.source_version, excluded.level, excluded.name COLLATE "C")
        > (c.source_version, c.level, c.name COLLATE "C")
"""

PUT_SESSIONS: LiteralString = """
    INSERT INTO players.play_session AS s
        (brand_id, player_id, record_id, server_key, role_id, started_at, ended_at, end_reason)
    SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
        $7::timestamptz[], $8::text[]) AS r (player_id, record_id, server, role, started_at, ended_at, end_reason)
    ON CONFLICT (brand_id, record_id) DO UPDATE SET
        player_id = excluded.player_id, server_key = excluded.server_key, role_id = excluded.role_id,
        started_at = excluded.started_at, ended_at = excluded.ended_at, end_reason = excluded.end_reason
    WHERE (coalesce(excluded.ended_at, '-infinity'), excluded.started_at,
           coalesce(excluded.end_reason, '') COLLATE "C", coalesce(excluded.server_key, '') COLLATE "C",
           coalesce(excluded.role_id, '') COLLATE "C")
        > (coalesce(s.ended_at, '-infinity'), s.started_at, coalesce(s.end_reason, '') COLLATE "C",
           coalesce(s.server_key, '') COLLATE "C", coalesce(s.role_id, '') COLLATE "C")
"""

PUT_PURCHASES: LiteralString = """
    INSERT INTO players.purchase AS p
        (brand_id, player_id, record_id, product, amount_minor, currency, state, server_key, role_id, at)
    SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::timestamptz[])
        AS r (player_id, record_id, product, amount, currency, state, server, role, at)
    ON CONFLICT (brand_id, record_id) DO UPDATE SET
        player_id = excluded.player_id, product = excluded.product, amount_minor = excluded.amount_minor,
        currency = excluded.currency, state = excluded.state, server_key = excluded.server_key,
        role_id = excluded.role_id, at = excluded.at
    WHERE (excluded.at, array_position('{pending,failed,paid}', excluded.state), excluded.amount_minor,
           excluded.currency COLLATE "C", excluded.product COLLATE "C",
           coalesce(excluded.server_key, '') COLLATE "C", coalesce(excluded.role_id, '') COLLATE "C")
        > (p.at, array_position('{pending,failed,paid}', p.state), p.amount_minor, p.currency COLLATE "C",
           p.product COLLATE "C", coalesce(p.server_key, '') COLLATE "C", coalesce(p.role_id, '') COLLATE "C")
"""

PUT_REFUNDS: LiteralString = """
    INSERT INTO players.refund AS f (brand_id, record_id, purchase_record_id, amount_minor, reason, at)
    SELECT $1, r.* FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
        AS r (record_id, purchase, amount, reason, at)
    ON CONFLICT (brand_id, record_id) DO UPDATE SET purchase_record_id = excluded.purchase_record_id,
        amount_minor = excluded.amount_minor, reason = excluded.reason, at = excluded.at
    WHERE (excluded.at, excluded.amount_minor, excluded.purchase_record_id COLLATE "C", excluded.reason COLLATE "C")
        > (f.at, f.amount_minor, f.purchase_record_id COLLATE "C", f.reason COLLATE "C")
"""

# Asked before and after the write: a corrected record may move money from one player to another.
PAYERS: LiteralString = """
    SELECT DISTINCT p.player_id FROM players.purchase p
    WHERE p.brand_id = $1 AND (
        p.record_id = ANY($2::text[]) OR p.record_id = ANY($4::text[])
        OR p.record_id IN (SELECT f.purchase_record_id FROM players.refund f
                           WHERE f.brand_id = $1 AND f.record_id = ANY($3::text[])))
"""
