import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import type { Incident } from './incident.entity';
import { IncidentRepository } from './incident.repository';
import { statusFollowing } from './incident-lifecycle';

/** Incidents follow their members: over when all of them are, going on again when one of them does, as severe as the worst of them. */
@Injectable()
export class IncidentSettlement {
  constructor(
    private readonly incidents: IncidentRepository,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
  ) {}

  /** To be called, in their transaction, after members changed. Publishes incident.resolved and incident.reopened. */
  async settle(incidentIds: readonly (number | null)[]): Promise<void> {
    const ids = [...new Set(incidentIds.filter((id) => id !== null))];
    if (ids.length === 0) return;
    await this.database.run(async () => {
      // Locked first and looked at then: whoever waited here sees what the other did to its members.
      const incidents = await this.incidents.lockMany(ids);
      const members = new Map((await this.incidents.summarize(ids)).map((summary) => [summary.id, summary]));
      for (const incident of incidents) {
        const { hasActiveMembers = false, severity = null } = members.get(incident.id) ?? {};
        await this.follow(incident, hasActiveMembers, severity ?? incident.severity);
      }
    });
  }

  private async follow(
    incident: Incident,
    hasActiveMembers: boolean,
    severity: Incident['severity'],
  ): Promise<void> {
    const status = statusFollowing(incident.status, hasActiveMembers);
    if (status === incident.status && severity === incident.severity) return;
    const event = status === incident.status ? null : status === 'resolved' ? 'resolved' : 'reopened';
    await this.audit.recorded(() =>
      this.incidents.save(incident, status, severity, event, this.audit.signature()),
    );
    if (event !== null) await this.events.publish(`incident.${event}`, { incidentId: incident.id });
  }
}
