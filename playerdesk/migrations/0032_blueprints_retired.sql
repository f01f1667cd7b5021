-- Why something was taken out of use, kept with the version that was in force then.
SET lock_timeout = '5s';

ALTER TABLE blueprints.version
    ADD COLUMN retired_at timestamptz,
    ADD COLUMN retired_by bigint,
    ADD COLUMN retire_note text NOT NULL DEFAULT '';
