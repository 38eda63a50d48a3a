import { MigrationInterface, QueryRunner } from 'typeorm';

export class AuditChain1764000000007 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A constant default needs no rewrite of the table, and 1 comes before every transaction that could have written a row:
      -- what is there already is sealed first, by id.
      ALTER TABLE audit_log ADD COLUMN xact xid8 NOT NULL DEFAULT '1';
      ALTER TABLE audit_log ALTER COLUMN xact SET DEFAULT pg_current_xact_id();

      CREATE INDEX audit_log_commit_order ON audit_log (xact, id);
      CREATE INDEX audit_log_newest ON audit_log (at DESC, id DESC);
      CREATE INDEX audit_log_actor ON audit_log (actor_name, at DESC, id DESC);
      CREATE INDEX audit_log_action ON audit_log (action text_pattern_ops, at DESC, id DESC);
      CREATE INDEX audit_log_request ON audit_log (request_id) WHERE request_id IS NOT NULL;

      -- No foreign key: its check would lock, and so write, every row of the log once more; a row that is gone is found by verifying.
      CREATE TABLE audit_seals (
        seq bigint CONSTRAINT audit_seals_pk PRIMARY KEY,
        audit_id bigint NOT NULL CONSTRAINT audit_seals_once UNIQUE,
        version smallint NOT NULL,
        sealed_at timestamptz(3) NOT NULL,
        horizon xid8 NOT NULL,
        row_hash bytea NOT NULL,
        hash bytea NOT NULL
      );
      CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
      CREATE TRIGGER audit_seals_no_truncate BEFORE TRUNCATE ON audit_seals
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_seals;
      DROP INDEX audit_log_request, audit_log_action, audit_log_actor, audit_log_newest;
      ALTER TABLE audit_log DROP COLUMN xact;
    `);
  }
}
