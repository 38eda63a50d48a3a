import { Injectable, OnModuleInit } from '@nestjs/common';

import { JobsService } from '../jobs/jobs.service';
import { AnomalyListRepository } from './anomaly-list.repository';

/** Folds the appended count deltas into the counters once a minute, so that reading totals stays a sum over few rows. */
@Injectable()
export class FoldCountsJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly anomalies: AnomalyListRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.register('anomaly.fold-counts', () => this.anomalies.foldCounts(), { cron: '* * * * *' });
  }
}
