import { Injectable } from '@nestjs/common';

import { Database } from '../database/database';

/** What came of a class in a run. */
export interface RetentionRun {
  /** The class. */
  readonly name: string;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly deleted: number;
  /** Unfinished: its time was up, or the process stopped; the next run goes on. */
  readonly outcome: 'complete' | 'unfinished' | 'failed';
  readonly error: string | null;
}

/** The last run of a class, with what all runs have deleted. */
export type LastRun = RetentionRun & { readonly deletedTotal: number };

const SAVE = {
  name: 'retention_save_run',
  text: `INSERT INTO retention_runs AS runs (class, started_at, finished_at, deleted, deleted_total, outcome, error)
         VALUES ($1, $2, $3, $4, $4, $5, $6)
         ON CONFLICT ON CONSTRAINT retention_runs_pk DO UPDATE SET started_at = excluded.started_at, finished_at = excluded.finished_at,
           deleted = excluded.deleted, deleted_total = runs.deleted_total + excluded.deleted, outcome = excluded.outcome, error = excluded.error`,
};

const LIST = {
  name: 'retention_list_runs',
  text: `SELECT class AS name, started_at AS "startedAt", finished_at AS "finishedAt", deleted, deleted_total AS "deletedTotal", outcome, error
         FROM retention_runs`,
};

@Injectable()
export class RetentionRunRepository {
  constructor(private readonly database: Database) {}

  /** Replaces what came of the class's run before. */
  async save({ name, startedAt, finishedAt, deleted, outcome, error }: RetentionRun): Promise<void> {
    await this.database.query(SAVE, [name, startedAt, finishedAt, deleted, outcome, error]);
  }

  listLast(): Promise<LastRun[]> {
    return this.database.query<LastRun & object>(LIST);
  }
}
