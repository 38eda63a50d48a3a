-- After pg_restore into another PostgreSQL, before the product starts on it:
--
--   psql "$DATABASE_URL" --file deploy/postgres/after-restore.sql
--
-- Samples, audit rows and history are read in the order of the transactions that wrote them, by the numbers of these. A new server counts
-- from the beginning: until it has come past the old numbers, what is written to it would count as read already, and no sample would be
-- scored. So it is brought past them, some 100,000 numbers a second. It changes no row, and does nothing where it is run again.
SET synchronous_commit = off;

DO $$
DECLARE
  highest xid8 := (
    SELECT max(xact) FROM (
      SELECT max(xact) FROM sample_batches
      UNION ALL SELECT max(xact) FROM sample_cursors
      UNION ALL SELECT max(greatest(xact, told_xact)) FROM sample_group_cursors
      UNION ALL SELECT max(xact) FROM audit_log
      UNION ALL SELECT max(horizon) FROM audit_seals
      UNION ALL SELECT max(xact) FROM anomaly_history
    ) AS stored (xact)
  );
BEGIN
  COMMIT;
  WHILE pg_snapshot_xmax(pg_current_snapshot()) <= highest LOOP
    PERFORM pg_current_xact_id();
    COMMIT;
  END LOOP;
  RAISE NOTICE 'transactions count from %, past the highest stored number %', pg_snapshot_xmax(pg_current_snapshot()), highest;
END $$;
