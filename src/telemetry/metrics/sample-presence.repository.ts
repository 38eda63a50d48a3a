import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { decodeBatch } from './batch-codec';
import { decodeChunk } from './chunk-codec';

type PresenceRow =
  | { series_id: number; data: Buffer | null }
  | { series_id: null; series_ids: Buffer; times_ms: Buffer; sample_values: Buffer };

// A chunk that begins or ends in the range has a sample there; only of one that spans all of it the samples themselves say.
// In no order, so that it may end as soon as enough are found; chunks come first, being cheaper to look at.
const PRESENT = `
  SELECT series_id, CASE WHEN start_ms < $2::bigint AND end_ms >= $3::bigint THEN data END AS data,
         NULL::bytea AS series_ids, NULL::bytea AS times_ms, NULL::bytea AS sample_values
  FROM sample_chunks
  WHERE class IN ('live', 'backfill') AND series_id = ANY($1::integer[])
    AND start_ms >= $2::bigint - 86400000 AND start_ms < $3::bigint AND end_ms >= $2::bigint
  UNION ALL
  SELECT NULL, NULL, series_ids, times_ms, sample_values
  FROM sample_batches WHERE max_time_ms >= $2::bigint AND min_time_ms < $3::bigint`;
const PAGE_ROWS = 100;

/** Which series have samples, without reading them. */
@Injectable()
export class SamplePresenceRepository {
  constructor(private readonly database: Database) {}

  /** Those of these series that have a sample in [fromMs, toMs), compacted or not; no further than to `limit` of them. */
  async find(
    seriesIds: readonly number[],
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<ReadonlySet<number>> {
    const wanted = new Set(seriesIds);
    const present = new Set<number>();
    const rows = this.database.stream<PresenceRow>(PRESENT, [seriesIds, fromMs, toMs], {
      pageSize: PAGE_ROWS,
      isBinary: true,
    });
    const isInside = (timeMs: number): boolean => timeMs >= fromMs && timeMs < toMs;
    for await (const row of rows) {
      if (row.series_id !== null) {
        if (row.data === null || decodeChunk(row.data).timesMs.some(isInside)) present.add(row.series_id);
      } else {
        const batch = decodeBatch({
          seriesIds: row.series_ids,
          timesMs: row.times_ms,
          values: row.sample_values,
        });
        batch.timesMs.forEach((timeMs, i) => {
          const id = batch.seriesIds[i];
          if (wanted.has(id) && isInside(timeMs)) present.add(id);
        });
      }
      if (present.size >= limit) break;
    }
    return present;
  }
}
