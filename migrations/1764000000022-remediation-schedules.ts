import { MigrationInterface, QueryRunner } from 'typeorm';

export class RemediationSchedules1764000000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX remediation_actions_due ON remediation_actions (scheduled_at) WHERE status = 'scheduled';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX remediation_actions_due;
    `);
  }
}
