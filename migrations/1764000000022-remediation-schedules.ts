import { MigrationInterface, QueryRunner } from 'typeorm';

export class RemediationSchedules1764000000022 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX remediation_actions_due ON remediation_actions (scheduled_at) WHERE status = 'scheduled';
      ALTER TABLE remediation_actions DROP CONSTRAINT remediation_action_origin,
        ADD CONSTRAINT remediation_action_origin CHECK (origin IN ('manual', 'rule', 'rollback', 'schedule'));

      CREATE TABLE remediation_schedules (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_schedules_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT remediation_schedule_name UNIQUE,
        is_enabled boolean NOT NULL DEFAULT true,
        cron text NOT NULL,
        time_zone text NOT NULL,
        missed_slots text NOT NULL DEFAULT 'skip' CONSTRAINT remediation_schedule_missed_slots CHECK (missed_slots IN ('skip', 'run_once')),
        blackout_window_ids jsonb NOT NULL DEFAULT '[]',
        runbook_id bigint CONSTRAINT remediation_schedule_runbook REFERENCES runbooks (id),
        action_type text,
        target_id bigint CONSTRAINT remediation_schedule_target REFERENCES remediation_targets (id),
        parameters jsonb NOT NULL DEFAULT '{}',
        priority text NOT NULL DEFAULT 'medium' CONSTRAINT remediation_schedule_priority CHECK (priority IN ('low', 'medium', 'high', 'critical')),
        next_slot timestamptz(3) NOT NULL,
        stated_by_user_id bigint,
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT remediation_schedule_one_thing CHECK ((runbook_id IS NULL) <> (action_type IS NULL) AND (action_type IS NULL) = (target_id IS NULL))
      );
      CREATE INDEX remediation_schedules_due ON remediation_schedules (next_slot) WHERE is_enabled;
      CREATE INDEX remediation_schedules_runbook ON remediation_schedules (runbook_id) WHERE runbook_id IS NOT NULL;
      CREATE INDEX remediation_schedules_target ON remediation_schedules (target_id) WHERE target_id IS NOT NULL;

      -- One row for each slot: whoever comes second fails here.
      CREATE TABLE remediation_schedule_firings (
        schedule_id bigint NOT NULL CONSTRAINT remediation_firing_schedule REFERENCES remediation_schedules (id) ON DELETE CASCADE,
        slot timestamptz(3) NOT NULL,
        outcome text NOT NULL CONSTRAINT remediation_firing_outcome CHECK (outcome IN ('proposed', 'missed', 'blackout', 'overlap', 'failed')),
        reason text NOT NULL,
        action_id bigint CONSTRAINT remediation_firing_action REFERENCES remediation_actions (id) ON DELETE SET NULL,
        at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT remediation_schedule_firings_pk PRIMARY KEY (schedule_id, slot)
      );
      CREATE INDEX remediation_firings_action ON remediation_schedule_firings (action_id) WHERE action_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE remediation_schedule_firings, remediation_schedules;
      ALTER TABLE remediation_actions DROP CONSTRAINT remediation_action_origin,
        ADD CONSTRAINT remediation_action_origin CHECK (origin IN ('manual', 'rule', 'rollback'));
      DROP INDEX remediation_actions_due;
    `);
  }
}
