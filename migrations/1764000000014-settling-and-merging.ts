import { MigrationInterface, QueryRunner } from 'typeorm';

export class SettlingAndMerging1764000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE change_events
        ADD COLUMN settle_seconds integer CONSTRAINT change_event_settle_seconds CHECK (settle_seconds BETWEEN 0 AND 86400);

      -- What is told once it is held no longer; nothing where the version before held it, which detection tells again.
      ALTER TABLE held_findings ADD COLUMN found jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE held_findings DROP COLUMN found;
      ALTER TABLE change_events DROP COLUMN settle_seconds;
    `);
  }
}
