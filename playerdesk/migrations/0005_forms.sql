-- forms: the category tree and the short form each leaf asks the player to fill.
SET lock_timeout = '5s';

CREATE SCHEMA forms;

CREATE TABLE forms.category (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint REFERENCES brands.brand,       -- null: every brand
    parent_id bigint REFERENCES forms.category,
    key text NOT NULL,
    name jsonb NOT NULL,
    icon text NOT NULL DEFAULT 'help',
    priority smallint NOT NULL DEFAULT 2 CHECK (priority BETWEEN 0 AND 3),
    queue_id bigint REFERENCES staff.queue,        -- null: the brand's default queue
    fields jsonb NOT NULL DEFAULT '[]',            -- [{key, kind, label{}, required, options?, help?}]
    position int NOT NULL DEFAULT 0,
    retired_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (brand_id, key)
);
