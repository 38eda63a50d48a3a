import { MigrationInterface, QueryRunner } from 'typeorm';

export class AnomalyCursors1764000000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- How far each reader has come in what happened to anomalies, in commit order.
      CREATE TABLE anomaly_cursors (
        reader text NOT NULL CONSTRAINT anomaly_cursors_pk PRIMARY KEY,
        xact xid8 NOT NULL,
        id bigint NOT NULL,
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE anomaly_cursors');
  }
}
