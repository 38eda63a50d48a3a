import { MigrationInterface, QueryRunner } from 'typeorm';

export class Retention1764000000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- What came of the last run, a row a class.
      CREATE TABLE retention_runs (
        class text NOT NULL CONSTRAINT retention_runs_pk PRIMARY KEY,
        started_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3) NOT NULL,
        deleted bigint NOT NULL,
        deleted_total bigint NOT NULL,
        outcome text NOT NULL CONSTRAINT retention_run_outcome CHECK (outcome IN ('complete', 'unfinished', 'failed')),
        error text
      );

      -- Walked from the front by what is deleted; what is not over has no place in it.
      CREATE INDEX anomalies_over ON anomalies (updated_at, id) WHERE status IN ('resolved', 'dismissed') OR deleted_at IS NOT NULL;

      CREATE FUNCTION count_removed_anomalies() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO anomaly_count_deltas
        SELECT status, severity, source, -count(*) FROM old_rows WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
        RETURN NULL;
      END $$;
      CREATE TRIGGER anomalies_count_removed AFTER DELETE ON anomalies REFERENCING OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION count_removed_anomalies();

      -- Where the chain was cut for its age: the last seal that went, whole, the hash before it, and the row that announced it.
      CREATE TABLE audit_cuts (
        seq bigint CONSTRAINT audit_cuts_pk PRIMARY KEY,
        audit_id bigint NOT NULL,
        version smallint NOT NULL,
        sealed_at timestamptz(3) NOT NULL,
        horizon xid8 NOT NULL,
        row_hash bytea NOT NULL,
        hash bytea NOT NULL,
        previous_hash bytea NOT NULL,
        announced_by bigint NOT NULL,
        cut_at timestamptz(3) NOT NULL DEFAULT now()
      );

      -- A cut is made of what is there, announced in the chain behind it, and takes nothing younger than 90 days.
      CREATE FUNCTION check_audit_cut() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF NEW.seq <= (SELECT max(seq) FROM audit_cuts) THEN
          RAISE EXCEPTION 'the audit log is cut at % or later already', NEW.seq USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM FROM audit_seals WHERE seq = NEW.seq AND audit_id = NEW.audit_id AND hash = NEW.hash AND sealed_at = NEW.sealed_at
          AND sealed_at < now() - interval '90 days';
        IF NOT FOUND THEN
          RAISE EXCEPTION 'seal % is not there, or younger than 90 days', NEW.seq USING ERRCODE = 'restrict_violation';
        END IF;
        PERFORM FROM audit_log JOIN audit_seals ON audit_seals.audit_id = audit_log.id
          WHERE audit_log.id = NEW.announced_by AND audit_seals.seq > NEW.seq AND action = 'audit.pruned'
            AND after ->> 'up_to_seq' = NEW.seq::text AND after ->> 'hash' = encode(NEW.hash, 'hex');
        IF NOT FOUND THEN
          RAISE EXCEPTION 'the cut at % was not announced in the chain', NEW.seq USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER audit_cuts_checked BEFORE INSERT ON audit_cuts FOR EACH ROW EXECUTE FUNCTION check_audit_cut();

      -- As before, but for what lies before a cut. A temporary table of the same name is not looked at.
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_seals' THEN
          IF OLD.seq <= (SELECT max(seq) FROM audit_cuts) THEN RETURN OLD; END IF;
        ELSIF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_log' THEN
          PERFORM FROM audit_seals WHERE audit_id = OLD.id AND seq <= (SELECT max(seq) FROM audit_cuts);
          IF FOUND THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER audit_cuts_append_only BEFORE UPDATE OR DELETE ON audit_cuts
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
      CREATE TRIGGER audit_cuts_no_truncate BEFORE TRUNCATE ON audit_cuts
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

      -- The one way to delete, with the rights of the tables' owner: whoever calls it needs none of their own.
      CREATE FUNCTION remove_cut_audit_rows(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE
        up_to bigint;
        removed bigint;
      BEGIN
        SELECT max(seq) INTO up_to FROM (
          SELECT seq FROM audit_seals WHERE seq <= (SELECT max(seq) FROM audit_cuts) ORDER BY seq LIMIT most) AS due;
        DELETE FROM audit_log USING audit_seals WHERE audit_seals.audit_id = audit_log.id AND audit_seals.seq <= up_to;
        DELETE FROM audit_seals WHERE seq <= up_to;
        GET DIAGNOSTICS removed = ROW_COUNT;
        RETURN removed;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION remove_cut_audit_rows(integer);
      DROP TABLE audit_cuts;
      DROP FUNCTION check_audit_cut();
      CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'restrict_violation';
      END $$;
      DROP TRIGGER anomalies_count_removed ON anomalies;
      DROP FUNCTION count_removed_anomalies();
      DROP INDEX anomalies_over;
      DROP TABLE retention_runs;
    `);
  }
}
