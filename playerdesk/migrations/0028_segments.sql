-- players: a portrait of each person that segments are asked about, tags by hand and by rule, who is in which segment.
SET lock_timeout = '5s';

-- A tag as it was published last; retired ones are shown nowhere and keep their rows.
CREATE TABLE players.tag (
    key text PRIMARY KEY,
    body jsonb NOT NULL,
    retired_at timestamptz
);

CREATE TABLE players.segment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    body jsonb NOT NULL,
    tag_key text REFERENCES players.tag,
    version int NOT NULL,
    members int NOT NULL DEFAULT 0,                -- kept by whoever adds or removes them, in the same transaction
    retired_at timestamptz
);

-- One row a person (the head of merged accounts): everything a condition can ask, in plain columns.
CREATE TABLE players.portrait (
    player_id bigint PRIMARY KEY REFERENCES players.player ON DELETE CASCADE,
    brands text[] NOT NULL,                        -- keys of the games she plays
    tier text NOT NULL,
    language text NOT NULL,
    manager_id bigint,
    spent_7d bigint NOT NULL,
    spent_30d bigint NOT NULL,
    spent_90d bigint NOT NULL,
    spent_total bigint NOT NULL,
    last_purchase_at timestamptz,
    level int,
    characters int NOT NULL,
    servers text[] NOT NULL,                       -- game/server, by keys
    registered_at timestamptz,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz,
    last_login_at timestamptz,
    sessions_7d int NOT NULL,
    sessions_30d int NOT NULL,
    penalties int NOT NULL,                        -- in force
    penalties_90d int NOT NULL,
    realname text,
    age int,
    tickets_open int NOT NULL,
    tickets_7d int NOT NULL,
    tickets_30d int NOT NULL,
    tickets_total int NOT NULL,
    last_ticket_at timestamptz,
    rating_last int,
    rating_average numeric(4, 2),
    tags text[] NOT NULL                           -- set by hand; what a rule sets decides no rule
) WITH (fillfactor = 80);

-- Whose portrait has to be drawn anew; the one row of the walk is the lock of whoever draws.
CREATE TABLE players.portrait_due (
    player_id bigint NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE players.portrait_walk (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    place bigint,                                  -- everybody up to here has been looked at; null: no walk is under way
    afresh boolean NOT NULL DEFAULT true,          -- portraits are drawn anew on the way, or segments are decided only
    started_at timestamptz NOT NULL DEFAULT '2000-01-01Z',
    drawn_at timestamptz NOT NULL DEFAULT '2000-01-01Z',     -- the last whole walk that drew
    wanted boolean NOT NULL DEFAULT false,         -- a segment was changed since the walk began
    published boolean NOT NULL DEFAULT false       -- that is why it is under way
);
INSERT INTO players.portrait_walk (place) VALUES (NULL);

-- What the desk has done for her: a row a ticket, told by whoever keeps tickets.
CREATE TABLE players.service_case (
    ticket_id bigint PRIMARY KEY,
    player_id bigint NOT NULL REFERENCES players.player ON DELETE CASCADE,
    is_open boolean NOT NULL,
    opened_at timestamptz NOT NULL,
    rating int,
    rated_at timestamptz
);
CREATE INDEX service_case_player ON players.service_case (player_id, opened_at DESC);
-- Tickets of before this migration are told in pieces, newest first, until this is 0.
CREATE TABLE players.service_backfill (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    below bigint
);
INSERT INTO players.service_backfill (below) VALUES (NULL);

CREATE TABLE players.segment_member (
    segment_id bigint NOT NULL REFERENCES players.segment,
    player_id bigint NOT NULL REFERENCES players.player ON DELETE CASCADE,
    since timestamptz NOT NULL,
    PRIMARY KEY (segment_id, player_id)
);
CREATE INDEX segment_member_player ON players.segment_member (player_id);
CREATE INDEX segment_member_since ON players.segment_member (segment_id, since DESC);

-- Who came and went, when and why: for screens, and for whoever wants to do something about it.
CREATE TABLE players.segment_move (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    segment_id bigint NOT NULL REFERENCES players.segment,
    player_id bigint NOT NULL REFERENCES players.player ON DELETE CASCADE,
    entered boolean NOT NULL,
    cause text NOT NULL CHECK (cause IN ('changed', 'published', 'time', 'retired', 'merged')),
    why jsonb NOT NULL,                            -- what of her portrait the condition asked about
    version int NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX segment_move_segment ON players.segment_move (segment_id, at DESC, id DESC);
CREATE INDEX segment_move_player ON players.segment_move (player_id, id DESC);

-- A tag on a player: by a person, by a segment, or by both, each in a row of its own.
CREATE TABLE players.player_tag (
    player_id bigint NOT NULL REFERENCES players.player ON DELETE CASCADE,
    tag_key text NOT NULL REFERENCES players.tag,
    segment_id bigint REFERENCES players.segment,  -- null: by hand
    by_id bigint REFERENCES staff.person,
    since timestamptz NOT NULL DEFAULT now(),
    CHECK ((segment_id IS NULL) = (by_id IS NOT NULL))
);
CREATE UNIQUE INDEX player_tag_once ON players.player_tag (player_id, tag_key, coalesce(segment_id, 0));
CREATE INDEX player_tag_segment ON players.player_tag (segment_id, player_id) WHERE segment_id IS NOT NULL;
