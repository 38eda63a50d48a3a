import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { IncidentConfig } from '../../config/sections';
import { Database } from '../../database/database';
import { EventsService } from '../../events/events.service';
import type { NewAnomaly } from '../anomaly.types';
import { TopologyService } from '../topology/topology.service';
import { type GroupingRules, groupKeysOf, parseAlternatives } from './grouping';
import { IncidentGroupingRepository } from './incident-grouping.repository';
import { placeAll, type Plan } from './placement';

/** Finds the incident of each new anomaly, however many come at once: one a group at most, and so many a minute. */
@Injectable()
export class IncidentGrouping {
  private readonly rules: Omit<GroupingRules, 'dependencies'>;

  constructor(
    private readonly incidents: IncidentGroupingRepository,
    private readonly topology: TopologyService,
    private readonly audit: AuditService,
    private readonly events: EventsService,
    private readonly database: Database,
    config: IncidentConfig,
  ) {
    this.rules = {
      alternatives: parseAlternatives(config.groupLabels),
      windows: { joinSeconds: config.windowSeconds, reopenSeconds: config.reopenSeconds },
      incidentsAMinute: config.perMinute,
    };
  }

  /**
   * The anomalies with their incidents, to be stored in the same transaction; those without labels stay alone.
   * Publishes incident.opened, incident.reopened and incident.merged.
   */
  async place(anomalies: readonly NewAnomaly[]): Promise<NewAnomaly[]> {
    if (anomalies.every(({ labels }) => labels === null)) return [...anomalies];
    return this.database.run(async () => {
      const rules = { ...this.rules, dependencies: await this.topology.get() };
      const keys = groupKeysOf(anomalies, rules);
      const now = await this.incidents.lockGrouping();
      const candidates = await this.incidents.lockCandidates(keys, rules.windows);
      const openedLately = await this.incidents.countLately(rules.incidentsAMinute);
      const plan = placeAll(anomalies, candidates, rules, { now, openedLately });
      const ids = await this.audit.recorded(() => this.store(plan));
      const placed = [...anomalies];
      plan.placements.forEach(({ members }, index) => {
        const incidentId = ids[index];
        for (const { position, reason } of members)
          placed[position] = { ...placed[position], membership: { incidentId, reason } };
      });
      return placed;
    });
  }

  /** Merges, opens and joins; returns the incident of each placement. */
  private async store({ placements, merges }: Plan): Promise<number[]> {
    const signature = this.audit.signature();
    for (const { from, into, reason } of merges) {
      await this.incidents.merge(from.id, into.id, reason, signature);
      await this.events.publish('incident.merged', { incidentId: from.id, intoIncidentId: into.id });
    }
    const fresh = placements.filter(({ incident }) => incident === null);
    const opened =
      fresh.length === 0 ? new Map<string, number>() : await this.incidents.openMany(fresh, signature);
    for (const incidentId of opened.values()) await this.events.publish('incident.opened', { incidentId });
    const joins = placements.flatMap(({ incident, members, severity }) =>
      incident === null ? [] : [{ id: incident.id, count: members.length, severity }],
    );
    if (joins.length > 0)
      for (const incidentId of await this.incidents.joinMany(joins, signature))
        await this.events.publish('incident.reopened', { incidentId });
    const ids = placements.map(({ incident, group }) => incident?.id ?? (opened.get(group.key) as number));
    const takenIn = placements.flatMap((placement, index) =>
      placement.takenIn.map(({ key }) => ({ incidentId: ids[index], key })),
    );
    if (takenIn.length > 0) await this.incidents.takeIn(takenIn);
    return ids;
  }
}
