-- forms: what a category asks for is a form of its own, with versions; a ticket knows which one it was filled with.
SET lock_timeout = '5s';

CREATE TABLE forms.form (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    brand_id bigint REFERENCES brands.brand,       -- null: every brand
    key text NOT NULL,
    version_id bigint,                             -- the version that is filled now
    retired_at timestamptz,
    UNIQUE NULLS NOT DISTINCT (brand_id, key)
);

-- Never changed and never deleted: tickets say which one they were filled with.
CREATE TABLE forms.version (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    form_id bigint NOT NULL REFERENCES forms.form,
    number int NOT NULL,
    name jsonb NOT NULL,
    fields jsonb NOT NULL,                         -- [{key, kind, label{}, …}], see playerdesk/forms/shapes.py
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (form_id, number)
);

ALTER TABLE forms.category
    ADD COLUMN form_key text NOT NULL DEFAULT '',  -- the brand's own form of this key, else the common one
    ADD COLUMN process_key text NOT NULL DEFAULT '',
    ADD COLUMN articles jsonb NOT NULL DEFAULT '[]',   -- [{title{}, url}]
    ADD COLUMN aliases text[] NOT NULL DEFAULT '{}';   -- keys of categories that were merged into this one

INSERT INTO forms.form (brand_id, key) SELECT brand_id, key FROM forms.category WHERE fields <> '[]' ORDER BY id;
INSERT INTO forms.version (form_id, number, name, fields)
SELECT f.id, 1, c.name, c.fields FROM forms.form f JOIN forms.category c ON c.key = f.key AND c.brand_id IS NOT DISTINCT FROM f.brand_id;
UPDATE forms.form f SET version_id = v.id FROM forms.version v WHERE v.form_id = f.id;
UPDATE forms.category SET form_key = key WHERE fields <> '[]';
ALTER TABLE forms.category DROP COLUMN fields;

-- No foreign key: it would be checked at every opening, and versions are never deleted.
ALTER TABLE tickets.ticket ADD COLUMN form_version_id bigint;
