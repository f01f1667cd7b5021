-- staff: what somebody chose for herself, on every device she signs in with.
SET lock_timeout = '5s';

CREATE TABLE staff.preference (
    person_id bigint PRIMARY KEY REFERENCES staff.person,
    chosen jsonb NOT NULL DEFAULT '{}',           -- only what she chose; the rest is as the code has it today
    revision int NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL DEFAULT now()
);
