import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { PageRequest, paginate, Pagination } from '../../common/http/pagination';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import { AnomalyRepository } from '../anomaly.repository';
import { AnomalyService } from '../anomaly.service';
import type { Resolution } from '../anomaly.types';
import type { Incident } from './incident.entity';
import { IncidentMerged, IncidentNotFound, IncidentVerbRefused } from './incident.errors';
import { IncidentFilter, IncidentRepository } from './incident.repository';
import type { IncidentHistoryEntry } from './incident-history.entity';

/** Incidents and what people do with them: a verb to an incident is done to all its members that are still active. */
@Injectable()
export class IncidentService {
  constructor(
    private readonly incidents: IncidentRepository,
    private readonly anomalies: AnomalyRepository,
    private readonly service: AnomalyService,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
  ) {}

  /** Throws IncidentNotFound. */
  async get(id: number): Promise<Incident> {
    const incident = await this.incidents.find(id);
    if (incident === null) throw new IncidentNotFound(id);
    return incident;
  }

  async list(
    filter: IncidentFilter,
    request: PageRequest,
  ): Promise<{ incidents: Incident[]; pagination: Pagination }> {
    const [incidents, total] = await this.incidents.list(filter, request);
    return { incidents, pagination: paginate(request, total) };
  }

  /** Throws IncidentNotFound. */
  async listHistory(
    id: number,
    request: PageRequest,
  ): Promise<{ history: IncidentHistoryEntry[]; pagination: Pagination }> {
    await this.get(id);
    const [history, total] = await this.incidents.listHistory(id, request);
    return { history, pagination: paginate(request, total) };
  }

  /** Somebody takes care of it, and of its open members. Throws IncidentNotFound, IncidentMerged, IncidentVerbRefused. Publishes anomaly.acknowledged for each of them. */
  acknowledge(id: number): Promise<Incident> {
    return this.database.run(async () => {
      const members = await this.anomalies.lockActiveOfIncident(id);
      await this.service.moveMany(members, 'acknowledge');
      const [incident] = await this.incidents.lockMany([id]);
      if (incident === undefined) throw new IncidentNotFound(id);
      refuseMerged(incident);
      if (incident.status === 'resolved') throw new IncidentVerbRefused(incident.status, 'acknowledge');
      if (incident.status === 'acknowledged') return incident;
      const saved = await this.audit.recorded(() =>
        this.incidents.save(
          incident,
          'acknowledged',
          incident.severity,
          'acknowledged',
          this.audit.signature(),
        ),
      );
      await this.events.publish('incident.acknowledged', { incidentId: id });
      return saved;
    });
  }

  /** It is over, and so are its members; one that is over stays so. Throws IncidentNotFound, IncidentMerged. Publishes anomaly.resolved for each, and incident.resolved. */
  resolve(id: number, resolution: Resolution): Promise<Incident> {
    return this.database.run(async () => {
      await this.get(id);
      await this.service.moveMany(await this.anomalies.lockActiveOfIncident(id), 'resolve', resolution);
      const incident = await this.get(id);
      refuseMerged(incident);
      return incident;
    });
  }
}

function refuseMerged({ id, mergedInto }: Incident): void {
  if (mergedInto !== null) throw new IncidentMerged(id, mergedInto);
}
