-- brands: games and shops served by this desk, their servers, and the keys they sign with.
SET lock_timeout = '5s';

CREATE SCHEMA brands;

CREATE TABLE brands.brand (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name jsonb NOT NULL,                 -- {"zh": …, "en": …}
    theme jsonb NOT NULL DEFAULT '{}',   -- {"accent": "#rrggbb", "logo": url, "greeting": {"zh","en"}}
    time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
    reopen_days int NOT NULL DEFAULT 7,
    webhook_url text,                    -- where answers are pushed for games that deliver mail in the client
    webhook_kid text,                    -- the key of brands.signing_key the pushes are signed with
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE brands.server (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    key text NOT NULL,
    name text NOT NULL,
    position int NOT NULL DEFAULT 0,
    UNIQUE (brand_id, key)
);

CREATE TABLE brands.signing_key (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint NOT NULL REFERENCES brands.brand,
    kid text NOT NULL UNIQUE,
    algorithm text NOT NULL CHECK (algorithm IN ('HS256', 'ES256', 'EdDSA')),
    material text NOT NULL,              -- shared secret (HS256) or public key in PEM
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);
CREATE INDEX signing_key_brand ON brands.signing_key (brand_id);
