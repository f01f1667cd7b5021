-- tickets: a player's need, the sessions of live service in it, and one timeline.
SET lock_timeout = '5s';

CREATE SCHEMA tickets;

CREATE TABLE tickets.ticket (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    player_id bigint NOT NULL REFERENCES players.player,
    channel text NOT NULL,
    live boolean NOT NULL DEFAULT false,           -- somebody is waiting or talking in a chat right now
    category_id bigint REFERENCES forms.category,
    subject text NOT NULL,
    fields jsonb NOT NULL DEFAULT '{}',
    language text NOT NULL DEFAULT 'zh',
    status text NOT NULL DEFAULT 'new'
        CHECK (status IN ('new', 'open', 'pending', 'hold', 'resolved', 'closed')),
    priority smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3),   -- 0 urgent … 3 low
    tier text NOT NULL DEFAULT 'none',             -- the player's tier when she asked
    queue_id bigint REFERENCES staff.queue,
    assignee_id bigint REFERENCES staff.person,
    assigned_at timestamptz,
    -- ready to show in a list
    player_name text NOT NULL,
    server_key text,
    server_name text,
    role_id text,
    character_name text,
    preview text NOT NULL DEFAULT '',
    last_author text NOT NULL DEFAULT 'player',    -- player | staff | system
    last_message_at timestamptz NOT NULL,
    waiting_since timestamptz,                     -- the player waits for us since; null: we wait for her
    -- smaller stands first: waiting_since minus the head start of tier and priority
    rank_at timestamptz NOT NULL,
    seq bigint NOT NULL DEFAULT 0,                 -- last entry of the timeline
    public_seq bigint NOT NULL DEFAULT 0,          -- seq of the last entry the player can see
    public_count bigint NOT NULL DEFAULT 0,        -- entries the player can see; their gap-free number
    player_unread int NOT NULL DEFAULT 0,
    staff_unread int NOT NULL DEFAULT 0,
    player_read bigint NOT NULL DEFAULT 0,         -- highest public number the player has seen
    staff_read bigint NOT NULL DEFAULT 0,
    -- service level, set by sla
    due_at timestamptz,
    due_kind text,                                 -- first | next | resolution
    warn_at timestamptz,
    breached boolean NOT NULL DEFAULT false,
    escalated_at timestamptz,
    first_response_at timestamptz,
    first_response_by bigint REFERENCES staff.person,
    resolved_at timestamptz,
    resolved_by bigint REFERENCES staff.person,
    solution text,
    closed_at timestamptz,
    reopened int NOT NULL DEFAULT 0,
    rating smallint,
    client_key text,                               -- the player's own id for this ticket: sent twice, opened once
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80);
-- "sent twice, opened once", also when two server processes see it at the same moment
CREATE UNIQUE INDEX ticket_client_key ON tickets.ticket (player_id, client_key) WHERE client_key IS NOT NULL;
CREATE INDEX ticket_player ON tickets.ticket (player_id, id DESC);
-- the queue: nobody's yet, first in line first
CREATE INDEX ticket_waiting ON tickets.ticket (queue_id, rank_at, id)
    WHERE assignee_id IS NULL AND status IN ('new', 'open');
-- my work
CREATE INDEX ticket_mine ON tickets.ticket (assignee_id, rank_at, id)
    WHERE assignee_id IS NOT NULL AND status IN ('new', 'open', 'pending', 'hold');
-- everything open, by brand
CREATE INDEX ticket_open ON tickets.ticket (brand_id, rank_at, id)
    WHERE status IN ('new', 'open', 'pending', 'hold');
-- everything nobody has yet, by brand
CREATE INDEX ticket_unassigned ON tickets.ticket (brand_id, rank_at, id)
    WHERE assignee_id IS NULL AND status IN ('new', 'open');
CREATE INDEX ticket_pending ON tickets.ticket (brand_id, rank_at, id) WHERE status IN ('pending', 'hold');
CREATE INDEX ticket_escalated ON tickets.ticket (brand_id, escalated_at, id)
    WHERE escalated_at IS NOT NULL AND (status IN ('new', 'open', 'pending', 'hold') OR (status = 'resolved' AND rating <= 2));
CREATE INDEX ticket_resolved ON tickets.ticket (brand_id, resolved_at, id) WHERE resolved_at IS NOT NULL;
CREATE INDEX ticket_created ON tickets.ticket (brand_id, created_at, id);
CREATE INDEX ticket_live ON tickets.ticket (assignee_id) WHERE live;

-- A stretch of live service: wait, handle and end are facts here.
CREATE TABLE tickets.session (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    kind text NOT NULL DEFAULT 'chat',
    started_at timestamptz NOT NULL DEFAULT now(),
    accepted_at timestamptz,
    accepted_by bigint REFERENCES staff.person,
    ended_at timestamptz,
    end_reason text                                -- resolved | left | nobody_on_duty | idle
);
CREATE INDEX session_ticket ON tickets.session (ticket_id, id);
CREATE INDEX session_waiting ON tickets.session (ticket_id) WHERE accepted_at IS NULL AND ended_at IS NULL;

-- One timeline: what was said (message), noted (note) and changed (change), in the order of seq.
CREATE TABLE tickets.message (
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    seq bigint NOT NULL,
    number bigint,                                 -- gap-free among what the player can see; null: not hers to see
    id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('message', 'note', 'change')),
    author text NOT NULL CHECK (author IN ('player', 'staff', 'system')),
    author_id bigint,
    body text NOT NULL DEFAULT '',
    attachments jsonb NOT NULL DEFAULT '[]',       -- [{id,name,mediaType,size,width,height,hasThumbnail}]
    change jsonb,                                  -- {"what", "from", "to"} when kind = change
    client_key text,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, seq)
);
-- which message refers to a file, for those few that have any
CREATE INDEX message_attachments ON tickets.message USING gin (attachments jsonb_path_ops) WHERE attachments <> '[]';
CREATE UNIQUE INDEX message_client_key ON tickets.message (ticket_id, author, client_key)
    WHERE client_key IS NOT NULL;

-- Counters are deltas: appended with the change, folded by the worker, so no row is hot.
CREATE TABLE tickets.tally (
    queue_id bigint NOT NULL,                      -- 0: none
    status text NOT NULL,
    tier text NOT NULL,
    assigned boolean NOT NULL,
    n bigint NOT NULL,
    folded boolean NOT NULL DEFAULT false
);
CREATE UNIQUE INDEX tally_folded ON tickets.tally (queue_id, status, tier, assigned) WHERE folded;
