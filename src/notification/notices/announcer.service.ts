import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { RemediationService } from '../../remediation/remediation.service';
import type { ActionView } from '../../remediation/remediation.types';
import { DeliveryService } from '../deliveries/delivery.service';
import { approvalNotice, executionNotice, Subject } from './action-notice';
import { anomalyNotice } from './anomaly-notice';

/** Makes notices of what happened, as it stands when they are made. What is quiet or over by then is not told. */
@Injectable()
export class Announcer {
  constructor(
    private readonly anomalies: AnomalyService,
    private readonly remediation: RemediationService,
    private readonly deliveries: DeliveryService,
  ) {}

  async announceAnomaly(id: number): Promise<void> {
    const anomaly = await this.anomalies.find(id);
    if (anomaly === null || anomaly.suppressedBy !== null || anomaly.inhibitedBy !== null) return;
    if (anomaly.status !== 'open' && anomaly.status !== 'acknowledged') return;
    await this.deliveries.tell(anomalyNotice(anomaly, await this.anomalies.countOpenings(id)));
  }

  /** Where nobody has agreed or refused meanwhile, be it a policy. */
  async announceApproval(actionId: number): Promise<void> {
    const action = await this.remediation.findAction(actionId);
    if (action?.status === 'pending')
      await this.deliveries.tell(approvalNotice(action, await this.subjectOf(action)));
  }

  async announceEnd(actionId: number): Promise<void> {
    const action = await this.remediation.findAction(actionId);
    if (action !== null) await this.deliveries.tell(executionNotice(action, await this.subjectOf(action)));
  }

  private subjectOf({ anomalyId }: ActionView): Promise<Subject | null> {
    return anomalyId === null ? Promise.resolve(null) : this.anomalies.find(anomalyId);
  }
}
