-- rules: what the desk does by itself; tags; who was called by a rule
SET lock_timeout = '5s';

-- Words staff and rules put on a ticket. A constant default: no row is rewritten.
ALTER TABLE tickets.ticket ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
CREATE TABLE tickets.tag (
    name text PRIMARY KEY,
    used_at timestamptz NOT NULL DEFAULT now()     -- when somebody last put it on a ticket
);
-- A rule calls people too.
ALTER TABLE tickets.mention ALTER COLUMN by_id DROP NOT NULL;

CREATE SCHEMA rules;

CREATE TABLE rules.rule (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_key text NOT NULL,                       -- empty: of every brand
    brand_id bigint REFERENCES brands.brand,
    key text NOT NULL,
    version int NOT NULL,
    body jsonb NOT NULL,
    retired boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL DEFAULT now(),      -- a rule of time looks at what becomes due from then on
    UNIQUE (brand_key, key)
);

-- What fired and why, or did not and why not.
CREATE TABLE rules.firing (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id bigint NOT NULL REFERENCES rules.rule,
    version int NOT NULL,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    event text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'nothing', 'partly', 'stopped')),
    why jsonb NOT NULL,                            -- {field: value} of what the condition asked about
    acts jsonb NOT NULL,                           -- [{"do", "outcome": done|same|skipped, "why": {"zh","en"}}]
    cause_id bigint,                               -- the firing whose action led to this one
    at timestamptz NOT NULL
);
CREATE INDEX firing_rule ON rules.firing (rule_id, id DESC);
CREATE INDEX firing_ticket ON rules.firing (ticket_id, id DESC);
CREATE INDEX firing_at ON rules.firing (at);

-- A rule of time fires once for each time it looks at.
CREATE TABLE rules.timed (
    rule_id bigint NOT NULL REFERENCES rules.rule,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    moment timestamptz NOT NULL,
    PRIMARY KEY (rule_id, ticket_id, moment)
);
CREATE INDEX timed_ticket ON rules.timed (ticket_id);
CREATE INDEX timed_moment ON rules.timed (moment);

-- Calls to other systems, written in the transaction of the firing, made by the worker.
CREATE TABLE rules.call (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rule_id bigint NOT NULL REFERENCES rules.rule,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    key text NOT NULL UNIQUE,
    url text NOT NULL,
    body text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX call_due ON rules.call (next_try_at) WHERE state = 'pending';
CREATE INDEX call_ticket ON rules.call (ticket_id);
CREATE INDEX call_rule ON rules.call (rule_id, id DESC);
