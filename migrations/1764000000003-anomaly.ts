import { MigrationInterface, QueryRunner } from 'typeorm';

export class Anomaly1764000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS pg_trgm;

      CREATE TABLE anomalies (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT anomalies_pk PRIMARY KEY,
        title text NOT NULL CONSTRAINT anomaly_title_length CHECK (char_length(title) <= 200),
        description text NOT NULL,
        severity text NOT NULL CONSTRAINT anomaly_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
        severity_rank smallint GENERATED ALWAYS AS
          (CASE severity WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 ELSE 4 END) STORED,
        status text NOT NULL DEFAULT 'open'
          CONSTRAINT anomaly_status CHECK (status IN ('open', 'acknowledged', 'resolved', 'dismissed')),
        anomaly_score double precision NOT NULL CONSTRAINT anomaly_score_unit_interval CHECK (anomaly_score BETWEEN 0 AND 1),
        confidence double precision NOT NULL CONSTRAINT anomaly_confidence_unit_interval CHECK (confidence BETWEEN 0 AND 1),
        source text NOT NULL DEFAULT 'manual' CONSTRAINT anomaly_source_length CHECK (char_length(source) <= 100),
        explanation text,
        metrics_data jsonb,
        version integer NOT NULL DEFAULT 1,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        created_by text,
        acknowledged_by text,
        acknowledged_at timestamptz(3),
        resolved_by text,
        resolved_at timestamptz(3),
        dismissed_by text,
        dismissed_at timestamptz(3),
        resolution text,
        root_cause text,
        series_id bigint,
        onset_at timestamptz(3),
        last_seen_at timestamptz(3),
        metric jsonb,
        deleted_at timestamptz(3)
      );

      -- Every combination of the three exact filters walks an index that ends in id, newest first.
      CREATE INDEX anomalies_status ON anomalies (status, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_severity ON anomalies (severity, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_source ON anomalies (source, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_status_severity ON anomalies (status, severity, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_status_source ON anomalies (status, source, severity, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_severity_source ON anomalies (severity, source, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_created ON anomalies (created_at DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_updated ON anomalies (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_severity_rank ON anomalies (severity_rank DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_score ON anomalies (anomaly_score DESC, id DESC) WHERE deleted_at IS NULL;
      CREATE INDEX anomalies_series ON anomalies (series_id, id DESC) WHERE series_id IS NOT NULL;
      CREATE INDEX anomalies_text ON anomalies USING gin (title gin_trgm_ops, description gin_trgm_ops);
      CREATE UNIQUE INDEX anomaly_one_active_per_series ON anomalies (series_id)
        WHERE series_id IS NOT NULL AND status IN ('open', 'acknowledged') AND deleted_at IS NULL;

      CREATE TABLE anomaly_history (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT anomaly_history_pk PRIMARY KEY,
        xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
        anomaly_id bigint NOT NULL CONSTRAINT anomaly_history_anomaly REFERENCES anomalies (id),
        at timestamptz(3) NOT NULL DEFAULT now(),
        event text NOT NULL CONSTRAINT anomaly_history_event CHECK
          (event IN ('opened', 'updated', 'acknowledged', 'resolved', 'dismissed', 'reopened', 'commented', 'deleted')),
        actor_kind text NOT NULL,
        actor_id bigint,
        actor_name text NOT NULL,
        from_status text,
        to_status text NOT NULL,
        changes jsonb
      );
      CREATE INDEX anomaly_history_anomaly_idx ON anomaly_history (anomaly_id, id DESC);
      CREATE INDEX anomaly_history_commit_order ON anomaly_history (xact, id);

      CREATE TABLE anomaly_comments (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT anomaly_comments_pk PRIMARY KEY,
        anomaly_id bigint NOT NULL CONSTRAINT anomaly_comments_anomaly REFERENCES anomalies (id),
        body text NOT NULL,
        author_id bigint,
        author_name text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX anomaly_comments_anomaly_idx ON anomaly_comments (anomaly_id, id DESC);

      -- The counter cube: exact totals as a sum over a few dozen rows. Writers only append deltas (one hot counter row
      -- would make them wait for each other); a job folds them, and readers add what is not folded yet.
      CREATE TABLE anomaly_counts (
        status text NOT NULL,
        severity text NOT NULL,
        source text NOT NULL,
        count bigint NOT NULL,
        CONSTRAINT anomaly_counts_pk PRIMARY KEY (status, severity, source)
      );
      CREATE TABLE anomaly_count_deltas (
        status text NOT NULL,
        severity text NOT NULL,
        source text NOT NULL,
        delta bigint NOT NULL
      );

      CREATE FUNCTION count_new_anomalies() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO anomaly_count_deltas
        SELECT status, severity, source, count(*) FROM new_rows WHERE deleted_at IS NULL GROUP BY 1, 2, 3;
        RETURN NULL;
      END $$;
      CREATE FUNCTION count_changed_anomalies() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO anomaly_count_deltas
        SELECT status, severity, source, sum(delta) FROM (
          SELECT status, severity, source, 1 AS delta FROM new_rows WHERE deleted_at IS NULL
          UNION ALL
          SELECT status, severity, source, -1 FROM old_rows WHERE deleted_at IS NULL
        ) AS change GROUP BY 1, 2, 3 HAVING sum(delta) <> 0;
        RETURN NULL;
      END $$;
      CREATE TRIGGER anomalies_count_new AFTER INSERT ON anomalies REFERENCING NEW TABLE AS new_rows
        FOR EACH STATEMENT EXECUTE FUNCTION count_new_anomalies();
      CREATE TRIGGER anomalies_count_changed AFTER UPDATE ON anomalies REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
        FOR EACH STATEMENT EXECUTE FUNCTION count_changed_anomalies();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE anomaly_count_deltas, anomaly_counts, anomaly_comments, anomaly_history, anomalies;
      DROP FUNCTION count_new_anomalies(), count_changed_anomalies();
    `);
  }
}
