import { Injectable } from '@nestjs/common';

import type { IncidentView } from './anomaly.types';
import { IncidentRepository } from './incidents/incident.repository';

/** What other domains may know of incidents. */
@Injectable()
export class Incidents {
  constructor(private readonly incidents: IncidentRepository) {}

  /** The incident as it stands, or null where there is none. */
  find(id: number): Promise<IncidentView | null> {
    return this.incidents.findView(id);
  }
}
