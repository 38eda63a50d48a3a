import { MigrationInterface, QueryRunner } from 'typeorm';

export class Telemetry1764000000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE series (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT series_pk PRIMARY KEY,
        fingerprint bytea NOT NULL CONSTRAINT series_fingerprint UNIQUE,
        name text NOT NULL,
        labels jsonb NOT NULL,
        type text NOT NULL CONSTRAINT series_type CHECK (type IN ('gauge', 'counter', 'histogram', 'summary', 'untyped', 'info')),
        behaviour text NOT NULL CONSTRAINT series_behaviour CHECK (behaviour IN ('gauge', 'counter', 'untyped')),
        created_at timestamptz(3) NOT NULL DEFAULT now()
      );
      CREATE INDEX series_name ON series (name, id);
      CREATE INDEX series_labels ON series USING gin (labels jsonb_path_ops);

      -- Processes remember ids; this tells each of them which to forget. Kept for a day.
      CREATE TABLE series_deletions (
        series_id integer NOT NULL CONSTRAINT series_deletions_pk PRIMARY KEY,
        deleted_at timestamptz NOT NULL DEFAULT clock_timestamp()
      );
      CREATE INDEX series_deletions_at ON series_deletions (deleted_at);

      -- One row a request or group, three columns of numbers: durable before the answer, gone once compacted.
      CREATE TABLE sample_batches (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT sample_batches_pk PRIMARY KEY,
        xact xid8 NOT NULL DEFAULT pg_current_xact_id(),
        received_at timestamptz NOT NULL DEFAULT now(),
        class text NOT NULL CONSTRAINT sample_batch_class CHECK (class IN ('live', 'backfill')),
        sample_count integer NOT NULL,
        min_time_ms bigint NOT NULL,
        max_time_ms bigint NOT NULL,
        series_ids bytea NOT NULL,
        times_ms bytea NOT NULL,
        sample_values bytea NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 200);
      -- Numbers as stored are read in full or not at all; compressing them would only cost the writer.
      ALTER TABLE sample_batches ALTER COLUMN series_ids SET STORAGE EXTERNAL,
        ALTER COLUMN times_ms SET STORAGE EXTERNAL, ALTER COLUMN sample_values SET STORAGE EXTERNAL;
      CREATE INDEX sample_batches_commit_order ON sample_batches (xact, id);

      -- Up to 120 samples of one series a row. Live ones in day partitions, dropped for retention; imports apart, kept for good.
      CREATE TABLE sample_chunks (
        class text NOT NULL,
        series_id integer NOT NULL,
        start_ms bigint NOT NULL,
        end_ms bigint NOT NULL,
        sample_count smallint NOT NULL,
        data bytea NOT NULL,
        CONSTRAINT sample_chunks_pk PRIMARY KEY (class, series_id, start_ms)
      ) PARTITION BY LIST (class);
      CREATE TABLE sample_chunks_backfill PARTITION OF sample_chunks FOR VALUES IN ('backfill');
      CREATE TABLE sample_chunks_live PARTITION OF sample_chunks FOR VALUES IN ('live') PARTITION BY RANGE (start_ms);

      -- How far each reader of the batches has come, in commit order; compaction never passes the slowest.
      CREATE TABLE sample_cursors (
        reader text NOT NULL CONSTRAINT sample_cursors_pk PRIMARY KEY,
        xact xid8 NOT NULL,
        id bigint NOT NULL,
        updated_at timestamptz NOT NULL DEFAULT now()
      );

      CREATE TABLE sample_imports (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT sample_imports_pk PRIMARY KEY,
        series_id integer NOT NULL,
        status text NOT NULL DEFAULT 'running' CONSTRAINT sample_import_status CHECK (status IN ('running', 'completed', 'failed')),
        rows bigint NOT NULL DEFAULT 0,
        missing_rows bigint NOT NULL DEFAULT 0,
        bytes bigint NOT NULL DEFAULT 0,
        total_bytes bigint,
        error text,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        finished_at timestamptz(3)
      );

      CREATE TABLE scrape_targets (
        id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT scrape_targets_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT scrape_target_name UNIQUE,
        url text NOT NULL CONSTRAINT scrape_target_url UNIQUE,
        interval_seconds integer NOT NULL CONSTRAINT scrape_target_interval CHECK (interval_seconds BETWEEN 1 AND 3600),
        labels jsonb NOT NULL DEFAULT '{}',
        is_enabled boolean NOT NULL DEFAULT true,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        last_scraped_at timestamptz(3),
        last_error text,
        last_sample_count integer
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE scrape_targets, sample_imports, sample_cursors, sample_chunks, sample_batches, series_deletions, series',
    );
  }
}
