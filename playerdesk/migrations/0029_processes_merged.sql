-- What a merge did to processes under way, so that undoing it can be exact and can say what it cannot bring back.
SET lock_timeout = '5s';

CREATE TABLE processes.merged (
    merging_id bigint NOT NULL REFERENCES tickets.merging,
    instance_id bigint NOT NULL REFERENCES processes.instance,
    ended boolean NOT NULL,                        -- given up, because the other ticket had the same process; else it went along
    PRIMARY KEY (merging_id, instance_id)
);
