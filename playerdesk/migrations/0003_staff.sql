-- staff: the people who answer, their queues, presence and sign-in.
SET lock_timeout = '5s';

CREATE SCHEMA staff;

CREATE TABLE staff.person (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL UNIQUE CHECK (login = lower(login)),
    name text NOT NULL,
    password_hash text NOT NULL,
    roles text[] NOT NULL DEFAULT '{agent}',      -- agent | vip_manager | lead | admin
    brand_ids bigint[] NOT NULL DEFAULT '{}',     -- empty: every brand
    locale text NOT NULL DEFAULT 'zh-CN',
    chat_capacity int NOT NULL DEFAULT 5 CHECK (chat_capacity BETWEEN 0 AND 50),
    ticket_capacity int NOT NULL DEFAULT 20 CHECK (ticket_capacity BETWEEN 0 AND 500),
    deputy_id bigint REFERENCES staff.person,
    languages text[] NOT NULL DEFAULT '{zh,en}',
    suspended_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE staff.queue (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    name jsonb NOT NULL,
    brand_id bigint REFERENCES brands.brand,      -- null: serves every brand
    push boolean NOT NULL DEFAULT true,           -- false: agents pull
    is_vip_pool boolean NOT NULL DEFAULT false,
    position int NOT NULL DEFAULT 0
);

CREATE TABLE staff.queue_member (
    queue_id bigint NOT NULL REFERENCES staff.queue,
    person_id bigint NOT NULL REFERENCES staff.person,
    PRIMARY KEY (queue_id, person_id)
);
CREATE INDEX queue_member_person ON staff.queue_member (person_id);

-- What somebody says they are (state) and whether their screen is really there (seen_at).
CREATE TABLE staff.presence (
    person_id bigint PRIMARY KEY REFERENCES staff.person,
    state text NOT NULL DEFAULT 'offline' CHECK (state IN ('online', 'busy', 'break', 'offline')),
    since timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE staff.presence_interval (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    state text NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz NOT NULL,
    reason text NOT NULL DEFAULT 'chosen'         -- chosen | vanished | signed_out
);
CREATE INDEX presence_interval_person ON staff.presence_interval (person_id, started_at);

CREATE TABLE staff.session (
    token_hash bytea PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    csrf text NOT NULL,
    ip text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_person ON staff.session (person_id);

CREATE TABLE staff.sign_in_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login text NOT NULL,
    ip text NOT NULL,
    succeeded boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sign_in_attempt_login ON staff.sign_in_attempt (login, at);
CREATE INDEX sign_in_attempt_ip ON staff.sign_in_attempt (ip, at);
