import { ApiProperty } from '@nestjs/swagger';

import { TableSum, WholeTable } from '../database/table-sum';
import { LastRun } from './retention-run.repository';
import { StorageReport, StoredClass } from './storage.service';

const NULLABLE_TIME = { type: String, format: 'date-time', nullable: true } as const;
const NULLABLE_INTEGER = { type: 'integer', nullable: true } as const;

class SizeResponse {
  @ApiProperty({
    type: 'integer',
    description: "By the planner's statistics, as of the last vacuum or analyse",
  })
  estimated_rows: number;
  @ApiProperty({
    type: 'integer',
    description:
      "Rows, indexes and TOAST: the sum of Postgres' pg_total_relation_size. Deleting leaves room that later rows take; the files do not shrink",
  })
  size_bytes: number;
  @ApiProperty({ type: 'integer', description: 'Of these the rows, with their maps' }) table_bytes: number;
  @ApiProperty({ type: 'integer', description: 'Of these the indexes' }) index_bytes: number;
  @ApiProperty({ type: 'integer', description: 'Of these the values that are too long for a row' })
  toast_bytes: number;
}

function sizeOf({ estimatedRows, bytes, indexBytes, toastBytes }: TableSum): SizeResponse {
  return {
    estimated_rows: estimatedRows,
    size_bytes: bytes,
    table_bytes: bytes - indexBytes - toastBytes,
    index_bytes: indexBytes,
    toast_bytes: toastBytes,
  };
}

class RetentionRunResponse {
  @ApiProperty({ type: String, format: 'date-time' }) started_at: Date;
  @ApiProperty({ type: String, format: 'date-time' }) finished_at: Date;
  @ApiProperty({ description: 'From its start to its end, rests between batches included' }) seconds: number;
  @ApiProperty({ type: 'integer' }) deleted_rows: number;
  @ApiProperty({ type: 'integer', description: 'By all runs so far' }) deleted_rows_total: number;
  @ApiProperty({
    enum: ['complete', 'unfinished', 'failed'],
    description: 'unfinished: time was up, and the next run goes on',
  })
  outcome: LastRun['outcome'];
  @ApiProperty({ type: String, nullable: true, description: 'Why it failed' }) error: string | null;

  static from(run: LastRun): RetentionRunResponse {
    return {
      started_at: run.startedAt,
      finished_at: run.finishedAt,
      seconds: (run.finishedAt.getTime() - run.startedAt.getTime()) / 1_000,
      deleted_rows: run.deleted,
      deleted_rows_total: run.deletedTotal,
      outcome: run.outcome,
      error: run.error,
    };
  }
}

class StoredClassResponse extends SizeResponse {
  @ApiProperty({ example: 'anomalies' }) class: string;
  @ApiProperty({ description: 'What it holds, which rows go and which never do' }) holds: string;
  @ApiProperty({ type: [String], example: ['anomalies'] }) tables: string[];
  @ApiProperty({ ...NULLABLE_INTEGER, description: 'null: a time that the product itself fixes, see holds' })
  retention_days: number | null;
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'ANOMALY_RETENTION_DAYS',
    description: 'What sets it',
  })
  setting: string | null;
  @ApiProperty({ ...NULLABLE_INTEGER, description: 'The least that may be set' }) minimum_days: number | null;
  @ApiProperty({ ...NULLABLE_INTEGER, description: 'The most that may be set' }) maximum_days: number | null;
  @ApiProperty({
    ...NULLABLE_TIME,
    description: 'When the oldest row began to count; null where there is none',
  })
  oldest_at: Date | null;
  @ApiProperty({
    type: RetentionRunResponse,
    nullable: true,
    description: 'null: not yet, or whoever keeps the rows also deletes them, see holds',
  })
  last_run: RetentionRunResponse | null;

  static of({ retentionClass, oldestAt, lastRun, ...sum }: StoredClass): StoredClassResponse {
    const { name, holds, tables, keep } = retentionClass;
    return {
      class: name,
      holds,
      tables: [...tables],
      retention_days: keep?.days ?? null,
      setting: keep?.setting ?? null,
      minimum_days: keep?.min ?? null,
      maximum_days: keep?.max ?? null,
      ...sizeOf(sum),
      oldest_at: oldestAt,
      last_run: lastRun === null ? null : RetentionRunResponse.from(lastRun),
    };
  }
}

class KeptTableResponse extends SizeResponse {
  @ApiProperty({ example: 'public.users' }) table: string;

  static of({ name, ...sum }: WholeTable): KeptTableResponse {
    return { table: name, ...sizeOf(sum) };
  }
}

/** What is stored, and what becomes of it. */
export class StorageResponse {
  @ApiProperty({ type: 'integer', description: 'The whole database, with what Postgres itself needs' })
  database_bytes: number;
  @ApiProperty({ type: 'integer', description: 'All tables below together' }) tables_bytes: number;
  @ApiProperty({ type: [StoredClassResponse] }) classes: StoredClassResponse[];
  @ApiProperty({ type: [KeptTableResponse], description: 'Kept for good; largest first' })
  kept: KeptTableResponse[];
  @ApiProperty({ type: String, format: 'date-time' }) next_run_at: Date;

  static from({ databaseBytes, classes, kept, nextRunAt }: StorageReport): StorageResponse {
    return {
      database_bytes: databaseBytes,
      tables_bytes: [...classes, ...kept].reduce((sum, { bytes }) => sum + bytes, 0),
      classes: classes.map((stored) => StoredClassResponse.of(stored)),
      kept: kept.map((table) => KeptTableResponse.of(table)),
      next_run_at: nextRunAt,
    };
  }
}
