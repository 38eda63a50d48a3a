import { Injectable, OnModuleInit } from '@nestjs/common';

import { RETENTION } from '../config/retention-limits';
import { RetentionConfig } from '../config/sections';
import { Database } from '../database/database';
import { RetentionClasses } from '../database/retention-classes';

// A look into an index for each queue: the earliest of all is none that an index could tell.
const OLDEST = {
  name: 'jobs_oldest',
  text: `SELECT min(first.created_on) AS at FROM jobs.queue AS q
         CROSS JOIN LATERAL (SELECT created_on FROM jobs.job WHERE name = q.name ORDER BY created_on LIMIT 1) AS first`,
};

/** How long jobs are kept. The queue deletes its rows by itself, in batches of its own: it counts them as well. */
@Injectable()
export class JobsRetention implements OnModuleInit {
  constructor(
    private readonly classes: RetentionClasses,
    private readonly config: RetentionConfig,
    private readonly database: Database,
  ) {}

  onModuleInit(): void {
    this.classes.register({
      name: 'jobs',
      holds:
        'Background jobs; finished ones and dead letters go, by the queue itself and as of when they were queued; never waiting or running ones',
      tables: ['jobs.job'],
      keep: { ...RETENTION.jobs, days: this.config.jobDays },
      oldest: async () => (await this.database.query<{ at: Date | null }>(OLDEST))[0].at,
      purge: null,
    });
  }
}
