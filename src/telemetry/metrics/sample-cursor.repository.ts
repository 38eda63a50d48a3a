import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { BatchPosition, HeldGroup, SeriesGroupPlace, SeriesGroupView } from '../telemetry.types';
import { GroupLost } from './metrics.errors';

interface OpenedRow extends BatchPosition {
  series_group: number;
  term: number;
  told_xact: string;
  told_id: number;
  count: number;
}

const COUNT = {
  name: 'sample_group_cursors_count',
  text: 'SELECT count(*) AS count FROM sample_group_cursors WHERE reader = $1',
};

// The places of a version that had two for all series, and no groups. It may have been the last to read, and so have come further.
const TAKE_OVER = {
  name: 'sample_group_cursors_take_over',
  text: `WITH former AS (DELETE FROM sample_cursors RETURNING reader, xact, id)
         UPDATE sample_group_cursors AS own SET
           (xact, id) = (SELECT xact, id FROM (
             SELECT own.xact, own.id UNION ALL SELECT xact, id FROM former WHERE reader = $1) AS place
             ORDER BY xact DESC, id DESC LIMIT 1),
           (told_xact, told_id) = (SELECT xact, id FROM (
             SELECT own.told_xact AS xact, own.told_id AS id UNION ALL SELECT xact, id FROM former) AS place
             ORDER BY xact DESC, id DESC LIMIT 1)
         WHERE own.reader = $1 AND EXISTS (SELECT 1 FROM former)`,
};

const OPEN = {
  name: 'sample_group_cursors_open',
  text: `UPDATE sample_group_cursors SET term = term + 1, held_by = $3, held_since = now()
         WHERE reader = $1 AND series_group = ANY($2::smallint[])
         RETURNING series_group, term, xact::text AS xact, id, told_xact::text AS told_xact, told_id,
           (SELECT count(*) FROM sample_group_cursors AS every WHERE every.reader = $1) AS count`,
};

const ADVANCE = {
  name: 'sample_group_cursors_advance',
  text: `UPDATE sample_group_cursors AS own SET xact = place.xact::xid8, id = place.id, told_xact = place.told_xact::xid8, told_id = place.told_id, updated_at = now()
         FROM unnest($2::smallint[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::bigint[]) AS place(series_group, term, xact, id, told_xact, told_id)
         WHERE own.reader = $1 AND own.series_group = place.series_group AND own.term = place.term
         RETURNING own.series_group`,
};

const CLOSE = {
  name: 'sample_group_cursors_close',
  text: `UPDATE sample_group_cursors AS own SET held_by = NULL, held_since = NULL
         FROM unnest($2::smallint[], $3::bigint[]) AS held(series_group, term)
         WHERE own.reader = $1 AND own.series_group = held.series_group AND own.term = held.term`,
};

const LIST = {
  name: 'sample_group_cursors_list',
  text: `SELECT series_group AS "group", held_by AS "heldBy", held_since AS "heldSince", updated_at AS "savedAt" FROM sample_group_cursors
         WHERE reader = $1 ORDER BY series_group`,
};

/** The SQL of how far readers of the batches have come, by group of series. */
@Injectable()
export class SampleCursorRepository {
  constructor(private readonly database: Database) {}

  /** How many groups share the series for a reader. */
  async countGroups(reader: string): Promise<number> {
    return (await this.database.query<{ count: number }>(COUNT, [reader]))[0].count;
  }

  /** Makes groups the holder's: from here on whoever held them before can record nothing of them. */
  open(reader: string, groups: readonly number[], holder: string): Promise<HeldGroup[]> {
    return this.database.run(async () => {
      await this.database.query(TAKE_OVER, [reader]);
      const rows = await this.database.query<OpenedRow>(OPEN, [reader, groups, holder]);
      return rows.map(({ series_group, count, term, xact, id, told_xact, told_id }) => ({
        group: series_group,
        groupCount: count,
        term,
        saved: { xact, id },
        told: { xact: told_xact, id: told_id },
      }));
    });
  }

  /** Records how far groups have come. Throws GroupLost where one of them has another holder by now. */
  async advance(reader: string, places: readonly SeriesGroupPlace[]): Promise<void> {
    const moved = await this.database.query(ADVANCE, [
      reader,
      places.map(({ group }) => group),
      places.map(({ term }) => term),
      places.map(({ saved }) => saved.xact),
      places.map(({ saved }) => saved.id),
      places.map(({ told }) => told.xact),
      places.map(({ told }) => told.id),
    ]);
    if (moved.length !== places.length) throw new GroupLost(reader);
  }

  /** Says that nobody holds groups now, where this is still for their last holder to say. */
  async close(reader: string, groups: readonly Pick<HeldGroup, 'group' | 'term'>[]): Promise<void> {
    await this.database.query(CLOSE, [
      reader,
      groups.map(({ group }) => group),
      groups.map(({ term }) => term),
    ]);
  }

  /** Every group with who holds it. */
  list(reader: string): Promise<SeriesGroupView[]> {
    return this.database.query<SeriesGroupView>(LIST, [reader]);
  }
}
