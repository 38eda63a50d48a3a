import { MigrationInterface, QueryRunner } from 'typeorm';

export class Alerts1764000000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row an episode: an alert that fires again after it was resolved is a new one. Every signal of an alert meets its current episode.
      CREATE TABLE alerts (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alerts_pk PRIMARY KEY,
        identity uuid NOT NULL,
        fingerprint text NOT NULL CONSTRAINT alert_fingerprint CHECK (fingerprint ~ '^[0-9a-f]{16}$'),
        is_current boolean NOT NULL DEFAULT true,
        status text NOT NULL CONSTRAINT alert_status CHECK (status IN ('firing', 'resolved')),
        labels jsonb NOT NULL,
        annotations jsonb NOT NULL,
        source text NOT NULL,
        integration_id bigint,
        starts_at timestamptz(3) NOT NULL,
        ends_at timestamptz(3),
        resolved_at timestamptz(3),
        is_timed_out boolean NOT NULL DEFAULT false,
        generator_url text,
        "values" jsonb,
        told_count bigint NOT NULL DEFAULT 1,
        received_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        changed_in xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT alert_resolution CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
        CONSTRAINT alert_firing_is_current CHECK (status = 'resolved' OR is_current)
      -- Room in each page: an alert that is told again moves no index entry.
      ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
      -- With the check above: at most one episode of an alert fires.
      CREATE UNIQUE INDEX alerts_current ON alerts (identity) WHERE is_current;
      CREATE INDEX alerts_firing ON alerts (id) WHERE status = 'firing';
      CREATE INDEX alerts_resolved ON alerts (resolved_at) WHERE status = 'resolved';
      CREATE INDEX alerts_status ON alerts (status, id);
      CREATE INDEX alerts_labels ON alerts USING gin (labels jsonb_path_ops);
      CREATE INDEX alerts_name ON alerts USING gin ((labels ->> 'alertname') gin_trgm_ops);

      -- What changed the state of an alert, for readers in commit order.
      CREATE TABLE alert_changes (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT alert_changes_pk PRIMARY KEY,
        xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
        alert_id bigint NOT NULL,
        kind text NOT NULL CONSTRAINT alert_change_kind CHECK (kind IN ('fired', 'resolved')),
        changed_at timestamptz(3) NOT NULL DEFAULT now()
      ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
      CREATE INDEX alert_changes_commit_order ON alert_changes (xact, id);

      -- How far each reader of the changes has come; what all have passed is purged.
      CREATE TABLE alert_cursors (
        reader text NOT NULL CONSTRAINT alert_cursors_pk PRIMARY KEY,
        xact xid8 NOT NULL,
        id bigint NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE silences (
        id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT silences_pk PRIMARY KEY,
        matchers jsonb NOT NULL,
        starts_at timestamptz(3) NOT NULL,
        ends_at timestamptz(3) NOT NULL,
        created_by text NOT NULL,
        comment text NOT NULL,
        recorded_by text NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT silence_order CHECK (starts_at <= ends_at)
      );
      CREATE INDEX silences_end ON silences (ends_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE silences, alert_cursors, alert_changes, alerts');
  }
}
