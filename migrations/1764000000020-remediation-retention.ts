import { MigrationInterface, QueryRunner } from 'typeorm';

export class RemediationRetention1764000000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX remediation_actions_over ON remediation_actions (updated_at, id)
        WHERE status IN ('completed', 'failed', 'cancelled', 'rejected') OR deleted_at IS NOT NULL;

      -- What is open is little; what is over is everything else.
      CREATE INDEX remediation_steps_open ON remediation_steps (state)
        WHERE state IN ('proposed', 'pending_approval', 'approved', 'queued', 'dispatching', 'unknown');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX remediation_actions_over, remediation_steps_open');
  }
}
