-- Service levels and tiers as documents: what a policy is called, who is told when a target is missed, pauses of a clock,
-- re-planning in pieces, what a tier gets, and the doors of the channels.
SET lock_timeout = '5s';

ALTER TABLE sla.calendar
    ADD COLUMN notes jsonb NOT NULL DEFAULT '{}',      -- {"2026-10-01": "…"}: why a day is different
    ADD COLUMN retired_at timestamptz;

-- The two that every desk has (sla/defaults.py), so that a text file may name them on a fresh one.
INSERT INTO sla.calendar (key, name, week, chinese_holidays)
SELECT 'always', '{"zh": "7×24 小时", "en": "24/7"}', jsonb_object_agg(day, '[["00:00", "24:00"]]'::jsonb), false
FROM unnest('{mon,tue,wed,thu,fri,sat,sun}'::text[]) AS day
ON CONFLICT (key) DO NOTHING;
INSERT INTO sla.calendar (key, name, week, chinese_holidays)
SELECT 'office', '{"zh": "工作时间（含法定节假日与调休）", "en": "Office hours with Chinese holidays"}',
    jsonb_object_agg(day, '[["09:00", "12:00"], ["13:30", "18:00"]]'::jsonb), true
FROM unnest('{mon,tue,wed,thu,fri}'::text[]) AS day
ON CONFLICT (key) DO NOTHING;

ALTER TABLE sla.target ADD COLUMN position int NOT NULL DEFAULT 0;

-- One a brand, and one of every brand (null): what its rows of sla.target are together.
CREATE TABLE sla.policy (
    brand_id bigint REFERENCES brands.brand,
    name jsonb NOT NULL,
    escalation jsonb NOT NULL DEFAULT '[]',            -- [{key, clock, at, afterSeconds, channels, tiers, do: […]}]
    version int NOT NULL DEFAULT 0,                    -- of the document; 0: never published as one
    changed_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (brand_id)
);

-- From, until, from, until …; null: not known (clocks of before, and those that paused hundreds of times).
ALTER TABLE sla.clock ADD COLUMN pauses timestamptz[];
ALTER TABLE sla.clock ALTER COLUMN pauses SET DEFAULT '{}';

-- Somebody changed what open tickets were planned by; the worker goes through them in pieces, along the tickets' numbers.
CREATE TABLE sla.replan (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    what text NOT NULL,                                -- service_level | calendar | tier_model
    brand_id bigint,                                   -- null: the tickets of every brand
    name text NOT NULL DEFAULT '',                     -- the document, such as "starfall/standard"
    version int NOT NULL DEFAULT 0,
    by_id bigint,
    requested_at timestamptz NOT NULL,
    since_xid xid8 NOT NULL DEFAULT pg_snapshot_xmin(pg_current_snapshot()),   -- what was under way when it was asked for
    total int,                                         -- counted when it begins
    seen int NOT NULL DEFAULT 0,
    changed int NOT NULL DEFAULT 0,
    cursor bigint NOT NULL DEFAULT 0,                  -- the last ticket of the first walk
    swept_at timestamptz,                              -- the first walk is over
    finished_at timestamptz,
    superseded boolean NOT NULL DEFAULT false          -- a later one goes through the same tickets
);
CREATE INDEX replan_open ON sla.replan (id) WHERE finished_at IS NULL;

-- A step of an escalation chain that is to be taken for one clock, unless it is answered before.
CREATE TABLE sla.escalation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    clock text NOT NULL,
    round int NOT NULL,
    step jsonb NOT NULL,
    ring_at timestamptz,                               -- null: taken, or not needed any more
    taken_at timestamptz,
    UNIQUE (ticket_id, clock, round, step)
);
CREATE INDEX escalation_ring ON sla.escalation (ring_at) WHERE ring_at IS NOT NULL;

-- More currencies than the main one: {"USD": {"high": 30000, "mid": 5000, "low": 1}}, in minor units.
ALTER TABLE players.tier_rule
    ADD COLUMN currencies jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN version int NOT NULL DEFAULT 0;

-- What each tier gets. The four keys are an order; the names are the company's.
CREATE TABLE players.tier_service (
    tier text PRIMARY KEY CHECK (tier IN ('high', 'mid', 'low', 'none')),
    name jsonb NOT NULL,
    head_start_seconds int NOT NULL CHECK (head_start_seconds BETWEEN 0 AND 604800),
    manager boolean NOT NULL DEFAULT false,
    self_service_first boolean NOT NULL DEFAULT false,
    privileges jsonb NOT NULL DEFAULT '[]'             -- [{key, name{}, detail{}}]
);
INSERT INTO players.tier_service (tier, name, head_start_seconds, manager) VALUES
    ('high', '{"zh": "大R", "en": "High payer"}', 3600, true),
    ('mid', '{"zh": "中R", "en": "Mid payer"}', 900, false),
    ('low', '{"zh": "小R", "en": "Low payer"}', 120, false),
    ('none', '{"zh": "普通", "en": "Free"}', 0, false);

-- A channel open, closed or limited for a brand and tier, by a calendar; the most specific row wins (brand before tier).
CREATE TABLE channels.door (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint REFERENCES brands.brand,
    position int NOT NULL DEFAULT 0,
    channel text NOT NULL,
    tier text,
    open boolean NOT NULL DEFAULT true,
    calendar_key text,                                 -- open in its hours only
    most_waiting int CHECK (most_waiting > 0),         -- closed while so many wait in line
    instead jsonb,                                     -- what the player is told
    UNIQUE NULLS NOT DISTINCT (brand_id, channel, tier)
);
