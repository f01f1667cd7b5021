"""The statements that take in what explains a player: each writes only what is newer than what is known."""

from typing import LiteralString

PUT_PENALTIES: LiteralString = """
    INSERT INTO players.penalty AS p (brand_id, player_id, record_id, kind, reason, by_whom, server_key, role_id, at,
        until, lifted_at, updated_at)
    SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
        $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[]) AS r
    ON CONFLICT (brand_id, record_id) DO UPDATE SET
        player_id = excluded.player_id, kind = excluded.kind, reason = excluded.reason, by_whom = excluded.by_whom,
        server_key = excluded.server_key, role_id = excluded.role_id, at = excluded.at, until = excluded.until,
        lifted_at = excluded.lifted_at, updated_at = excluded.updated_at
    WHERE (excluded.updated_at, coalesce(excluded.lifted_at, '-infinity'), coalesce(excluded.until, '-infinity'),
           excluded.at, excluded.kind COLLATE "C", excluded.reason COLLATE "C", excluded.by_whom COLLATE "C",
           coalesce(excluded.server_key, '') COLLATE "C", coalesce(excluded.role_id, '') COLLATE "C")
        > (p.updated_at, coalesce(p.lifted_at, '-infinity'), coalesce(p.until, '-infinity'), p.at, p.kind COLLATE "C",
           p.reason COLLATE "C", p.by_whom COLLATE "C", coalesce(p.server_key, '') COLLATE "C",
           coalesce(p.role_id, '') COLLATE "C")
"""

PUT_BREADCRUMBS: LiteralString = """
    INSERT INTO players.breadcrumb AS b (brand_id, player_id, record_id, body, at)
    SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) AS r
    ON CONFLICT (brand_id, record_id) DO UPDATE SET
        player_id = excluded.player_id, body = excluded.body, at = excluded.at
    WHERE (excluded.at, excluded.body COLLATE "C") > (b.at, b.body COLLATE "C")
"""

# A trail of the newest steps: older ones tell nothing any more.
FORGET_BREADCRUMBS: LiteralString = """
    DELETE FROM players.breadcrumb b USING (
        SELECT old.brand_id, old.record_id FROM unnest($1::bigint[]) AS whose CROSS JOIN LATERAL (
            SELECT brand_id, record_id FROM players.breadcrumb WHERE player_id = whose ORDER BY at DESC OFFSET 50
        ) AS old
    ) AS gone WHERE b.brand_id = gone.brand_id AND b.record_id = gone.record_id
"""

PUT_CONTACTS: LiteralString = """
    INSERT INTO players.contact AS c (brand_id, player_id, kind, value, verified, at)
    SELECT $1, r.* FROM unnest($2::bigint[], $3::text[], $4::text[], $5::boolean[], $6::timestamptz[]) AS r
    ON CONFLICT (player_id, kind) DO UPDATE SET
        brand_id = excluded.brand_id, value = excluded.value, verified = excluded.verified, at = excluded.at
    WHERE (excluded.at, excluded.verified, excluded.value COLLATE "C") > (c.at, c.verified, c.value COLLATE "C")
"""

PUT_REALNAMES: LiteralString = """
    UPDATE players.player AS p SET realname = r.state, realname_age = r.age, realname_at = r.at
    FROM unnest($1::bigint[], $2::text[], $3::smallint[], $4::timestamptz[]) AS r (id, state, age, at)
    WHERE p.id = r.id AND (r.at, r.state COLLATE "C", coalesce(r.age, -1))
        > (p.realname_at, coalesce(p.realname, '') COLLATE "C", coalesce(p.realname_age, -1))
"""

PUT_FIELDS: LiteralString = """
    INSERT INTO players.field_record AS f (brand_id, player_id, source, record_id, version, fields)
    SELECT $1, r.player_id, r.source, r.record_id, r.version, r.fields::jsonb
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[])
        AS r (player_id, source, record_id, version, fields)
    ON CONFLICT (brand_id, source, record_id) DO UPDATE SET player_id = excluded.player_id,
        version = excluded.version, fields = excluded.fields, received_at = now()
    WHERE excluded.version > f.version
"""
