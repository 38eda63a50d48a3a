import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Log } from '../../observability/log';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { pauseMs } from './breaker';
import { ClaimedDelivery, DeliveryRepository } from './delivery.repository';
import { AttemptEnd, decideRetry, RetryDecision } from './retry-decision';

/** What an attempt means for its delivery and for its endpoint. */
@Injectable()
export class DeliverySettlement {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** All in one transaction; nothing where the delivery is another worker's by now. */
  async settle(claimed: ClaimedDelivery, end: AttemptEnd, durationMs: number): Promise<void> {
    const decision = decideRetry(end, claimed.attemptInRow, Math.random(), this.clock.now());
    const error = decision.kind === 'delivered' ? null : decision.reason;
    await this.database.run(async () => {
      if (!(await this.settleDelivery(claimed, decision))) return;
      const status = end.kind === 'answered' ? end.status : null;
      await this.deliveries.record(claimed, { durationMs, status, error });
      await this.settleEndpoint(claimed.endpointId, decision);
    });
    if (decision.kind === 'give_up' || decision.kind === 'disable')
      this.log.warn(
        { delivery: claimed.id, endpoint: claimed.endpointId, reason: decision.reason },
        'a notification could not be delivered',
      );
  }

  private settleDelivery(claimed: ClaimedDelivery, decision: RetryDecision): Promise<boolean> {
    switch (decision.kind) {
      case 'delivered':
        return this.deliveries.end(claimed, 'delivered', null);
      case 'retry':
        return this.deliveries.postpone(claimed, decision.afterMs, decision.reason);
      case 'give_up':
      case 'disable':
        return this.deliveries.end(claimed, 'failed', decision.reason);
    }
  }

  private async settleEndpoint(endpointId: number, decision: RetryDecision): Promise<void> {
    // An endpoint that refuses a message works.
    if (decision.kind === 'delivered' || decision.kind === 'give_up')
      return this.endpoints.noteSuccess(endpointId);
    const endpoint = await this.endpoints.lock(endpointId);
    if (endpoint === null) return;
    if (decision.kind === 'retry') {
      const failures = endpoint.failures + 1;
      return this.endpoints.noteFailures(endpointId, failures, pauseMs(failures));
    }
    if (!endpoint.isEnabled) return;
    await this.endpoints.switchOff(endpointId, decision.reason);
    await this.deliveries.abandon(endpointId, decision.reason);
    await this.audit.record({
      action: 'notification_endpoint.switched_off',
      subjectType: 'notification_endpoint',
      subjectId: endpointId,
      after: { is_enabled: false, reason: decision.reason },
    });
  }
}
