import { MigrationInterface, QueryRunner } from 'typeorm';

export class EventBudgets1764000000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row a sender. Not logged, as counts of a few minutes are not worth a disk write; after a crash of Postgres all budgets are whole.
      CREATE UNLOGGED TABLE event_budgets (
        sender text NOT NULL CONSTRAINT event_budgets_pk PRIMARY KEY,
        budget integer NOT NULL,
        granted integer NOT NULL,
        whole_at timestamptz NOT NULL
      ) WITH (fillfactor = 70);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE event_budgets');
  }
}
