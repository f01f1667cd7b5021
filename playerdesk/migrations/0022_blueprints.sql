-- blueprints: how the desk works, as documents that people draft, publish, compare and take back.
SET lock_timeout = '5s';

CREATE SCHEMA blueprints;

CREATE TABLE blueprints.blueprint (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,                      -- "category", "rule", "process" …
    brand_key text NOT NULL DEFAULT '',      -- '': of every brand
    key text NOT NULL CHECK (key ~ '^[a-z0-9][a-z0-9_-]{0,59}$'),
    version int NOT NULL DEFAULT 0,          -- the newest published one; 0: never published
    retired boolean NOT NULL DEFAULT false,
    draft jsonb,                             -- what is being worked on; NULL: nothing differs from the published
    revision int NOT NULL DEFAULT 0,         -- of the draft, and of whatever else changes: who saves names the one she read
    changed_by bigint,
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (kind, brand_key, key)
);

CREATE TABLE blueprints.version (
    blueprint_id bigint NOT NULL REFERENCES blueprints.blueprint,
    version int NOT NULL,
    body jsonb NOT NULL,
    note text NOT NULL DEFAULT '',
    published_by bigint,                     -- NULL: not by a person on a screen
    published_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (blueprint_id, version)
);

-- Departments and teams are mentioned in text files and by processes, so they need names that never change. Small tables.
ALTER TABLE staff.department ADD COLUMN key text NOT NULL UNIQUE
    DEFAULT 'dept-' || substr(md5(random()::text || clock_timestamp()::text), 1, 8);
ALTER TABLE staff.team ADD COLUMN key text NOT NULL UNIQUE
    DEFAULT 'team-' || substr(md5(random()::text || clock_timestamp()::text), 1, 8);
