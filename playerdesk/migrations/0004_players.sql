-- players: one person, many identities and characters; spend, tier and VIP manager.
SET lock_timeout = '5s';

CREATE SCHEMA players;

CREATE TABLE players.player (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    language text NOT NULL DEFAULT 'zh',
    tier text NOT NULL DEFAULT 'none' CHECK (tier IN ('high', 'mid', 'low', 'none')),
    tier_since timestamptz NOT NULL DEFAULT now(),
    tier_reason jsonb NOT NULL DEFAULT '{}',       -- {"windowDays", "spentMinor", "currency", "rule"}
    vip_manager_id bigint REFERENCES staff.person,
    spent_30d_minor bigint NOT NULL DEFAULT 0,     -- money in minor units (分) of the rule's currency
    spent_90d_minor bigint NOT NULL DEFAULT 0,
    spent_total_minor bigint NOT NULL DEFAULT 0,
    last_purchase_at timestamptz,
    last_seen_at timestamptz,
    registered_at timestamptz,
    style_note text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX player_manager ON players.player (vip_manager_id) WHERE vip_manager_id IS NOT NULL;
-- The daily recount walks those whose windows can still shrink.
CREATE INDEX player_spenders ON players.player (id) WHERE spent_90d_minor > 0 OR tier <> 'none';

CREATE TABLE players.identity (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player,
    kind text NOT NULL CHECK (kind IN ('game_account', 'wechat', 'qq', 'email', 'phone')),
    issuer text NOT NULL,                          -- brand key for game accounts
    value text NOT NULL,
    verified boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, issuer, value)
);
CREATE INDEX identity_player ON players.identity (player_id);

CREATE TABLE players.character (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    server_key text NOT NULL,
    role_id text NOT NULL,
    name text NOT NULL,
    level int NOT NULL DEFAULT 1,
    last_seen_at timestamptz,
    source_version timestamptz NOT NULL DEFAULT '-infinity',   -- an older record never overwrites a newer one
    UNIQUE (brand_id, server_key, role_id)
);
CREATE INDEX character_player ON players.character (player_id);

CREATE TABLE players.play_session (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    record_id text NOT NULL,
    player_id bigint NOT NULL REFERENCES players.player,
    server_key text,
    role_id text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text,                               -- quit | disconnect | kicked
    PRIMARY KEY (brand_id, record_id)
);
CREATE INDEX play_session_player ON players.play_session (player_id, started_at DESC);

CREATE TABLE players.purchase (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    record_id text NOT NULL,
    player_id bigint NOT NULL REFERENCES players.player,
    product text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    currency text NOT NULL DEFAULT 'CNY',
    state text NOT NULL DEFAULT 'paid' CHECK (state IN ('paid', 'failed', 'pending')),
    server_key text,
    role_id text,
    at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, record_id)
);
CREATE INDEX purchase_player ON players.purchase (player_id, at DESC);

-- A refund may arrive before its purchase; it counts once both are here.
CREATE TABLE players.refund (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    record_id text NOT NULL,
    purchase_record_id text NOT NULL,
    amount_minor bigint NOT NULL CHECK (amount_minor > 0),
    reason text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, record_id)
);
CREATE INDEX refund_purchase ON players.refund (brand_id, purchase_record_id);

CREATE TABLE players.tier_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player,
    from_tier text NOT NULL,
    to_tier text NOT NULL,
    reason jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tier_change_player ON players.tier_change (player_id, at DESC);

-- One row; the thresholds in minor units over the last `window_days` days.
CREATE TABLE players.tier_rule (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    window_days int NOT NULL DEFAULT 90 CHECK (window_days BETWEEN 1 AND 3650),
    high_minor bigint NOT NULL DEFAULT 200000,
    mid_minor bigint NOT NULL DEFAULT 30000,
    low_minor bigint NOT NULL DEFAULT 1,
    currency text NOT NULL DEFAULT 'CNY',
    CHECK (high_minor > mid_minor AND mid_minor > low_minor AND low_minor > 0)
);
INSERT INTO players.tier_rule DEFAULT VALUES;
