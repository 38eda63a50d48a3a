import { MigrationInterface, QueryRunner } from 'typeorm';

export class FreezeCalendars1764000000027 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE remediation_schedules
        ALTER COLUMN cron DROP NOT NULL,
        ALTER COLUMN next_slot DROP NOT NULL,
        ADD COLUMN rrule text,
        ADD COLUMN local_start text,
        ADD COLUMN except_days jsonb NOT NULL DEFAULT '[]',
        ADD CONSTRAINT remediation_schedule_one_kind CHECK ((cron IS NULL) <> (rrule IS NULL) AND (rrule IS NULL) = (local_start IS NULL));
      CREATE INDEX remediation_schedule_firings_at ON remediation_schedule_firings (at);

      CREATE TABLE remediation_freeze_calendars (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT remediation_freeze_calendars_pk PRIMARY KEY,
        name text NOT NULL CONSTRAINT remediation_freeze_calendar_name UNIQUE,
        is_enabled boolean NOT NULL DEFAULT true,
        reason text NOT NULL DEFAULT '',
        time_zone text NOT NULL,
        -- Empty: everything.
        target_groups jsonb NOT NULL DEFAULT '[]',
        entries jsonb NOT NULL,
        -- Its periods are worked out up to here. Behind it nobody knows, and everything is held.
        known_until timestamptz(3) NOT NULL,
        version integer NOT NULL DEFAULT 1,
        created_by text NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        updated_at timestamptz(3) NOT NULL DEFAULT now()
      );

      CREATE TABLE remediation_freeze_periods (
        calendar_id bigint NOT NULL CONSTRAINT remediation_freeze_period_calendar REFERENCES remediation_freeze_calendars (id) ON DELETE CASCADE,
        starts_at timestamptz(3) NOT NULL,
        ends_at timestamptz(3) NOT NULL,
        CONSTRAINT remediation_freeze_periods_pk PRIMARY KEY (calendar_id, starts_at),
        CONSTRAINT remediation_freeze_period_order CHECK (starts_at < ends_at)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE remediation_freeze_periods, remediation_freeze_calendars;
      DROP INDEX remediation_schedule_firings_at;
      -- What the version before cannot read.
      DELETE FROM remediation_schedules WHERE cron IS NULL OR next_slot IS NULL;
      ALTER TABLE remediation_schedules
        DROP CONSTRAINT remediation_schedule_one_kind,
        DROP COLUMN rrule,
        DROP COLUMN local_start,
        DROP COLUMN except_days,
        ALTER COLUMN cron SET NOT NULL,
        ALTER COLUMN next_slot SET NOT NULL;
    `);
  }
}
