import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { Incidents } from '../../anomaly/incidents.service';
import { RemediationService } from '../../remediation/remediation.service';
import type { ActionView } from '../../remediation/remediation.types';
import { Outbox } from '../deliveries/outbox.service';
import { approvalNotice, executionNotice, Occasion, verdictNotice } from './action-notice';
import { incidentEndNotice } from './incident-notice';
import { Opening, Openings } from './openings.service';

/** Makes notices of what happened, as it stands when they are made. What is quiet or over by then is not told. */
@Injectable()
export class Announcer {
  constructor(
    private readonly openings: Openings,
    private readonly anomalies: AnomalyService,
    private readonly incidents: Incidents,
    private readonly remediation: RemediationService,
    private readonly outbox: Outbox,
  ) {}

  /** Their incidents first: whoever is told of one is not told of its members as well. */
  async announceAnomalies(ids: readonly number[]): Promise<void> {
    const told: Opening[] = [];
    for (const id of ids) {
      const opening = await this.openings.findAnomaly(id);
      if (opening !== null && !opening.isQuiet) told.push(opening);
    }
    for (const id of new Set(told.flatMap(({ notice }) => notice.incidentId ?? [])))
      await this.announceIncident(id);
    for (const { notice } of told) await this.outbox.tell(notice);
  }

  /** That an incident is over, or has become part of another. */
  async announceIncidentEnd(id: number): Promise<void> {
    const incident = await this.incidents.find(id);
    if (incident?.status === 'resolved') await this.outbox.tell(incidentEndNotice(incident));
  }

  /** Where nobody has agreed or refused meanwhile, be it a policy. */
  async announceApproval(actionId: number): Promise<void> {
    const action = await this.remediation.findAction(actionId);
    if (action?.status === 'pending')
      await this.outbox.tell(approvalNotice(action, await this.occasionOf(action)));
  }

  async announceEnd(actionId: number): Promise<void> {
    const action = await this.remediation.findAction(actionId);
    if (action !== null) await this.outbox.tell(executionNotice(action, await this.occasionOf(action)));
  }

  async announceVerdict(actionId: number): Promise<void> {
    const action = await this.remediation.findAction(actionId);
    const notice = action && verdictNotice(action, await this.occasionOf(action));
    if (notice !== null) await this.outbox.tell(notice);
  }

  private async announceIncident(id: number): Promise<void> {
    const opening = await this.openings.findIncident(id);
    if (opening !== null && !opening.isQuiet) await this.outbox.tell(opening.notice);
  }

  private occasionOf({ anomalyId }: ActionView): Promise<Occasion | null> {
    return anomalyId === null ? Promise.resolve(null) : this.anomalies.find(anomalyId);
  }
}
