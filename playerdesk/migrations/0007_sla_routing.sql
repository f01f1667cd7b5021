-- sla: targets, calendars, and the clocks that ring. routing: who was given what, and why.
SET lock_timeout = '5s';

CREATE SCHEMA sla;

CREATE TABLE sla.calendar (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name jsonb NOT NULL,
    time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
    week jsonb NOT NULL,                           -- {"mon": [["09:00","12:00"],…], …}; "24:00" ends a day
    chinese_holidays boolean NOT NULL DEFAULT false,
    exceptions jsonb NOT NULL DEFAULT '{}'         -- {"2026-10-01": [], "2026-10-10": [["09:00","18:00"]]}
);

-- The most specific row wins (brand before category before tier); null matches everything.
CREATE TABLE sla.target (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint REFERENCES brands.brand,
    channel text NOT NULL,
    category_id bigint REFERENCES forms.category,
    tier text,
    first_seconds int CHECK (first_seconds > 0),
    next_seconds int CHECK (next_seconds > 0),
    resolution_seconds int CHECK (resolution_seconds > 0),
    warn_fraction double precision NOT NULL DEFAULT 0.5 CHECK (warn_fraction > 0 AND warn_fraction < 1),
    calendar_id bigint NOT NULL REFERENCES sla.calendar,
    UNIQUE NULLS NOT DISTINCT (brand_id, channel, category_id, tier)
);

-- A deadline is a row: `ring_at` is when the worker has to look, first for the warning, then for the
-- due time. A clock that is answered or paused has none, so no timer can ever ring for nothing.
CREATE TABLE sla.clock (
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    kind text NOT NULL CHECK (kind IN ('first', 'next', 'resolution')),
    round int NOT NULL DEFAULT 1,                  -- the next-response clock starts anew with each question
    target_seconds int NOT NULL,
    warn_fraction double precision NOT NULL,
    calendar_id bigint NOT NULL,                   -- sla.calendar; no key, for every open ticket would lock its row
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'paused', 'met', 'breached', 'void')),
    started_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,                   -- while paused: as it was when the pause began
    warn_at timestamptz NOT NULL,
    paused_at timestamptz,
    paused_late_seconds double precision NOT NULL DEFAULT 0,   -- open time paused after the breach
    ended_at timestamptz,                          -- a breached clock waits on until the answer comes
    ring_at timestamptz,
    PRIMARY KEY (ticket_id, kind),
    CHECK (ring_at IS NULL OR state = 'running'),
    CHECK (paused_at IS NULL OR (state IN ('paused', 'breached') AND ended_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX clock_ring ON sla.clock (ring_at) WHERE ring_at IS NOT NULL;

CREATE TABLE sla.breach (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    clock text NOT NULL,
    round int NOT NULL,
    due_at timestamptz NOT NULL,
    noticed_at timestamptz NOT NULL,
    assignee_id bigint,
    queue_id bigint,
    why text NOT NULL                              -- nobody_on_duty | waiting_in_queue | with_agent
);
CREATE INDEX breach_ticket ON sla.breach (ticket_id);
CREATE INDEX breach_at ON sla.breach (noticed_at);

CREATE SCHEMA routing;

CREATE TABLE routing.assignment (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    person_id bigint NOT NULL REFERENCES staff.person,
    reason text NOT NULL,                          -- vip_manager | deputy | vip_pool | queue | pulled | by_hand
    waited_seconds double precision NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    taken_back_at timestamptz
);
CREATE INDEX assignment_ticket ON routing.assignment (ticket_id);
CREATE INDEX assignment_at ON routing.assignment (at);
