-- craft: merging, splitting, links, following, snoozing, checklists, time, side conversations, lessons.
SET lock_timeout = '5s';

ALTER TABLE tickets.ticket
    -- The ticket in which this one goes on. Its key is in tickets.merging: one here would be checked at every opening.
    ADD COLUMN merged_into_id bigint,
    ADD COLUMN snoozed_until timestamptz;          -- asleep until then; only while on hold
CREATE INDEX ticket_merged ON tickets.ticket (merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX ticket_snoozed ON tickets.ticket (brand_id, snoozed_until, id) WHERE snoozed_until IS NOT NULL;
CREATE INDEX ticket_wakes ON tickets.ticket (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Nothing moves when tickets are merged: the source stays with its timeline, and what it takes to undo is kept here.
CREATE TABLE tickets.merging (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL REFERENCES tickets.ticket,
    target_id bigint NOT NULL REFERENCES tickets.ticket,
    by_id bigint NOT NULL REFERENCES staff.person,
    at timestamptz NOT NULL,
    source_before jsonb NOT NULL,                  -- {"standing", "snoozedUntil", "escalatedAt"}; the others too
    source_after jsonb NOT NULL,
    target_before jsonb NOT NULL,
    target_after jsonb NOT NULL,
    undone_at timestamptz,
    undone_by bigint REFERENCES staff.person
);
CREATE UNIQUE INDEX merging_once ON tickets.merging (source_id) WHERE undone_at IS NULL;
CREATE INDEX merging_source ON tickets.merging (source_id, id);
CREATE INDEX merging_target ON tickets.merging (target_id, id);

-- The clocks as they were, so that an undone merge leaves no trace in them.
CREATE TABLE sla.merged (
    merging_id bigint PRIMARY KEY REFERENCES tickets.merging,
    source jsonb NOT NULL,
    target_before jsonb NOT NULL,
    target_after jsonb NOT NULL
);

CREATE TABLE tickets.link (
    from_id bigint NOT NULL REFERENCES tickets.ticket,
    to_id bigint NOT NULL REFERENCES tickets.ticket,
    -- related is stored once, the smaller number first; the others read "from is … to"
    kind text NOT NULL CHECK (kind IN ('related', 'duplicate_of', 'caused_by', 'child_of', 'split_from')),
    by_id bigint REFERENCES staff.person,
    at timestamptz NOT NULL,
    PRIMARY KEY (from_id, to_id, kind),
    CHECK (from_id <> to_id)
);
CREATE INDEX link_to ON tickets.link (to_id);
CREATE UNIQUE INDEX link_parent ON tickets.link (from_id) WHERE kind = 'child_of';

CREATE TABLE tickets.follow (
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    person_id bigint NOT NULL REFERENCES staff.person,
    since timestamptz NOT NULL,
    seen_seq bigint NOT NULL,                      -- the last entry she has seen; beyond it there is news
    PRIMARY KEY (ticket_id, person_id)
);
CREATE INDEX follow_person ON tickets.follow (person_id, ticket_id);

CREATE TABLE tickets.checklist_item (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    position int NOT NULL,
    body text NOT NULL,
    done_at timestamptz,
    done_by bigint REFERENCES staff.person,
    client_key text NOT NULL,
    UNIQUE (ticket_id, client_key)
);

CREATE TABLE tickets.effort (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    person_id bigint NOT NULL REFERENCES staff.person,
    seconds int NOT NULL CHECK (seconds >= 0),
    by_hand boolean NOT NULL DEFAULT false,
    note text NOT NULL DEFAULT '',
    client_key text NOT NULL,                      -- one a visit; told again it grows, never shrinks
    at timestamptz NOT NULL,
    UNIQUE (ticket_id, person_id, client_key)
);

-- A thread beside the ticket, with colleagues or another department; the player never sees it.
CREATE TABLE tickets.side (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    subject text NOT NULL,
    opened_by bigint NOT NULL REFERENCES staff.person,
    opened_at timestamptz NOT NULL,
    client_key text NOT NULL,
    queue_id bigint REFERENCES staff.queue,        -- the department asked: whoever is in it takes part
    last_seq int NOT NULL DEFAULT 0,
    last_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by bigint REFERENCES staff.person,
    UNIQUE (opened_by, client_key)
);
CREATE INDEX side_ticket ON tickets.side (ticket_id, id);
CREATE INDEX side_queue ON tickets.side (queue_id, last_at) WHERE queue_id IS NOT NULL;

CREATE TABLE tickets.side_member (
    side_id bigint NOT NULL REFERENCES tickets.side,
    person_id bigint NOT NULL REFERENCES staff.person,
    read_seq int NOT NULL DEFAULT 0,
    PRIMARY KEY (side_id, person_id)
);
CREATE INDEX side_member_person ON tickets.side_member (person_id, side_id);

CREATE TABLE tickets.side_message (
    side_id bigint NOT NULL REFERENCES tickets.side,
    seq int NOT NULL,
    author_id bigint NOT NULL REFERENCES staff.person,
    body text NOT NULL,
    client_key text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (side_id, seq),
    UNIQUE (side_id, author_id, client_key)
);

-- How tickets of a category are worked: what has to be known before one is resolved, and the usual steps.
CREATE TABLE tickets.practice (
    category_id bigint PRIMARY KEY REFERENCES forms.category,
    cause boolean NOT NULL DEFAULT false,
    solution boolean NOT NULL DEFAULT true,
    fields text[] NOT NULL DEFAULT '{}',           -- keys of the category's form
    checklist text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE tickets.cause (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES tickets.cause,
    key text NOT NULL UNIQUE,
    name jsonb NOT NULL,
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz
);

CREATE TABLE tickets.lesson (
    ticket_id bigint PRIMARY KEY REFERENCES tickets.ticket,
    cause_id bigint REFERENCES tickets.cause,
    by_id bigint REFERENCES staff.person,
    at timestamptz NOT NULL
);
CREATE INDEX lesson_cause ON tickets.lesson (cause_id, at);

CREATE TABLE tickets.proposal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ticket_id bigint NOT NULL REFERENCES tickets.ticket,
    title text NOT NULL,
    body text NOT NULL,
    by_id bigint NOT NULL REFERENCES staff.person,
    at timestamptz NOT NULL,
    client_key text NOT NULL,
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'accepted', 'declined')),
    decided_by bigint REFERENCES staff.person,
    decided_at timestamptz,
    reason text NOT NULL DEFAULT '',
    UNIQUE (ticket_id, client_key)
);
CREATE INDEX proposal_state ON tickets.proposal (state, id);

INSERT INTO tickets.cause (key, parent_id, name, position)
SELECT key, NULL, jsonb_build_object('zh', zh, 'en', en), position
FROM (VALUES ('defect', '产品缺陷', 'Product defect', 1), ('operations', '运营与活动', 'Operations and events', 2),
    ('payment', '支付渠道', 'Payment channel', 3), ('account', '账号安全', 'Account security', 4),
    ('player', '玩家侧原因', 'On the player''s side', 5), ('unclear', '未查明', 'Not found out', 6)) AS c (key, zh, en, position);
INSERT INTO tickets.cause (key, parent_id, name, position)
SELECT c.key, p.id, jsonb_build_object('zh', c.zh, 'en', c.en), c.position
FROM (VALUES ('defect.client', 'defect', '客户端', 'Client', 1), ('defect.server', 'defect', '服务器', 'Server', 2),
    ('defect.delivery', 'defect', '发货/发奖', 'Delivery of goods', 3), ('operations.rules', 'operations', '活动规则不清', 'Unclear event rules', 1),
    ('operations.config', 'operations', '配置错误', 'Wrong configuration', 2), ('payment.delay', 'payment', '到账延迟', 'Late confirmation', 1),
    ('payment.refused', 'payment', '支付失败', 'Refused payment', 2), ('account.stolen', 'account', '账号被盗', 'Stolen account', 1),
    ('account.lost', 'account', '忘记账号/密码', 'Forgotten login', 2), ('player.mistake', 'player', '误操作', 'A slip', 1),
    ('player.question', 'player', '玩法咨询', 'A question about the game', 2), ('player.device', 'player', '设备或网络', 'Device or network', 3)
) AS c (key, parent, zh, en, position) JOIN tickets.cause p ON p.key = c.parent;
