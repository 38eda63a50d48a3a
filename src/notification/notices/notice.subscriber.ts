import { Injectable, OnModuleInit } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { EventsService } from '../../events/events.service';
import { Announcer } from './announcer.service';

const SUBSCRIBER = 'notification';

/** What happened that people may be told of. That incidents open, or get worse, shows in the anomalies that join them. */
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
      consume: (anomalyIds) => this.announcer.announceAnomalies(anomalyIds),
    });
    this.events.subscribe('anomaly.released', SUBSCRIBER, ({ anomalyId }) =>
      this.announcer.announceAnomalies([anomalyId]),
    );
    this.events.subscribe('incident.resolved', SUBSCRIBER, ({ incidentId }) =>
      this.announcer.announceIncidentEnd(incidentId),
    );
    this.events.subscribe('incident.merged', SUBSCRIBER, ({ incidentId }) =>
      this.announcer.announceIncidentEnd(incidentId),
    );
    this.events.subscribe('action.proposed', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceApproval(actionId),
    );
    this.events.subscribe('action.finished', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceEnd(actionId),
    );
    this.events.subscribe('action.verified', SUBSCRIBER, ({ actionId }) =>
      this.announcer.announceVerdict(actionId),
    );
  }
}
