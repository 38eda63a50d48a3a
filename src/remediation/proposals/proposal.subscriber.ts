import { Injectable, OnModuleInit } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { EventsService } from '../../events/events.service';
import { ProposalService } from './proposal.service';
import { RollbackService } from './rollback.service';

@Injectable()
export class ProposalSubscriber implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly proposals: ProposalService,
    private readonly rollbacks: RollbackService,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    this.anomalies.follow({
      reader: 'remediation.proposals',
      consume: (anomalyIds) => this.proposals.consider(anomalyIds),
    });
    this.events.subscribe('anomaly.released', 'remediation', ({ anomalyId }) =>
      this.proposals.consider([anomalyId]),
    );
    this.events.subscribe('action.finished', 'rollback', async ({ actionId }) => {
      await this.rollbacks.afterFailure(actionId);
      await this.rollbacks.afterRollback(actionId);
    });
    this.events.subscribe('action.verified', 'rollback', ({ actionId }) =>
      this.rollbacks.afterVerdict(actionId),
    );
  }
}
