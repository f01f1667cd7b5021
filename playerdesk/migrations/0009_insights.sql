-- insights: rollups fed from the event log, one dimension at a time.
SET lock_timeout = '5s';

CREATE SCHEMA insights;

-- A metric per hour, brand and channel. `histogram` counts log-spaced buckets (insights/rules.py).
CREATE TABLE insights.hour (
    hour timestamptz NOT NULL,
    brand_id bigint NOT NULL,
    dimension text NOT NULL,                       -- channel | tier | queue | person
    value text NOT NULL,
    metric text NOT NULL,                          -- opened | first_response | resolved | rated | reopened | breached
    n bigint NOT NULL DEFAULT 0,
    total double precision NOT NULL DEFAULT 0,     -- sum of the measure (seconds, stars)
    within bigint NOT NULL DEFAULT 0,              -- how many met their target
    histogram int[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (dimension, metric, brand_id, hour, value)
);

-- One row per ticket and metric behind each number, so every figure opens its tickets.
CREATE TABLE insights.fact (
    metric text NOT NULL,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    at timestamptz NOT NULL,
    brand_id bigint NOT NULL,
    channel text NOT NULL,
    tier text NOT NULL,
    queue_id bigint,
    person_id bigint,
    measure double precision NOT NULL DEFAULT 0,
    met boolean,
    round int NOT NULL DEFAULT 1,
    PRIMARY KEY (ticket_id, metric, round)
);
CREATE INDEX fact_metric ON insights.fact (metric, brand_id, at DESC, ticket_id);
