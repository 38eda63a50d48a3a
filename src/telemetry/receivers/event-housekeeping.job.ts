import { Injectable, OnModuleInit } from '@nestjs/common';

import { JobsService } from '../../jobs/jobs.service';
import { QuarantineService } from '../quarantine/quarantine.service';
import { AlertKeyRepository } from './alert-key.repository';
import { SeenEventRepository } from './seen-event.repository';

/** Forgets what of events has had its time. */
@Injectable()
export class EventHousekeepingJob implements OnModuleInit {
  constructor(
    private readonly jobs: JobsService,
    private readonly quarantine: QuarantineService,
    private readonly seen: SeenEventRepository,
    private readonly keys: AlertKeyRepository,
  ) {}

  onModuleInit(): void {
    this.jobs.register('events.purge', () => this.purge(), { cron: '*/10 * * * *' });
  }

  async purge(): Promise<void> {
    await this.quarantine.purge();
    await this.seen.purge();
    await this.keys.purge();
  }
}
