-- insights: facts fed from the event log, and rollups of them, one dimension at a time.
SET lock_timeout = '5s';

CREATE SCHEMA insights;

-- One row per ticket, metric and day behind each number, so every figure opens its tickets: a ticket
-- counts once a day, and what was counted yesterday stays counted. No foreign key: figures outlive the
-- tickets that are deleted for privacy, and one odd event must never stop the counting.
CREATE TABLE insights.fact (
    ticket_id bigint NOT NULL,
    metric text NOT NULL,                          -- opened | first_response | first_clock | resolved | rated | reopened | breached | assigned
    day date NOT NULL,                             -- in the brand's time zone
    hour timestamptz NOT NULL,                     -- when that hour began, in the brand's time zone
    at timestamptz NOT NULL,
    brand_id bigint NOT NULL,
    channel text NOT NULL,
    tier text NOT NULL,
    queue_id bigint,
    person_id bigint,
    measure double precision NOT NULL DEFAULT 0,   -- seconds or stars
    met boolean,                                   -- first_clock: in time?
    PRIMARY KEY (ticket_id, metric, day)
);
CREATE INDEX fact_drill ON insights.fact (brand_id, metric, day, at DESC, ticket_id DESC);

-- The same, added up by hour and brand. `histogram` counts log-spaced buckets (insights/rules.py).
CREATE TABLE insights.hour (
    dimension text NOT NULL,                       -- channel | tier | queue | person
    brand_id bigint NOT NULL,
    day date NOT NULL,
    metric text NOT NULL,
    hour timestamptz NOT NULL,
    value text NOT NULL,
    n bigint NOT NULL DEFAULT 0,
    total double precision NOT NULL DEFAULT 0,     -- sum of the measure
    within bigint NOT NULL DEFAULT 0,              -- how many met their target
    histogram int[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (dimension, brand_id, day, metric, hour, value)
) WITH (fillfactor = 80);

CREATE FUNCTION insights.add_histograms(a int[], b int[]) RETURNS int[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE
        WHEN cardinality(a) = 0 THEN b
        WHEN cardinality(b) = 0 THEN a
        ELSE (SELECT array_agg(coalesce(x, 0) + coalesce(y, 0) ORDER BY i)
              FROM unnest(a, b) WITH ORDINALITY AS both_of (x, y, i))
    END;
