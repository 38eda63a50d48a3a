import { MigrationInterface, QueryRunner } from 'typeorm';

export class Detection1764000000006 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE detectors (
        series_id integer NOT NULL CONSTRAINT detectors_pk PRIMARY KEY,
        preset text CONSTRAINT detector_preset CHECK (preset IN ('quiet', 'normal', 'sensitive')),
        strict_windows boolean NOT NULL DEFAULT false,
        is_paused boolean NOT NULL DEFAULT false,
        settings_at timestamptz NOT NULL DEFAULT now(),
        tier text CONSTRAINT detector_tier CHECK (tier IN ('full', 'light')),
        state bytea,
        saved_at timestamptz(3)
      );
      CREATE INDEX detectors_settings ON detectors (settings_at);
      -- A state is one opaque block of numbers, rewritten whole.
      ALTER TABLE detectors ALTER COLUMN state SET STORAGE EXTERNAL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE detectors');
  }
}
