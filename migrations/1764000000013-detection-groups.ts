import { MigrationInterface, QueryRunner } from 'typeorm';

export class DetectionGroups1764000000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The series are shared out among groups, so that several processes can read them: a series is of the group that its id leaves as the
      -- remainder when it is divided by the number of the reader's rows. How many there are stands here, and so is the same for every process.
      -- One process at a time holds a group. Compaction passes no group's place, read or not; sample_cursors are the places of versions that
      -- had no groups, taken over by whoever holds the first.
      CREATE TABLE sample_group_cursors (
        reader text NOT NULL,
        series_group smallint NOT NULL,
        -- Up to where what the group's holder knows is saved: whoever takes the group over reads on from here.
        xact xid8 NOT NULL DEFAULT '0',
        id bigint NOT NULL DEFAULT 0,
        -- Up to where what was found is on record.
        told_xact xid8 NOT NULL DEFAULT '0',
        told_id bigint NOT NULL DEFAULT 0,
        -- Counts holders: what one of an earlier term writes is refused.
        term bigint NOT NULL DEFAULT 0,
        held_by text,
        held_since timestamptz,
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT sample_group_cursors_pk PRIMARY KEY (reader, series_group)
      ) WITH (fillfactor = 50);
      INSERT INTO sample_group_cursors (reader, series_group) SELECT 'detection.state', generate_series(0, 15);

      -- Places in the full tier are counted as they are given away.
      CREATE INDEX detectors_full ON detectors (series_id) WHERE tier = 'full';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO sample_cursors (reader, xact, id)
      (SELECT reader, xact, id FROM sample_group_cursors WHERE xact > '0' ORDER BY xact, id LIMIT 1)
      UNION ALL
      (SELECT 'detection.findings', told_xact, told_id FROM sample_group_cursors WHERE xact > '0' ORDER BY told_xact, told_id LIMIT 1)
      ON CONFLICT ON CONSTRAINT sample_cursors_pk DO NOTHING;
      DROP INDEX detectors_full;
      DROP TABLE sample_group_cursors;
    `);
  }
}
