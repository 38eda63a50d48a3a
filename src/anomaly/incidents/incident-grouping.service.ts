import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { IncidentConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import type { NewAnomaly } from '../anomaly.types';
import { TopologyService } from '../topology/topology.service';
import { type GroupingWindows, groupKeysOf, parseAlternatives, placeAll, type Placement } from './grouping';
import { IncidentRepository } from './incident.repository';

/** Finds the incident of each new anomaly, however many come at once: a storm makes one incident a group at most. */
@Injectable()
export class IncidentGrouping {
  private readonly alternatives: readonly (readonly string[])[];
  private readonly windows: GroupingWindows;

  constructor(
    private readonly incidents: IncidentRepository,
    private readonly topology: TopologyService,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
    config: IncidentConfig,
  ) {
    this.alternatives = parseAlternatives(config.groupLabels);
    this.windows = { joinSeconds: config.windowSeconds, reopenSeconds: config.reopenSeconds };
  }

  /**
   * The anomalies with their incidents, to be stored in the same transaction; those without labels stay alone.
   * Publishes incident.opened and incident.reopened.
   */
  async place(anomalies: readonly NewAnomaly[]): Promise<NewAnomaly[]> {
    if (anomalies.every(({ labels }) => labels === null)) return [...anomalies];
    return this.database.run(async () => {
      const { alternatives, windows } = this;
      const dependencies = await this.topology.get();
      const keys = groupKeysOf(anomalies, { alternatives, windows, dependencies });
      const now = await this.incidents.lockGrouping();
      const candidates = await this.incidents.lockCandidates(keys, windows);
      const placements = placeAll(anomalies, candidates, { alternatives, windows, dependencies }, now);
      const ids = await this.audit.recorded(() => this.store(placements));
      const placed = [...anomalies];
      for (const { group, members } of placements) {
        const incidentId = ids.get(group.key) as number;
        for (const { position, reason } of members)
          placed[position] = { ...placed[position], membership: { incidentId, reason } };
      }
      return placed;
    });
  }

  /** Opens and joins; returns the incident of each group. */
  private async store(placements: readonly Placement[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const signature = this.audit.signature();
    const fresh = placements.filter(({ incident }) => incident === null);
    if (fresh.length > 0)
      for (const [key, id] of await this.incidents.openMany(fresh, signature)) {
        ids.set(key, id);
        await this.events.publish('incident.opened', { incidentId: id });
      }
    const joins = placements.flatMap(({ incident, group, members, severity }) => {
      if (incident === null) return [];
      ids.set(group.key, incident.id);
      return [{ id: incident.id, count: members.length, severity }];
    });
    if (joins.length > 0)
      for (const incidentId of await this.incidents.joinMany(joins, signature))
        await this.events.publish('incident.reopened', { incidentId });
    return ids;
  }
}
