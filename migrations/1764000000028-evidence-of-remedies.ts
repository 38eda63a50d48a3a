import { MigrationInterface, QueryRunner } from 'typeorm';

export class EvidenceOfRemedies1764000000028 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Whenever rules choose, the latest of each remedy is read.
    await runner.query(
      `CREATE INDEX remediation_evidence_of_remedy ON remediation_evidence (remedy, anomaly_class, id) WHERE action_id IS NOT NULL`,
    );
    await runner.query(
      `CREATE INDEX remediation_evidence_latest_of_remedy ON remediation_evidence (remedy, id) WHERE action_id IS NOT NULL`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX remediation_evidence_latest_of_remedy');
    await runner.query('DROP INDEX remediation_evidence_of_remedy');
  }
}
