-- modules: functions a brand has or has not; how agents talk to its players; queues can go out of use.
SET lock_timeout = '5s';

ALTER TABLE brands.brand
    ADD COLUMN modules jsonb NOT NULL DEFAULT '{}',  -- {"chat": false}: only those that are switched off
    ADD COLUMN tone jsonb;                           -- {"zh": …, "en": …}: shown beside the composer

ALTER TABLE staff.queue ADD COLUMN retired_at timestamptz;
