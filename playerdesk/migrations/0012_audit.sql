-- audit: who did and saw what.
SET lock_timeout = '5s';

CREATE SCHEMA audit;

CREATE TABLE audit.trace (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor_kind text NOT NULL CHECK (actor_kind IN ('staff', 'player', 'game', 'system')),
    actor_id bigint,                               -- staff.person or players.player; no key: a trace outlives everybody
    action text NOT NULL,                          -- noun.past: player.viewed, macro.changed
    kind text NOT NULL,
    object_id text NOT NULL,
    brand_id bigint,
    before jsonb,
    after jsonb,
    reason text NOT NULL DEFAULT '',
    request_id text NOT NULL DEFAULT ''
);
CREATE INDEX trace_object ON audit.trace (kind, object_id, id);
CREATE INDEX trace_actor ON audit.trace (actor_id, id) WHERE actor_id IS NOT NULL;
CREATE INDEX trace_action ON audit.trace (action, id);
CREATE INDEX trace_at ON audit.trace (at);
