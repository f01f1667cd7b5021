-- kernel: a reader with much to catch up on goes through it in pieces. While it does, `upto` is the snapshot it
-- is working towards and `position` the last event it has digested; both are empty when it is up to date.
SET lock_timeout = '5s';

ALTER TABLE kernel.cursor ADD COLUMN upto text, ADD COLUMN position bigint NOT NULL DEFAULT 0;
