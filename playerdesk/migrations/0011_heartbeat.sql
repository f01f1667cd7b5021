-- Every worker says that it is alive; whoever asks whether the desk is ready looks here.
SET lock_timeout = '5s';

CREATE TABLE kernel.heartbeat (
    worker text PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now(),
    beat_at timestamptz NOT NULL DEFAULT now()
);
