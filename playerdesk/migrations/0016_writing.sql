-- tickets: what is being written, what is about to be said, what is said often, and who is called by name.
SET lock_timeout = '5s';

-- One text a person is writing, per ticket and kind; on whatever device she goes on with it.
CREATE SEQUENCE tickets.draft_version;
CREATE TABLE tickets.draft (
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    person_id bigint NOT NULL REFERENCES staff.person,
    kind text NOT NULL CHECK (kind IN ('reply', 'note')),
    version bigint NOT NULL DEFAULT nextval('tickets.draft_version'),  -- never used twice, so no old screen mistakes a new text for its own
    body text NOT NULL,
    attachments jsonb NOT NULL DEFAULT '[]',
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (ticket_id, person_id, kind)
);
CREATE INDEX draft_person ON tickets.draft (person_id);
CREATE INDEX draft_attachments ON tickets.draft USING gin (attachments jsonb_path_ops) WHERE attachments <> '[]';

-- Send was pressed and may still be undone; at `send_at` the worker says it, in one transaction with this row.
CREATE TABLE tickets.held_reply (
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    person_id bigint NOT NULL REFERENCES staff.person,
    client_key text NOT NULL,
    body text NOT NULL,
    attachments jsonb NOT NULL DEFAULT '[]',
    base_seq bigint,                               -- the newest public message on her screen; null: sent knowingly over it
    actions jsonb NOT NULL DEFAULT '[]',           -- what else a macro does with it
    pressed_at timestamptz NOT NULL,
    send_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'stopped', 'undone')),
    stopped_code text,                             -- why it was not said: the code of the refusal
    PRIMARY KEY (ticket_id, person_id, client_key)
);
CREATE INDEX held_reply_due ON tickets.held_reply (send_at) WHERE state = 'waiting';
CREATE INDEX held_reply_person ON tickets.held_reply (person_id) WHERE state <> 'undone';
CREATE INDEX held_reply_attachments ON tickets.held_reply USING gin (attachments jsonb_path_ops) WHERE attachments <> '[]';

-- What is said and done often. Without actions it is a snippet.
CREATE TABLE tickets.macro (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    shortcut text NOT NULL DEFAULT '',             -- what is typed after "/"
    share text NOT NULL CHECK (share IN ('personal', 'team', 'everybody')),
    owner_id bigint NOT NULL REFERENCES staff.person,
    queue_id bigint REFERENCES staff.queue,        -- whose it is when the share is 'team'
    brand_id bigint REFERENCES brands.brand,       -- null: every brand
    language text CHECK (language IN ('zh', 'en')),-- the player's language it is written in; null: any
    body text NOT NULL DEFAULT '',
    actions jsonb NOT NULL DEFAULT '[]',
    version int NOT NULL DEFAULT 1,
    archived_at timestamptz,
    updated_at timestamptz NOT NULL DEFAULT now(),
    CHECK ((share = 'team') = (queue_id IS NOT NULL))
);

-- Each use once, also when it is sent twice.
CREATE TABLE tickets.macro_use (
    person_id bigint NOT NULL REFERENCES staff.person,
    client_key text NOT NULL,
    macro_id bigint NOT NULL REFERENCES tickets.macro,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (person_id, client_key)
);
CREATE INDEX macro_use_macro ON tickets.macro_use (macro_id, at);
CREATE INDEX macro_use_ticket ON tickets.macro_use (ticket_id);

-- Somebody was called by name in a note, herself or through her queue.
CREATE TABLE tickets.mention (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    seq bigint NOT NULL,                           -- the note
    by_id bigint NOT NULL REFERENCES staff.person,
    queue_id bigint REFERENCES staff.queue,        -- through which queue; null: by her own name
    at timestamptz NOT NULL,
    read_at timestamptz,
    UNIQUE (ticket_id, seq, person_id)
);
CREATE INDEX mention_person ON tickets.mention (person_id, id DESC);
CREATE INDEX mention_unread ON tickets.mention (person_id, ticket_id) WHERE read_at IS NULL;
