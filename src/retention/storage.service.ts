import { Injectable } from '@nestjs/common';

import { Clock } from '../common/time/clock';
import { RetentionClass, RetentionClasses } from '../database/retention-classes';
import { TableSizes } from '../database/table-sizes';
import { isPartOf, sumOf, TableSum, WholeTable, wholeTables } from '../database/table-sum';
import { nextRun } from './pace';
import { LastRun, RetentionRunRepository } from './retention-run.repository';

/** A class with what it takes, and what came of its last run. */
export interface StoredClass extends TableSum {
  readonly retentionClass: RetentionClass;
  readonly oldestAt: Date | null;
  readonly lastRun: LastRun | null;
}

/** What the database holds, by what becomes of it. */
export interface StorageReport {
  readonly databaseBytes: number;
  readonly classes: readonly StoredClass[];
  /** Tables of no class, which nothing is deleted from for its age; largest first. */
  readonly kept: readonly WholeTable[];
  readonly nextRunAt: Date;
}

/** What is stored, how long it is kept, and whether it is being deleted when it is due. */
@Injectable()
export class StorageService {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly sizes: TableSizes,
    private readonly runs: RetentionRunRepository,
    private readonly clock: Clock,
  ) {}

  /** Looks at files, statistics and the end of an index for each class; how many rows there are does not matter. */
  async report(): Promise<StorageReport> {
    const classes = this.classes.list();
    const [sizes, databaseBytes, runs, oldest] = await Promise.all([
      this.sizes.list(),
      this.sizes.databaseBytes(),
      this.runs.listLast(),
      Promise.all(classes.map((retentionClass) => retentionClass.oldest())),
    ]);
    const lastRuns = new Map(runs.map((run) => [run.name, run]));
    const kept = sizes.filter(
      (size) => !classes.some(({ tables }) => tables.some((table) => isPartOf(size, table))),
    );
    return {
      databaseBytes,
      classes: classes.map((retentionClass, index) => ({
        retentionClass,
        ...sumOf(sizes.filter((size) => retentionClass.tables.some((table) => isPartOf(size, table)))),
        oldestAt: oldest[index],
        lastRun: lastRuns.get(retentionClass.name) ?? null,
      })),
      kept: wholeTables(kept),
      nextRunAt: nextRun(this.clock.now()),
    };
  }
}
