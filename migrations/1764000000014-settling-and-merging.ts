import { MigrationInterface, QueryRunner } from 'typeorm';

export class SettlingAndMerging1764000000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE change_events
        ADD COLUMN settle_seconds integer CONSTRAINT change_event_settle_seconds CHECK (settle_seconds BETWEEN 0 AND 86400);

      -- What is told once it is held no longer; nothing where the version before held it, which detection tells again.
      ALTER TABLE held_findings ADD COLUMN found jsonb;

      ALTER TABLE incidents
        ADD COLUMN merged_into bigint CONSTRAINT incident_merged_into REFERENCES incidents (id),
        ADD CONSTRAINT incident_merged_is_over CHECK (merged_into IS NULL OR status = 'resolved');
      CREATE INDEX incidents_merged ON incidents (merged_into) WHERE merged_into IS NOT NULL;
      -- The groups of which an incident takes in anomalies beside its own: those of incidents that went into it, those of a storm.
      CREATE TABLE incident_groups (
        incident_id bigint NOT NULL CONSTRAINT incident_group_incident REFERENCES incidents (id) ON DELETE CASCADE,
        group_key text NOT NULL,
        CONSTRAINT incident_groups_pk PRIMARY KEY (group_key, incident_id)
      );
      CREATE INDEX incident_groups_incident ON incident_groups (incident_id);
      ALTER TABLE incident_history
        ADD COLUMN details jsonb,
        DROP CONSTRAINT incident_history_event,
        ADD CONSTRAINT incident_history_event CHECK (event IN ('opened', 'acknowledged', 'resolved', 'reopened', 'merged', 'took_in'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM incident_history WHERE event IN ('merged', 'took_in');
      ALTER TABLE incident_history
        DROP COLUMN details,
        DROP CONSTRAINT incident_history_event,
        ADD CONSTRAINT incident_history_event CHECK (event IN ('opened', 'acknowledged', 'resolved', 'reopened'));
      DROP TABLE incident_groups;
      ALTER TABLE incidents DROP COLUMN merged_into;
      ALTER TABLE held_findings DROP COLUMN found;
      ALTER TABLE change_events DROP COLUMN settle_seconds;
    `);
  }
}
