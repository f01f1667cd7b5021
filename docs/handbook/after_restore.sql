-- After a dump has been restored into another PostgreSQL server, before the desk starts on it.
--
-- Cursors over the event log are snapshots: they speak of transaction ids, and a new server counts its
-- transactions from the beginning. What has been read is put into the past, what has not is made new.
BEGIN;

CREATE TEMPORARY TABLE here ON COMMIT DROP AS SELECT pg_current_snapshot() AS snapshot;

UPDATE kernel.event SET xid = CASE
    WHEN EXISTS (
        SELECT FROM kernel.cursor c WHERE NOT pg_visible_in_snapshot(event.xid, c.snapshot::pg_snapshot)
    ) THEN pg_current_xact_id() ELSE '3'::xid8
END;

UPDATE kernel.cursor SET snapshot = (SELECT snapshot::text FROM here) WHERE snapshot <> '0:0:';

COMMIT;
