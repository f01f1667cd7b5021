-- players: what explains an angry player, who is one person, and what the company knows beside us.
SET lock_timeout = '5s';

ALTER TABLE players.player
    -- The head of the person this account belongs to; null: she is her own. No key here: the edges below have it.
    ADD COLUMN merged_into bigint,
    -- While merged, vip_manager_id is the person's; this is what the account had or was given for itself.
    ADD COLUMN own_manager_id bigint,
    ADD COLUMN realname text CHECK (realname IN ('adult', 'minor', 'unverified')),
    ADD COLUMN realname_age smallint,
    ADD COLUMN realname_at timestamptz NOT NULL DEFAULT '-infinity';
CREATE INDEX player_members ON players.player (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX player_own_manager ON players.player (own_manager_id) WHERE own_manager_id IS NOT NULL;

CREATE TABLE players.penalty (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    record_id text NOT NULL,
    player_id bigint NOT NULL REFERENCES players.player,
    kind text NOT NULL CHECK (kind IN ('mute', 'ban', 'freeze', 'restrict')),
    reason text NOT NULL,
    by_whom text NOT NULL,
    server_key text,
    role_id text,
    at timestamptz NOT NULL,
    until timestamptz,                             -- null: for good
    lifted_at timestamptz,
    updated_at timestamptz NOT NULL,               -- the version: an older record never overwrites a newer one
    PRIMARY KEY (brand_id, record_id)
);
CREATE INDEX penalty_player ON players.penalty (player_id, at DESC);

-- The last steps in the game before she asked; the newest few a player are kept.
CREATE TABLE players.breadcrumb (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    record_id text NOT NULL,
    player_id bigint NOT NULL REFERENCES players.player,
    body text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (brand_id, record_id)
);
CREATE INDEX breadcrumb_player ON players.breadcrumb (player_id, at DESC);

-- One phone, mail address … an account, as the game knows it; the newest word wins, an empty value is none.
CREATE TABLE players.contact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player,
    kind text NOT NULL CHECK (kind IN ('phone', 'email', 'wechat', 'qq')),
    brand_id bigint NOT NULL REFERENCES brands.brand,
    value text NOT NULL,
    verified boolean NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (player_id, kind)
);
CREATE INDEX contact_value ON players.contact (kind, value) WHERE verified AND value <> '';

-- What the company's systems push: descriptors, complete with each version.
CREATE TABLE players.field_record (
    brand_id bigint NOT NULL REFERENCES brands.brand,
    source text NOT NULL,
    record_id text NOT NULL,
    player_id bigint NOT NULL REFERENCES players.player,
    version bigint NOT NULL,
    fields jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (brand_id, source, record_id)
);
CREATE INDEX field_record_player ON players.field_record (player_id);

-- The last good answer of the company's API, for a role and a kind of case.
CREATE TABLE players.pulled (
    player_id bigint NOT NULL REFERENCES players.player,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    role_key text NOT NULL DEFAULT '',
    case_type text NOT NULL DEFAULT '',
    fields jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (player_id, brand_id, role_key, case_type)
);

CREATE TABLE players.block_setting (
    brand_id bigint PRIMARY KEY REFERENCES brands.brand,
    pull_url text NOT NULL DEFAULT '',
    frames jsonb NOT NULL DEFAULT '[]',            -- [{key, title: {zh, en}, url, height, categories}]
    layout jsonb NOT NULL DEFAULT '{}',            -- by category key, "" for all: {"order": [], "hidden": []}
    auto_merge boolean NOT NULL DEFAULT false,
    version int NOT NULL DEFAULT 1
);

CREATE TABLE players.note (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player,
    author_id bigint NOT NULL REFERENCES staff.person,
    body text NOT NULL,
    pinned boolean NOT NULL DEFAULT false,
    client_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    edited_at timestamptz,
    edited_by bigint REFERENCES staff.person,
    removed_at timestamptz,
    UNIQUE (author_id, client_key)
);
CREATE INDEX note_player ON players.note (player_id, id DESC);

-- What a note said before, and who changed it.
CREATE TABLE players.note_edit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    note_id bigint NOT NULL REFERENCES players.note,
    body text NOT NULL,
    by_id bigint NOT NULL REFERENCES staff.person,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX note_edit_note ON players.note_edit (note_id, id);

CREATE TABLE players.preference (
    player_id bigint PRIMARY KEY REFERENCES players.player,
    call_me text NOT NULL DEFAULT '',
    language text NOT NULL DEFAULT '',
    tone text NOT NULL DEFAULT '',
    no_go text[] NOT NULL DEFAULT '{}',
    best_time text NOT NULL DEFAULT '',
    version int NOT NULL DEFAULT 1,
    changed_by bigint REFERENCES staff.person,
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- Who was found to be one person, and the way back. Nothing is moved: heads and managers follow from the edges in force.
CREATE TABLE players.merge (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kept_id bigint NOT NULL REFERENCES players.player,
    merged_id bigint NOT NULL REFERENCES players.player CHECK (merged_id <> kept_id),
    manager_from_merged boolean NOT NULL DEFAULT false,
    preferences_from_merged boolean NOT NULL DEFAULT false,
    rule text NOT NULL DEFAULT '',                 -- the kind of contact that proved it; empty: by hand
    reason text NOT NULL,
    by_id bigint REFERENCES staff.person,
    at timestamptz NOT NULL DEFAULT now(),
    undone_at timestamptz,
    undone_by bigint REFERENCES staff.person,
    undo_reason text NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX merge_in_force ON players.merge (merged_id) WHERE undone_at IS NULL;
CREATE INDEX merge_merged ON players.merge (merged_id, id);
CREATE INDEX merge_kept ON players.merge (kept_id, id);

-- Two accounts with the same verified contact: for a person to decide.
CREATE TABLE players.merge_proposal (
    low_id bigint NOT NULL REFERENCES players.player,
    high_id bigint NOT NULL REFERENCES players.player CHECK (low_id < high_id),
    kind text NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'dismissed')),
    at timestamptz NOT NULL DEFAULT now(),
    decided_by bigint REFERENCES staff.person,
    decided_at timestamptz,
    PRIMARY KEY (low_id, high_id, kind)
);
CREATE INDEX merge_proposal_high ON players.merge_proposal (high_id);
CREATE INDEX merge_proposal_open ON players.merge_proposal (at DESC) WHERE state = 'open';
