import { Injectable, OnModuleInit } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { EventsService } from '../../events/events.service';
import { Announcer } from './announcer.service';

const SUBSCRIBER = 'notification';

@Injectable()
export class NoticeSubscriber implements OnModuleInit {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly announcer: Announcer,
    private readonly events: EventsService,
  ) {}

  onModuleInit(): void {
    this.anomalies.follow({
      reader: SUBSCRIBER,
      consume: async (anomalyIds) => {
        for (const anomalyId of anomalyIds) await this.announcer.announceAnomaly(anomalyId);
      },
    });
    this.events.subscribe('anomaly.released', SUBSCRIBER, ({ anomalyId }) =>
      this.announcer.announceAnomaly(anomalyId),
    );
    this.events.subscribe('action.proposed', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceApproval(actionId),
    );
    this.events.subscribe('action.finished', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceEnd(actionId),
    );
  }
}
