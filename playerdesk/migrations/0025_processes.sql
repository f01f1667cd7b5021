-- processes: steps across departments, their published versions, and the tickets that go through them.
SET lock_timeout = '5s';

CREATE SCHEMA processes;

CREATE TABLE processes.process (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint REFERENCES brands.brand,      -- null: for every brand
    key text NOT NULL,
    edition_id bigint,                            -- the one in force
    retired_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (brand_id, key)
);

-- What was published, as it was: tickets under way stay on theirs.
CREATE TABLE processes.edition (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    process_id bigint NOT NULL REFERENCES processes.process,
    version int NOT NULL,
    body jsonb NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (process_id, version)
);
ALTER TABLE processes.process ADD FOREIGN KEY (edition_id) REFERENCES processes.edition;

-- One ticket going through one process.
CREATE TABLE processes.instance (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    process_id bigint NOT NULL REFERENCES processes.process,
    edition_id bigint NOT NULL REFERENCES processes.edition,
    client_key text NOT NULL,                     -- who starts it twice with the same key starts it once
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'stopped')),
    answers jsonb NOT NULL DEFAULT '{}',          -- by step what was filled in and chosen there, the last time
    started_by bigint,                            -- null: the desk itself
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    ended_by bigint,
    reason text NOT NULL DEFAULT '',
    UNIQUE (ticket_id, client_key)
);
CREATE UNIQUE INDEX instance_running ON processes.instance (ticket_id, process_id) WHERE state = 'running';
CREATE INDEX instance_edition ON processes.instance (edition_id) WHERE state = 'running';

-- One visit of one step. Several open at once: parallel branches.
CREATE TABLE processes.task (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    instance_id bigint NOT NULL REFERENCES processes.instance,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    step_key text NOT NULL,
    kind text NOT NULL,
    -- open: somebody has to do something · waiting: for the world outside, or for the other branches · the rest is over
    state text NOT NULL CHECK (state IN ('open', 'waiting', 'done', 'handed_back', 'dropped')),
    party text NOT NULL DEFAULT '',               -- "department:middle", "queue:payments", "role:lead", "person:li", "assignee:"
    claimed_by bigint,
    claimed_at timestamptz,
    due_at timestamptz,
    ring_at timestamptz,                          -- when the desk looks at it by itself: a deadline, or the end of a wait
    level int NOT NULL DEFAULT 0,                 -- how often it was escalated
    raised_to bigint[] NOT NULL DEFAULT '{}',     -- to whom
    signal text,                                  -- what the outside says to end the wait
    fork int[] NOT NULL DEFAULT '{}',          -- the splits it stands inside, outermost first
    serial int,                                   -- of a split: its number in this instance
    branches int,                                 -- of a split: how many went out
    came_from bigint,                             -- the visit before
    values jsonb NOT NULL DEFAULT '{}',
    chosen text,
    reason text NOT NULL DEFAULT '',
    opened_at timestamptz NOT NULL DEFAULT now(),
    done_at timestamptz,
    done_by bigint,                               -- null: the desk itself, or a game
    done_key text                                 -- who completes it twice with the same key completes it once
);
CREATE INDEX task_ticket ON processes.task (ticket_id);
CREATE INDEX task_instance ON processes.task (instance_id, id);
CREATE INDEX task_party ON processes.task (party, (coalesce(due_at, 'infinity')), id) WHERE state = 'open';
CREATE INDEX task_claimed ON processes.task (claimed_by, (coalesce(due_at, 'infinity')), id) WHERE state = 'open';
CREATE INDEX task_raised ON processes.task USING gin (raised_to) WHERE state = 'open' AND level > 0;
CREATE INDEX task_ring ON processes.task (ring_at) WHERE ring_at IS NOT NULL;
CREATE INDEX task_done ON processes.task (done_by, done_at DESC) WHERE done_by IS NOT NULL;

-- Where the matter stands in plain words, as the player is told it: {"zh", "en"}.
ALTER TABLE tickets.ticket ADD COLUMN stage jsonb;
