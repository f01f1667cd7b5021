-- Durable work is a row with a time and a loop (docs/decisions/0012); no job was ever enqueued.
-- The calls of rules are an outbox like the pushes to games: the same columns, the same states (kernel/outbox.py).
SET lock_timeout = '5s';

DROP SCHEMA IF EXISTS jobs CASCADE;

ALTER TABLE rules.call RENAME COLUMN key TO dedupe_key;
ALTER TABLE rules.call RENAME COLUMN at TO created_at;
ALTER TABLE rules.call
    ADD COLUMN last_status int,
    ADD COLUMN delivered_at timestamptz,
    DROP CONSTRAINT call_state_check;
UPDATE rules.call SET state = 'delivered', delivered_at = created_at WHERE state = 'done';
ALTER TABLE rules.call ADD CONSTRAINT call_state_check CHECK (state IN ('pending', 'delivered', 'dead'));
