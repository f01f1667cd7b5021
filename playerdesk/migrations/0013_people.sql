-- people: departments, teams, vendors and superiors; roles with permissions and a data scope; ways to sign in.
SET lock_timeout = '5s';

CREATE TABLE staff.department (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES staff.department,
    name jsonb NOT NULL
);

CREATE TABLE staff.team (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department_id bigint REFERENCES staff.department,
    name jsonb NOT NULL
);

-- A company whose people work at this desk.
CREATE TABLE staff.vendor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    contact text NOT NULL DEFAULT ''
);

-- permissions null: as this version of the desk ships the role (staff/rules.py); only built-in roles have it.
CREATE TABLE staff.role (
    key text PRIMARY KEY,
    name jsonb NOT NULL,
    permissions text[],
    scope text NOT NULL CHECK (scope IN ('own', 'team', 'department', 'vendor', 'brand', 'all')),
    two_factors boolean NOT NULL DEFAULT false,   -- may do nothing before a second factor is shown
    built_in boolean NOT NULL DEFAULT false,
    CHECK (built_in OR permissions IS NOT NULL)
);
INSERT INTO staff.role (key, name, scope, built_in) VALUES
    ('agent', '{"zh": "客服", "en": "Agent"}', 'brand', true),
    ('vip_manager', '{"zh": "专属客服", "en": "VIP manager"}', 'brand', true),
    ('lead', '{"zh": "组长", "en": "Team lead"}', 'brand', true),
    ('admin', '{"zh": "管理员", "en": "Administrator"}', 'all', true);

ALTER TABLE staff.person
    ADD COLUMN email text,
    ADD COLUMN department_id bigint REFERENCES staff.department,
    ADD COLUMN team_id bigint REFERENCES staff.team,
    ADD COLUMN superior_id bigint REFERENCES staff.person,
    ADD COLUMN vendor_id bigint REFERENCES staff.vendor,
    ADD COLUMN skills text[] NOT NULL DEFAULT '{}';
CREATE UNIQUE INDEX person_email ON staff.person (lower(email));
CREATE INDEX person_superior ON staff.person (superior_id);

-- second_factor: shown when this session began or since; confirmed_at: when she last proved who she is.
ALTER TABLE staff.session
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN second_factor boolean NOT NULL DEFAULT false,
    ADD COLUMN confirmed_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX session_id ON staff.session (id);

-- What is used once and soon: invitations, the step between password and second factor, challenges, single sign-on.
CREATE TABLE staff.one_time (
    token_hash bytea PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('invite', 'reset', 'second', 'passkey', 'oidc')),
    person_id bigint REFERENCES staff.person,
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX one_time_person ON staff.one_time (person_id, kind);

CREATE TABLE staff.totp (
    person_id bigint PRIMARY KEY REFERENCES staff.person,
    secret bytea NOT NULL,                        -- encrypted with a secret of this installation
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0           -- a code is used once
);

CREATE TABLE staff.recovery_code (
    person_id bigint NOT NULL REFERENCES staff.person,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, code_hash)
);

CREATE TABLE staff.passkey (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES staff.person,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL DEFAULT 0,
    transports text[] NOT NULL DEFAULT '{}',
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz
);
CREATE INDEX passkey_person ON staff.passkey (person_id);

-- Who she is at the company's identity provider.
CREATE TABLE staff.external_account (
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id bigint NOT NULL REFERENCES staff.person,
    linked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);
CREATE INDEX external_account_person ON staff.external_account (person_id);
