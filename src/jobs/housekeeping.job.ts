import { Injectable, OnModuleInit } from '@nestjs/common';

import { RateLimits } from '../auth/rate-limits.service';
import { Idempotency } from '../database/idempotency.service';
import { JobsService } from './jobs.service';

/** Forgets what has had its time: kept answers after a day, counted requests after their minute. */
@Injectable()
export class HousekeepingJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly idempotency: Idempotency,
    private readonly limits: RateLimits,
  ) {}

  onModuleInit(): void {
    this.jobs.register('housekeeping.purge', () => this.purge(), { cron: '*/10 * * * *' });
  }

  async purge(): Promise<void> {
    await this.idempotency.purge();
    await this.limits.purge();
  }
}
