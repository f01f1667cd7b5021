-- channels: what we send out, as an outbox. surveys: the player's verdict.
SET lock_timeout = '5s';

CREATE SCHEMA channels;

-- One row per push to a game's webhook; attempts, last answer and the next try are seen here.
CREATE TABLE channels.delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    kind text NOT NULL,                            -- message | ticket
    dedupe_key text NOT NULL UNIQUE,               -- the receiver drops what it has seen
    body json NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dead')),
    attempts int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL DEFAULT now(),
    last_status int,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz
);
CREATE INDEX delivery_pending ON channels.delivery (next_try_at) WHERE state = 'pending';
-- a player's answers arrive in order: only the oldest undelivered row of a ticket is tried
CREATE INDEX delivery_ticket ON channels.delivery (ticket_id, id) WHERE state = 'pending';

CREATE SCHEMA surveys;

CREATE TABLE surveys.rating (
    ticket_id bigint PRIMARY KEY REFERENCES tickets.ticket,
    score smallint NOT NULL CHECK (score BETWEEN 1 AND 5),
    reasons text[] NOT NULL DEFAULT '{}',
    comment text NOT NULL DEFAULT '',
    rated_person_id bigint REFERENCES staff.person,
    at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz
);
CREATE INDEX rating_at ON surveys.rating (at);
