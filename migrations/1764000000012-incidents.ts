import { MigrationInterface, QueryRunner } from 'typeorm';

export class Incidents1764000000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE incidents (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT incidents_pk PRIMARY KEY,
        title text NOT NULL CONSTRAINT incident_title_length CHECK (char_length(title) <= 200),
        status text NOT NULL DEFAULT 'open' CONSTRAINT incident_status CHECK (status IN ('open', 'acknowledged', 'resolved')),
        severity text NOT NULL CONSTRAINT incident_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
        group_key text NOT NULL,
        group_labels jsonb NOT NULL,
        anomaly_count bigint NOT NULL,
        opened_at timestamptz(3) NOT NULL DEFAULT now(),
        last_activity_at timestamptz(3) NOT NULL DEFAULT now(),
        acknowledged_by text,
        acknowledged_at timestamptz(3),
        resolved_by text,
        resolved_at timestamptz(3),
        CONSTRAINT incident_resolution CHECK ((status = 'resolved') = (resolved_at IS NOT NULL))
      );
      CREATE INDEX incidents_status ON incidents (status, id DESC);
      CREATE INDEX incidents_over ON incidents (resolved_at, id) WHERE status = 'resolved';
      CREATE INDEX incidents_group ON incidents (group_key, id DESC);

      CREATE TABLE incident_history (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT incident_history_pk PRIMARY KEY,
        incident_id bigint NOT NULL CONSTRAINT incident_history_incident REFERENCES incidents (id),
        at timestamptz(3) NOT NULL DEFAULT now(),
        event text NOT NULL CONSTRAINT incident_history_event CHECK (event IN ('opened', 'acknowledged', 'resolved', 'reopened')),
        actor_kind text NOT NULL,
        actor_id bigint,
        actor_name text NOT NULL
      );
      CREATE INDEX incident_history_incident_idx ON incident_history (incident_id, id DESC);

      ALTER TABLE anomalies
        ADD COLUMN labels jsonb,
        ADD COLUMN alert_id bigint,
        ADD COLUMN alert_identity uuid,
        ADD COLUMN incident_id bigint CONSTRAINT anomaly_incident REFERENCES incidents (id),
        ADD COLUMN incident_reason text,
        ADD COLUMN suppressed_by jsonb,
        ADD COLUMN inhibited_by jsonb,
        ADD CONSTRAINT anomaly_incident_has_reason CHECK ((incident_id IS NULL) = (incident_reason IS NULL)),
        ADD CONSTRAINT anomaly_alert_has_identity CHECK ((alert_id IS NULL) = (alert_identity IS NULL));
      -- An episode of an alert has one anomaly for good, and an alert has one at most that somebody still has to care for.
      CREATE UNIQUE INDEX anomaly_one_per_episode ON anomalies (alert_id) WHERE alert_id IS NOT NULL;
      CREATE UNIQUE INDEX anomaly_one_active_per_alert ON anomalies (alert_identity)
        WHERE alert_identity IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL;
      CREATE INDEX anomalies_incident ON anomalies (incident_id, id DESC) WHERE incident_id IS NOT NULL;
      CREATE INDEX anomalies_incident_severity ON anomalies (incident_id, severity_rank) WHERE incident_id IS NOT NULL AND deleted_at IS NULL;
      CREATE INDEX anomalies_incident_active ON anomalies (incident_id)
        WHERE incident_id IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL;
      CREATE INDEX anomalies_labelled_active ON anomalies (id)
        WHERE labels IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL;

      CREATE TABLE maintenance_windows (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT maintenance_windows_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT maintenance_window_name UNIQUE,
        matchers jsonb NOT NULL,
        starts_at timestamptz(3),
        ends_at timestamptz(3),
        weekdays jsonb,
        start_time text,
        duration_minutes integer,
        time_zone text,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT maintenance_window_order CHECK (starts_at < ends_at),
        CONSTRAINT maintenance_window_duration CHECK (duration_minutes > 0),
        CONSTRAINT maintenance_window_schedule CHECK (
          num_nonnulls(starts_at, ends_at) = 2 AND num_nonnulls(weekdays, start_time, duration_minutes, time_zone) = 0
          OR num_nonnulls(starts_at, ends_at) = 0 AND num_nonnulls(weekdays, start_time, duration_minutes, time_zone) = 4)
      );

      -- What fires but is kept quiet: it opens an anomaly once it is no longer, if it fires still.
      CREATE TABLE held_alerts (
        alert_id bigint NOT NULL CONSTRAINT held_alerts_pk PRIMARY KEY,
        labels jsonb NOT NULL,
        held_by jsonb NOT NULL,
        held_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE TABLE held_findings (
        series_id bigint NOT NULL CONSTRAINT held_findings_pk PRIMARY KEY,
        held_by jsonb NOT NULL,
        held_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE inhibition_rules (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT inhibition_rules_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT inhibition_rule_name UNIQUE,
        source_matchers jsonb NOT NULL,
        target_matchers jsonb NOT NULL,
        equal_labels jsonb NOT NULL,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE TABLE service_dependencies (
        service text NOT NULL,
        depends_on text NOT NULL,
        stated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT service_dependencies_pk PRIMARY KEY (service, depends_on),
        CONSTRAINT service_dependency_on_another CHECK (service <> depends_on)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE service_dependencies, inhibition_rules, held_findings, held_alerts, maintenance_windows;
      ALTER TABLE anomalies
        DROP COLUMN inhibited_by, DROP COLUMN suppressed_by, DROP COLUMN incident_reason, DROP COLUMN incident_id, DROP COLUMN alert_identity, DROP COLUMN alert_id, DROP COLUMN labels;
      DROP TABLE incident_history, incidents;
    `);
  }
}
