-- audit: traces are sealed into hash chains. What a transaction writes waits in the inbox until a worker numbers it.
SET lock_timeout = '5s';

ALTER TABLE audit.trace RENAME TO inbox;
DROP INDEX audit.trace_object, audit.trace_actor, audit.trace_action, audit.trace_at;
ALTER TABLE audit.inbox
    ADD COLUMN ip text NOT NULL DEFAULT '',
    ADD COLUMN words text[];                       -- what a search finds it by; null: by nothing but its columns
ALTER TABLE audit.inbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);

-- Two books, each a chain of its own: `changes` is kept for good, `views` (who looked at what) for as long as the settings say.
CREATE TABLE audit.sealed (
    book text NOT NULL CHECK (book IN ('changes', 'views')),
    number bigint NOT NULL,                        -- 1, 2, 3 … in its book, without a gap
    id bigint NOT NULL,
    at timestamptz NOT NULL,
    actor_kind text NOT NULL,
    actor_id bigint,
    action text NOT NULL,
    kind text NOT NULL,
    object_id text NOT NULL,
    brand_id bigint,
    before jsonb,
    after jsonb,
    reason text NOT NULL,
    request_id text NOT NULL,
    ip text NOT NULL,
    words text[],
    prev_hash bytea NOT NULL,
    hash bytea NOT NULL,                           -- audit/rules.py: link
    PRIMARY KEY (book, number)
);
CREATE INDEX sealed_at ON audit.sealed (at, id);
CREATE INDEX sealed_object ON audit.sealed (kind, object_id, at, id);
CREATE INDEX sealed_kind ON audit.sealed (kind, at, id);
CREATE INDEX sealed_action ON audit.sealed (action, at, id);
CREATE INDEX sealed_actor ON audit.sealed (actor_id, at, id) WHERE actor_kind = 'staff';
CREATE INDEX sealed_brand ON audit.sealed (brand_id, at, id);
CREATE INDEX sealed_words ON audit.sealed USING gin (words) WHERE words IS NOT NULL;

-- Everything there is: sealed, and what waits for its seal (no number yet).
CREATE VIEW audit.trace AS
    SELECT book, number, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason,
           request_id, ip, words, prev_hash, hash FROM audit.sealed
    UNION ALL
    SELECT NULL::text, NULL::bigint, id, at, actor_kind, actor_id, action, kind, object_id, brand_id, before, after, reason,
           request_id, ip, words, NULL::bytea, NULL::bytea FROM audit.inbox;

-- Where each chain ends, and where it begins since its oldest part was let go. Signed with the desk's own key.
CREATE TABLE audit.book (
    name text PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    anchors bigint NOT NULL DEFAULT 0,             -- how many checkpoints there are
    anchored bigint NOT NULL DEFAULT 0,            -- the number of the newest
    anchored_at timestamptz NOT NULL DEFAULT now(),
    base_number bigint NOT NULL DEFAULT 0,         -- everything up to here was let go
    base_hash bytea NOT NULL,
    signature bytea NOT NULL DEFAULT ''
);
INSERT INTO audit.book (name, hash, base_hash)
    SELECT name, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM unnest('{changes,views}'::text[]) AS name;

-- Signed checkpoints, also told to the log and to a file outside of the database.
CREATE TABLE audit.anchor (
    book text NOT NULL,
    serial bigint NOT NULL,
    number bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (book, serial)
);

-- What was let go: a whole stretch between two checkpoints, counted and signed.
CREATE TABLE audit.tombstone (
    book text NOT NULL,
    through bigint NOT NULL,
    first bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamptz NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (book, through)
);

-- Each time the chains were walked, and what was found.
CREATE TABLE audit.verification (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked_by bigint,                               -- null: by itself, or from the command line
    asked_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz,                           -- when whoever walks was last alive
    done bigint NOT NULL DEFAULT 0,
    total bigint NOT NULL DEFAULT 0,
    finished_at timestamptz,
    reports jsonb
);

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'sealed' THEN
        IF OLD.number <= (SELECT base_number FROM audit.book WHERE name = OLD.book) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'what is sealed in audit.% is never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit.sealed FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit.sealed FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit.anchor FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit.anchor FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON audit.tombstone FOR EACH ROW EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON audit.tombstone FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
