import { MigrationInterface, QueryRunner } from 'typeorm';

export class RemediationTargets1764000000017 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE remediation_targets (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_targets_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT remediation_target_name UNIQUE,
        kind text NOT NULL CONSTRAINT remediation_target_kind CHECK (kind IN ('webhook', 'kubernetes', 'aws', 'script')),
        description text,
        is_enabled boolean NOT NULL DEFAULT true,
        -- Those of an anomaly that it is for; a target without labels is for none.
        labels jsonb NOT NULL DEFAULT '{}',
        "group" text,
        is_protected boolean NOT NULL DEFAULT false,
        settings jsonb NOT NULL,
        -- In the place of the limits that hold for all.
        cooldown_seconds integer CONSTRAINT remediation_target_cooldown CHECK (cooldown_seconds >= 0),
        hourly_budget integer CONSTRAINT remediation_target_budget CHECK (hourly_budget >= 0),
        -- Grows with every change, so that an approval is of what was approved.
        version integer NOT NULL DEFAULT 1,
        checked_at timestamptz(3),
        check_error text,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE remediation_target_secrets (
        target_id bigint NOT NULL CONSTRAINT remediation_target_secret_target REFERENCES remediation_targets ON DELETE CASCADE,
        name text NOT NULL,
        -- Opens for this target and name only.
        sealed bytea NOT NULL,
        set_by text NOT NULL,
        set_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT remediation_target_secrets_pk PRIMARY KEY (target_id, name)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE remediation_target_secrets, remediation_targets');
  }
}
