import { Injectable, OnModuleInit } from '@nestjs/common';

import { EventsService } from '../../events/events.service';
import { JobsService } from '../../jobs/jobs.service';
import { TrustService } from './trust.service';
import { UnattendedStart } from './unattended-start.service';

const NAME = 'autonomy';

@Injectable()
export class AutonomySubscriber implements OnModuleInit {
  constructor(
    private readonly starts: UnattendedStart,
    private readonly trust: TrustService,
    private readonly events: EventsService,
    private readonly jobs: JobsService,
  ) {}

  onModuleInit(): void {
    this.events.subscribe('action.proposed', NAME, ({ actionId }) => this.starts.consider(actionId));
    this.events.subscribe('action.approved', NAME, ({ actionId }) => this.starts.consider(actionId));
    this.events.subscribe('action.finished', NAME, ({ actionId }) => this.learn(actionId));
    this.events.subscribe('action.verified', NAME, ({ actionId }) => this.learn(actionId));
    this.jobs.register('remediation.autonomy-look', () => this.starts.considerWaiting(), {
      cron: '* * * * *',
      isSingle: true,
    });
  }

  private async learn(actionId: number): Promise<void> {
    await this.trust.learn(actionId);
    await this.starts.considerNextAfter(actionId);
  }
}
