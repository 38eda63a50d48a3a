import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { Incidents } from '../../anomaly/incidents.service';
import { anomalyNotice } from './anomaly-notice';
import { incidentNotice } from './incident-notice';
import type { Notice } from './notice';

/** Something that goes on, as it stands, and the notice that says so. */
export interface Opening {
  readonly notice: Notice;
  /** A silence, a window or a cause keeps it quiet; of an incident, all of its members. */
  readonly isQuiet: boolean;
  /** Somebody has acknowledged it. */
  readonly isTakenOn: boolean;
}

/** What can be told of anomalies and incidents that go on. */
@Injectable()
export class Openings {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly incidents: Incidents,
  ) {}

  find(kind: 'anomaly' | 'incident', id: number): Promise<Opening | null> {
    return kind === 'anomaly' ? this.findAnomaly(id) : this.findIncident(id);
  }

  /** Null where it is over, or cannot be seen. */
  async findAnomaly(id: number): Promise<Opening | null> {
    const anomaly = await this.anomalies.find(id);
    if (anomaly === null || (anomaly.status !== 'open' && anomaly.status !== 'acknowledged')) return null;
    const { incidentId } = anomaly;
    const incident = incidentId === null ? null : await this.incidents.find(incidentId);
    const openings = await this.anomalies.countOpenings(id);
    return {
      notice: anomalyNotice(anomaly, openings, incident?.openings ?? null),
      isQuiet: anomaly.suppressedBy !== null || anomaly.inhibitedBy !== null,
      isTakenOn: anomaly.status === 'acknowledged',
    };
  }

  /** Null where it is over, or there is none. */
  async findIncident(id: number): Promise<Opening | null> {
    const incident = await this.incidents.find(id);
    if (incident === null || incident.status === 'resolved') return null;
    return {
      notice: incidentNotice(incident),
      isQuiet: incident.isQuiet,
      isTakenOn: incident.status === 'acknowledged',
    };
  }
}
