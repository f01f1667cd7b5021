-- Saved views, the indexes their pages walk along, bulk jobs; counters know the brand.
SET lock_timeout = '5s';

CREATE TABLE tickets.view (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner_id bigint NOT NULL REFERENCES staff.person,   -- who made it; a personal one is hers alone
    audience text NOT NULL CHECK (audience IN ('personal', 'queue', 'everybody')),
    queue_id bigint REFERENCES staff.queue,             -- whose members see it, when audience = queue
    name text NOT NULL,
    icon text NOT NULL DEFAULT 'list-filter',
    color text,
    condition jsonb NOT NULL,                           -- a tree of playerdesk/kernel/conditions.py
    columns text[] NOT NULL,
    sort text NOT NULL,
    descending boolean NOT NULL DEFAULT false,
    grouping text,
    position int NOT NULL DEFAULT 0,
    client_key text NOT NULL,                           -- made twice by the same screen: once
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    CHECK ((audience = 'queue') = (queue_id IS NOT NULL)),
    UNIQUE (owner_id, client_key)
);

-- the view somebody begins with
CREATE TABLE tickets.first_view (
    person_id bigint PRIMARY KEY REFERENCES staff.person,
    view_id bigint NOT NULL REFERENCES tickets.view
);

-- One order each, over what is open: few rows however old the desk is.
CREATE INDEX ticket_open_due ON tickets.ticket (brand_id, coalesce(due_at, 'infinity'), id)
    WHERE status IN ('new', 'open', 'pending', 'hold');
CREATE INDEX ticket_open_wait ON tickets.ticket (brand_id, coalesce(waiting_since, 'infinity'), id)
    WHERE status IN ('new', 'open', 'pending', 'hold');
CREATE INDEX ticket_open_word ON tickets.ticket (brand_id, last_message_at, id)
    WHERE status IN ('new', 'open', 'pending', 'hold');
CREATE INDEX ticket_open_priority ON tickets.ticket (brand_id, priority, rank_at, id)
    WHERE status IN ('new', 'open', 'pending', 'hold');
CREATE INDEX ticket_open_created ON tickets.ticket (brand_id, created_at, id)
    WHERE status IN ('new', 'open', 'pending', 'hold');

-- A change to many tickets at once: what was chosen, how far it is, and each ticket before and after.
CREATE TABLE tickets.bulk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    client_key text NOT NULL,
    changes jsonb NOT NULL,
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'cancelled')),
    total int NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    undo_of bigint REFERENCES tickets.bulk,
    UNIQUE (person_id, client_key)
);
CREATE INDEX bulk_running ON tickets.bulk (id) WHERE state = 'running';
CREATE UNIQUE INDEX bulk_undo ON tickets.bulk (undo_of) WHERE undo_of IS NOT NULL;

CREATE TABLE tickets.bulk_item (
    bulk_id bigint NOT NULL REFERENCES tickets.bulk,
    place int NOT NULL,
    ticket_id bigint NOT NULL,
    outcome text,                                       -- null: not yet; changed | skipped
    why text,                                           -- the code of the refusal
    before jsonb,                                       -- what it was, of what was changed
    after jsonb,
    PRIMARY KEY (bulk_id, place)
);
CREATE INDEX bulk_item_left ON tickets.bulk_item (bulk_id, place) WHERE outcome IS NULL;

-- The counters of those who see some brands only are theirs. Only what is open is ever counted, so only that is rebuilt.
LOCK TABLE tickets.tally IN ACCESS EXCLUSIVE MODE;
DELETE FROM tickets.tally;
DROP INDEX tickets.tally_folded;
ALTER TABLE tickets.tally ADD COLUMN brand_id bigint NOT NULL;
CREATE UNIQUE INDEX tally_folded ON tickets.tally (brand_id, queue_id, status, tier, assigned) WHERE folded;
INSERT INTO tickets.tally (brand_id, queue_id, status, tier, assigned, n, folded)
    SELECT brand_id, coalesce(queue_id, 0), status, tier, assignee_id IS NOT NULL, count(*), true FROM tickets.ticket
    WHERE status IN ('new', 'open', 'pending', 'hold') GROUP BY 1, 2, 3, 4, 5;
