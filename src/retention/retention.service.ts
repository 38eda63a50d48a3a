import { setTimeout as delay } from 'node:timers/promises';

import { Injectable, OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import type { Counter } from 'prom-client';

import { AuditService } from '../audit/audit.service';
import { Clock } from '../common/time/clock';
import { Database } from '../database/database';
import { RetentionClass, RetentionClasses, WalkPosition } from '../database/retention-classes';
import { JobsService } from '../jobs/jobs.service';
import { Log } from '../observability/log';
import { Metrics } from '../observability/metrics';
import { BATCH_ROWS, pauseAfter, RUN_CRON } from './pace';
import { RetentionRun, RetentionRunRepository } from './retention-run.repository';

const JOB = 'retention.run';
/** What is not done by then is left to the next run, so that two never meet. */
const RUN_LIMIT_MS = 8 * 60_000;
const JOB_TIMEOUT_SECONDS = 9 * 60;

/** A class on its way through a run. */
interface Walk {
  readonly name: string;
  readonly purge: NonNullable<RetentionClass['purge']>;
  readonly startedAt: Date;
  position: WalkPosition | null;
  deleted: number;
}

/**
 * Deletes what has had its time, class by class in turn: one small batch, a rest of four times as long, the next batch. A class that
 * fails holds up none of the others. One run at a time; where several processes work, any of them does it.
 */
@Injectable()
export class RetentionService implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private deletedRows: Counter<'class'>;
  private failures: Counter<'class'>;
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly classes: RetentionClasses,
    private readonly runs: RetentionRunRepository,
    private readonly jobs: JobsService,
    private readonly audit: AuditService,
    private readonly database: Database,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.register(JOB, () => this.run(), {
      cron: RUN_CRON,
      retries: 0,
      timeoutSeconds: JOB_TIMEOUT_SECONDS,
      isSingle: true,
    });
    this.metrics.gauge(
      'retention_last_run_timestamp_seconds',
      'When the class was last purged to the end of a run',
      ['class'],
      async (gauge) => {
        const last = await this.runs.listLast();
        for (const { name, finishedAt } of last) gauge.set({ class: name }, finishedAt.getTime() / 1_000);
      },
    );
  }

  /** When every module has registered its classes: a counter shows each of them from the start. */
  onApplicationBootstrap(): void {
    const label = { name: 'class', values: this.classes.list().map(({ name }) => name) } as const;
    this.deletedRows = this.metrics.counter(
      'retention_deleted_rows_total',
      'Rows deleted for their age',
      label,
    );
    this.failures = this.metrics.counter(
      'retention_failures_total',
      'Runs in which a class could not be purged to the end',
      label,
    );
  }

  /** Before jobs are waited for: a run ends after its batch, and the next one goes on. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** Asks for a run beside those on schedule. One that waits already serves all who ask. */
  request(): Promise<void> {
    return this.database.run(async () => {
      await this.audit.record({ action: 'retention.requested', subjectType: 'retention' });
      await this.jobs.enqueue(JOB, {});
    });
  }

  /** One run over all classes, behind one that is under way; never throws for what one class does. */
  run(): Promise<void> {
    const run = this.running.then(() => this.walkAll());
    this.running = run.catch(() => undefined);
    return run;
  }

  private async walkAll(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    const startedAt = this.clock.now();
    const deadlineMs = performance.now() + RUN_LIMIT_MS;
    const walks = this.classes
      .list()
      .flatMap(({ name, purge }): Walk[] =>
        purge === null ? [] : [{ name, purge, startedAt, position: null, deleted: 0 }],
      );
    while (walks.length > 0) {
      if (this.stopping.signal.aborted || performance.now() > deadlineMs) break;
      const walk = walks.shift() as Walk;
      if (await this.step(walk)) walks.push(walk);
    }
    for (const walk of walks) await this.finish(walk, 'unfinished', null);
  }

  /** One batch and its rest; whether more is to be done. */
  private async step(walk: Walk): Promise<boolean> {
    const { name, purge } = walk;
    const startMs = performance.now();
    try {
      const { deleted, next } = await purge(BATCH_ROWS, walk.position);
      walk.deleted += deleted;
      walk.position = next;
      this.deletedRows.inc({ class: name }, deleted);
    } catch (error) {
      this.failures.inc({ class: name });
      this.log.error(error, 'retention could not delete; the next run tries again', { class: name });
      await this.finish(walk, 'failed', (error as Error).message);
      return false;
    }
    if (walk.position === null) await this.finish(walk, 'complete', null);
    await this.rest(pauseAfter(performance.now() - startMs));
    return walk.position !== null;
  }

  private async finish(
    { name, startedAt, deleted }: Walk,
    outcome: RetentionRun['outcome'],
    error: string | null,
  ): Promise<void> {
    const finishedAt = this.clock.now();
    if (deleted > 0)
      this.log.info(
        { class: name, deleted, outcome, seconds: (finishedAt.getTime() - startedAt.getTime()) / 1_000 },
        'retention deleted rows',
      );
    await this.runs.save({ name, startedAt, finishedAt, deleted, outcome, error });
  }

  private rest(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
