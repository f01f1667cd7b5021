-- kernel: what happened, who may not act twice, files, and cursors over the event log.
SET lock_timeout = '5s';

CREATE SCHEMA kernel;

-- One row per thing that happened, written in the transaction of the change. `xid` lets a
-- reader ask for "everything since" without missing a transaction that committed late.
CREATE TABLE kernel.event (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind text NOT NULL,
    topics text[] NOT NULL,
    data json NOT NULL
);
CREATE INDEX event_xid ON kernel.event (xid);

-- How far each durable reader of the event log (rollups, webhooks) has come.
CREATE TABLE kernel.cursor (
    reader text PRIMARY KEY,
    snapshot text NOT NULL,              -- everything visible in this snapshot has been read
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- Token ids that may be used once only (signed requests of a game's back end).
CREATE TABLE kernel.used_token (
    issuer text NOT NULL,
    token_id text NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, token_id)
);
CREATE INDEX used_token_expires ON kernel.used_token (expires_at);

CREATE TABLE kernel.file (
    id text PRIMARY KEY,
    name text NOT NULL,
    media_type text NOT NULL,
    size bigint NOT NULL,
    sha256 bytea NOT NULL,
    width int,
    height int,
    has_thumbnail boolean NOT NULL DEFAULT false,
    owner text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX file_owner ON kernel.file (owner, created_at);

-- Small secrets the installation makes for itself on first start (file links, official mark).
CREATE TABLE kernel.secret (
    name text PRIMARY KEY,
    value bytea NOT NULL
);
