-- Files that were given in the form of a step: kept as long as the step, and shown by the name they had.
SET lock_timeout = '5s';

CREATE TABLE processes.file (
    file_id text NOT NULL,
    instance_id bigint NOT NULL REFERENCES processes.instance,
    attachment jsonb NOT NULL,
    PRIMARY KEY (file_id, instance_id)
);
CREATE INDEX file_instance ON processes.file (instance_id);
