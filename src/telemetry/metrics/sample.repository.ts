import { Injectable } from '@nestjs/common';

import { Database } from '../../database/database';
import { BatchPosition, SampleClass, StoredBatch } from '../telemetry.types';
import { decodeBatch, DecodedBatch, encodeBatch, SampleBatch } from './batch-codec';
import { decodeChunk, encodeChunk, SeriesSamples } from './chunk-codec';
import { RangeSamples } from './range-samples';

interface BatchRow {
  xact: string;
  id: number;
  class: SampleClass;
  series_ids: Buffer;
  times_ms: Buffer;
  sample_values: Buffer;
}

type BatchColumns = Pick<BatchRow, 'series_ids' | 'times_ms' | 'sample_values'>;
type RangeRow = (BatchColumns & { series_id: null; data: null }) | { series_id: number; data: Buffer };

/** A chunk as it is written: up to 120 samples of one series. */
export interface Chunk {
  readonly seriesId: number;
  readonly samples: SeriesSamples;
}

const INSERT = {
  name: 'sample_batch_insert',
  text: `INSERT INTO sample_batches (class, sample_count, min_time_ms, max_time_ms, series_ids, times_ms, sample_values)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
};

const BATCH_COLUMNS = 'xact::text AS xact, id, class, series_ids, times_ms, sample_values';

// Rows of transactions that may still commit are left for later: a bare sequence would skip what commits late.
const READ_AFTER = {
  name: 'sample_batches_after',
  text: `SELECT ${BATCH_COLUMNS} FROM sample_batches
         WHERE (xact, id) > ($1::xid8, $2::bigint) AND xact < pg_snapshot_xmin(pg_current_snapshot())
         ORDER BY xact, id LIMIT $3`,
};

const LAG_BEHIND = {
  name: 'sample_batches_lag',
  text: `SELECT greatest(extract(epoch FROM clock_timestamp() - received_at), 0)::float8 AS seconds FROM sample_batches
         WHERE (xact, id) > ($1::xid8, $2::bigint) ORDER BY xact, id LIMIT 1`,
};

const TAKE_READ = {
  name: 'sample_batches_take_read',
  text: `WITH reached AS (
                SELECT xact, id FROM (SELECT xact, id FROM sample_group_cursors UNION ALL SELECT xact, id FROM sample_cursors) AS place
                ORDER BY xact, id LIMIT 1
              ),
              taken AS (
                SELECT batch.id FROM sample_batches AS batch
                WHERE (batch.xact, batch.id) <= (SELECT xact, id FROM reached)
                ORDER BY batch.xact, batch.id LIMIT $1 FOR UPDATE SKIP LOCKED
              ),
              deleted AS (DELETE FROM sample_batches USING taken WHERE sample_batches.id = taken.id RETURNING sample_batches.*)
         SELECT ${BATCH_COLUMNS} FROM deleted ORDER BY xact, id`,
};

// Two compactions at once would merge with chunks that the other is about to replace.
const LOCK_COMPACTION = {
  name: 'sample_lock_compaction',
  text: 'SELECT pg_advisory_xact_lock(7203453, 3)',
};

const TAKE_OVERLAPPING = {
  name: 'sample_chunks_take_overlapping',
  // The chunks that new samples fall into, and those before them that have room.
  text: `DELETE FROM sample_chunks AS chunk USING unnest($2::integer[], $3::bigint[], $4::bigint[]) AS fresh(series_id, min_ms, max_ms)
         WHERE chunk.class = $1 AND chunk.series_id = fresh.series_id AND chunk.start_ms <= fresh.max_ms
           AND (chunk.end_ms >= fresh.min_ms OR (chunk.sample_count < 120 AND chunk.end_ms >= fresh.min_ms - 86400000))
         RETURNING chunk.series_id, chunk.data`,
};

const INSERT_CHUNKS = {
  name: 'sample_chunks_insert',
  text: `INSERT INTO sample_chunks (class, series_id, start_ms, end_ms, sample_count, data)
         SELECT $1, * FROM unnest($2::integer[], $3::bigint[], $4::bigint[], $5::smallint[], $6::bytea[]) AS fresh(series_id)
         WHERE EXISTS (SELECT 1 FROM series WHERE series.id = fresh.series_id)`,
};

// One statement, so one snapshot: a sample that is being compacted is seen exactly once. Naming the classes lets each day's
// primary key find a series at once. What was written later comes later, as in compaction.
const READ_RANGE = `
  SELECT NULL::xid8 AS order_xact, start_ms AS order_id, series_id, data,
         NULL::bytea AS series_ids, NULL::bytea AS times_ms, NULL::bytea AS sample_values
  FROM sample_chunks
  WHERE class IN ('live', 'backfill') AND series_id = ANY($1::integer[])
    AND start_ms >= $2::bigint - 86400000 AND start_ms < $3::bigint AND end_ms >= $2::bigint
  UNION ALL
  SELECT xact, id, NULL, NULL, series_ids, times_ms, sample_values
  FROM sample_batches WHERE max_time_ms >= $2::bigint AND min_time_ms < $3::bigint
  ORDER BY order_xact NULLS FIRST, order_id`;
/** Rows on their way at once, and samples of batches that are sorted by series at once: they bound what a read holds beside its answer. */
const PAGE_ROWS = 100;
const MAX_WAITING_SAMPLES = 200_000;

/** How long dropping a day may wait for its lock. */
const DROP_LOCK_WAIT_MS = 200;

/** The SQL of samples: batch rows for durability, chunks for reading. */
@Injectable()
export class SampleRepository {
  constructor(private readonly database: Database) {}

  /** Stores a batch as one columnar row. */
  async insert(sampleClass: SampleClass, batch: SampleBatch): Promise<void> {
    const { seriesIds, timesMs, values } = encodeBatch(batch);
    let min = Infinity;
    let max = -Infinity;
    for (let i = 0; i < batch.timesMs.length; i += 1) {
      min = Math.min(min, batch.timesMs[i]);
      max = Math.max(max, batch.timesMs[i]);
    }
    await this.database.query(INSERT, [
      sampleClass,
      batch.values.length,
      min,
      max,
      seriesIds,
      timesMs,
      values,
    ]);
  }

  /** Stored batches after a position, in commit order; only such whose place in it is final. */
  async readAfter({ xact, id }: BatchPosition, limit: number): Promise<StoredBatch[]> {
    return (await this.database.query<BatchRow>(READ_AFTER, [xact, id, limit])).map(storedBatch);
  }

  /** Seconds that the oldest batch after a position has waited; 0 where there is none. */
  async lagBehind({ xact, id }: BatchPosition): Promise<number> {
    return (await this.database.query<{ seconds: number }>(LAG_BEHIND, [xact, id]))[0]?.seconds ?? 0;
  }

  /** Makes the open transaction the only one that compacts, once others have ended. */
  async lockCompaction(): Promise<void> {
    await this.database.query(LOCK_COMPACTION);
  }

  /** Takes batches that every reader has passed out of the table, oldest first; inside the compaction's transaction. */
  async takeRead(limit: number): Promise<StoredBatch[]> {
    return (await this.database.query<BatchRow>(TAKE_READ, [limit])).map(storedBatch);
  }

  /** Takes the chunks out that new samples of these series must be merged with. */
  async takeOverlapping(
    sampleClass: SampleClass,
    fresh: ReadonlyMap<number, SeriesSamples>,
  ): Promise<Chunk[]> {
    const ids = [...fresh.keys()];
    const starts = [...fresh.values()].map(({ timesMs }) => timesMs[0]);
    const ends = [...fresh.values()].map(({ timesMs }) => timesMs[timesMs.length - 1]);
    const rows = await this.database.query<{ series_id: number; data: Buffer }>(TAKE_OVERLAPPING, [
      sampleClass,
      ids,
      starts,
      ends,
    ]);
    return rows.map(({ series_id, data }) => ({ seriesId: series_id, samples: decodeChunk(data) }));
  }

  /** Writes chunks; those of a series that was deleted meanwhile are left out. */
  async insertChunks(sampleClass: SampleClass, chunks: readonly Chunk[]): Promise<void> {
    await this.database.query(INSERT_CHUNKS, [
      sampleClass,
      chunks.map(({ seriesId }) => seriesId),
      chunks.map(({ samples }) => samples.timesMs[0]),
      chunks.map(({ samples }) => samples.timesMs[samples.timesMs.length - 1]),
      chunks.map(({ samples }) => samples.timesMs.length),
      chunks.map(({ samples }) => encodeChunk(samples.timesMs, samples.values)),
    ]);
  }

  /**
   * The samples of these series in [fromMs, toMs), oldest first, compacted or not; of two at the same time the later written.
   * Throws QueryTooWide where they are more than `limit`.
   */
  async readRange(
    seriesIds: readonly number[],
    fromMs: number,
    toMs: number,
    limit: number,
  ): Promise<Map<number, SeriesSamples>> {
    const found = new RangeSamples(seriesIds, fromMs, toMs, limit);
    const rows = this.database.stream<RangeRow>(READ_RANGE, [seriesIds, fromMs, toMs], {
      pageSize: PAGE_ROWS,
      isBinary: true,
    });
    let waiting: DecodedBatch[] = [];
    let waitingSamples = 0;
    for await (const row of rows) {
      if (row.data !== null) {
        found.add(row.series_id, decodeChunk(row.data));
        continue;
      }
      const batch = decodedBatch(row);
      waiting.push(batch);
      waitingSamples += batch.values.length;
      if (waitingSamples < MAX_WAITING_SAMPLES) continue;
      found.addBatches(waiting);
      waiting = [];
      waitingSamples = 0;
    }
    found.addBatches(waiting);
    return found.merge();
  }

  /** Makes the partition of a UTC day, where it is missing. */
  async ensureDay(dayMs: number): Promise<void> {
    const next = dayMs + 86_400_000;
    await this.database.execute(
      `CREATE TABLE IF NOT EXISTS ${partitionName(dayMs)} PARTITION OF sample_chunks_live FOR VALUES FROM (${dayMs}) TO (${next})`,
    );
  }

  /** The days that have a partition, oldest first. */
  async listDays(): Promise<number[]> {
    const rows = await this.database.execute<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = 'sample_chunks_live'::regclass`,
    );
    return rows
      .map(({ name }) => Date.parse(name.replace(/^sample_chunks_(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')))
      .sort((a, b) => a - b);
  }

  /**
   * Drops a day with its partition; returns about how many chunks it held. Dropping locks the whole table, and whoever comes behind a
   * waiting lock waits as well: so it waits briefly and throws, to be tried again.
   */
  dropDay(dayMs: number): Promise<number> {
    return this.database.run(async () => {
      const name = partitionName(dayMs);
      const [{ chunks }] = await this.database.execute<{ chunks: number }>(
        'SELECT greatest(max(reltuples), 0)::bigint AS chunks FROM pg_class WHERE oid = to_regclass($1)',
        [name],
      );
      await this.database.execute(`SET LOCAL lock_timeout = '${DROP_LOCK_WAIT_MS}ms'`);
      await this.database.execute(`DROP TABLE IF EXISTS ${name}`);
      return chunks;
    });
  }

  async deleteSeries(seriesId: number): Promise<void> {
    await this.database.execute(
      `DELETE FROM sample_chunks WHERE class IN ('live', 'backfill') AND series_id = $1`,
      [seriesId],
    );
  }
}

/** Only digits of a date ever enter the name. */
function partitionName(dayMs: number): string {
  return `sample_chunks_${new Date(dayMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function storedBatch(row: BatchRow): StoredBatch {
  return { position: { xact: row.xact, id: row.id }, class: row.class, ...decodedBatch(row) };
}

function decodedBatch({ series_ids, times_ms, sample_values }: BatchColumns): DecodedBatch {
  return decodeBatch({ seriesIds: series_ids, timesMs: times_ms, values: sample_values });
}
