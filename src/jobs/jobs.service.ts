import { BeforeApplicationShutdown, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { type JobWithMetadata, PgBoss, type Queue, type QueuePolicy } from 'pg-boss';

import { RetentionConfig, ServerConfig } from '../config/sections';
import { Database } from '../database/database';
import { Log } from '../observability/log';

export interface JobOptions {
  /** Attempts after the first, with exponential back-off from one second. Default 5. */
  readonly retries?: number;
  /** Where given, the job also runs on this cron line (UTC), once a slot whatever the number of processes. */
  readonly cron?: string;
  /** One attempt's time limit in seconds; the job is then tried again. Default 300. */
  readonly timeoutSeconds?: number;
  /** Whether one of it at a time runs and one waits, whoever asks for more. Default false. */
  readonly isSingle?: boolean;
}

type Handler = (data: object) => Promise<void>;

interface Registration {
  readonly name: string;
  readonly handler: Handler;
  readonly options: JobOptions;
}

/** What an operator sees of a queue. */
export interface QueueSummary {
  name: string;
  waiting: number;
  active: number;
  failed: number;
  dead_letters: number;
  cron: string | null;
}

/** A job that used up its attempts. */
export interface DeadLetter {
  id: string;
  queue: string;
  data: object | null;
  error: string | null;
  failed_at: Date;
}

const POLL_SECONDS = 2;
const DAY_SECONDS = 86_400;
/** A job that waits is never forgotten, however long nobody works. */
const FOR_GOOD_SECONDS = 3_650 * DAY_SECONDS;

const deadLetterQueue = (name: string): string => `${name}.dead`;

/**
 * Durable jobs on Postgres: enqueued in the writer's transaction, retried with back-off, kept as dead letters when their
 * attempts are used up. The queue carries ids and small facts; truth is in our tables.
 */
@Injectable()
export class JobsService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly registrations = new Map<string, Registration>();
  private boss: PgBoss | null = null;

  constructor(
    private readonly database: Database,
    private readonly server: ServerConfig,
    private readonly retention: RetentionConfig,
    private readonly log: Log,
  ) {}

  /** Declares a job by its name and handler; before `start`. Data is what `enqueue` was given. */
  register<Data extends object>(
    name: string,
    handler: (data: Data) => Promise<void>,
    options: JobOptions = {},
  ): void {
    if (this.registrations.has(name)) throw new Error(`The job ${name} is registered twice`);
    this.registrations.set(name, { name, handler: handler as unknown as Handler, options });
  }

  /** Puts a job in its queue, in the open transaction where there is one. */
  async enqueue(name: string, data: object): Promise<void> {
    if (!this.registrations.has(name)) throw new Error(`There is no job ${name}`);
    const db = {
      executeSql: async (text: string, values?: unknown[]) => ({
        rows: await this.database.execute(text, values),
      }),
    };
    await this.running.send(name, data, { db });
  }

  /** Makes the queues and, in a worker, begins to work them. */
  async start(url: string): Promise<void> {
    const works = this.server.role !== 'api';
    const boss = new PgBoss({
      connectionString: url,
      schema: 'jobs',
      application_name: 'smartcloudops-jobs',
      max: 4,
      supervise: works,
      schedule: works,
      useListenNotify: works,
    });
    // Without a listener an unreachable database would end the process; pg-boss reconnects by itself.
    boss.on('error', (error) =>
      this.log.warn({ reason: error.message }, 'the job queue has lost the database'),
    );
    this.boss = await boss.start();
    for (const registration of this.registrations.values()) await this.open(registration, works);
  }

  private async open({ name, handler, options }: Registration, works: boolean): Promise<void> {
    const keptSeconds = this.retention.jobDays * DAY_SECONDS;
    await this.declare(deadLetterQueue(name), {
      deleteAfterSeconds: keptSeconds,
      retentionSeconds: keptSeconds,
    });
    await this.declare(
      name,
      {
        retryLimit: options.retries ?? 5,
        retryDelay: 1,
        retryBackoff: true,
        expireInSeconds: options.timeoutSeconds ?? 300,
        deadLetter: deadLetterQueue(name),
        notify: true,
        deleteAfterSeconds: keptSeconds,
        retentionSeconds: FOR_GOOD_SECONDS,
      },
      options.isSingle === true ? 'stately' : 'standard',
    );
    if (!works) return;
    if (options.cron !== undefined) await this.running.schedule(name, options.cron);
    // New jobs wake a worker at once; retries and redriven ones are found by the poll.
    await this.running.work(
      name,
      { pollingIntervalSeconds: POLL_SECONDS, notifyPollingIntervalSeconds: POLL_SECONDS },
      async (jobs) => {
        for (const job of jobs) await handler(job.data ?? {});
      },
    );
  }

  /** Makes a queue, or gives the one that is there the options of today. */
  private async declare(
    name: string,
    options: Omit<Queue, 'name' | 'policy' | 'partition'>,
    policy: QueuePolicy = 'standard',
  ): Promise<void> {
    await this.running.createQueue(name, { ...options, policy });
    await this.running.updateQueue(name, options);
  }

  /** Every queue with its counts, by name. */
  async listQueues(): Promise<QueueSummary[]> {
    const queues = await this.running.getQueues();
    const depth = new Map(queues.map((queue) => [queue.name, queue]));
    const summaries = [...this.registrations.values()].map(async ({ name, options }) => {
      const [waiting, active, failed, dead] = await this.countStates(name);
      return depth.has(name)
        ? { name, waiting, active, failed, dead_letters: dead, cron: options.cron ?? null }
        : null;
    });
    return (await Promise.all(summaries))
      .filter((summary) => summary !== null)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private async countStates(name: string): Promise<number[]> {
    const rows = await this.database.query<{ waiting: number; active: number; failed: number; dead: number }>(
      {
        name: 'jobs_count_states',
        text: `SELECT count(*) FILTER (WHERE name = $1 AND state IN ('created', 'retry')) AS waiting,
                      count(*) FILTER (WHERE name = $1 AND state = 'active') AS active,
                      count(*) FILTER (WHERE name = $1 AND state = 'failed') AS failed,
                      count(*) FILTER (WHERE name = $2 AND state IN ('created', 'retry')) AS dead
               FROM jobs.job WHERE name IN ($1, $2)`,
      },
      [name, deadLetterQueue(name)],
    );
    const { waiting, active, failed, dead } = rows[0];
    return [waiting, active, failed, dead];
  }

  /** Jobs that used up their attempts, newest first. */
  async listDeadLetters(limit: number): Promise<DeadLetter[]> {
    const found = await Promise.all(
      [...this.registrations.keys()].map(async (name) => {
        const jobs: JobWithMetadata<object>[] = await this.running.findJobs<object>(deadLetterQueue(name), {
          queued: true,
        });
        return jobs.map((job) => ({
          id: job.id,
          queue: name,
          data: job.data,
          error: describeOutput(job.output),
          failed_at: job.createdOn,
        }));
      }),
    );
    return found
      .flat()
      .sort((a, b) => b.failed_at.getTime() - a.failed_at.getTime())
      .slice(0, limit);
  }

  /** Sends a queue's dead letters round again; returns how many. */
  async redrive(name: string): Promise<number> {
    return this.running.redrive(deadLetterQueue(name));
  }

  has(name: string): boolean {
    return this.registrations.has(name);
  }

  /** Takes no more jobs and lets the running ones end; requests in flight may still enqueue. */
  async beforeApplicationShutdown(): Promise<void> {
    const { boss } = this;
    if (boss === null || this.server.role === 'api') return;
    await Promise.all([...this.registrations.keys()].map((name) => boss.offWork(name, { wait: true })));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss?.stop({ graceful: false });
    this.boss = null;
  }

  private get running(): PgBoss {
    if (this.boss === null) throw new Error('The job queue is not running');
    return this.boss;
  }
}

function describeOutput(output: object | null | undefined): string | null {
  if (output === null || output === undefined) return null;
  const { message } = output as { message?: unknown };
  return typeof message === 'string' ? message : null;
}
