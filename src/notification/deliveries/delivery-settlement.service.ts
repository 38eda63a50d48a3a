import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Clock } from '../../common/time/clock';
import { Database } from '../../database/database';
import { Log } from '../../observability/log';
import { EndpointRepository } from '../endpoints/endpoint.repository';
import { pauseMs } from './breaker';
import { ClaimedDelivery, DeliveryRepository } from './delivery.repository';
import { DeliveryMetrics, type DeliveryOutcome } from './delivery-metrics.service';
import { AttemptEnd, decideRetry, RetryDecision } from './retry-decision';

const OUTCOMES = {
  delivered: 'delivered',
  give_up: 'refused',
  disable: 'refused',
} as const satisfies Record<Exclude<RetryDecision['kind'], 'retry'>, DeliveryOutcome>;

/** What an attempt means for its delivery and for its endpoint. */
@Injectable()
export class DeliverySettlement {
  constructor(
    private readonly deliveries: DeliveryRepository,
    private readonly endpoints: EndpointRepository,
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly metrics: DeliveryMetrics,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** All in one transaction; nothing where the delivery is another worker's by now. */
  async settle(claimed: ClaimedDelivery, end: AttemptEnd, durationMs: number): Promise<void> {
    const decision = decideRetry(end, claimed.attemptInRow, Math.random(), this.clock.now());
    const error = decision.kind === 'delivered' ? decision.but : decision.reason;
    const settled = await this.database.run(async () => {
      if (!(await this.settleDelivery(claimed, decision))) return null;
      await this.deliveries.record(claimed, { durationMs, status: statusOf(end), error });
      return this.settleEndpoint(claimed.endpointId, decision);
    });
    if (settled === null) return;
    this.metrics.countAttempt(claimed.kind, decision.kind === 'delivered' ? 'delivered' : 'failed');
    if (decision.kind !== 'retry') this.metrics.countEnd(claimed.kind, OUTCOMES[decision.kind]);
    this.metrics.countEnd(claimed.kind, 'abandoned', settled.abandoned);
    if (decision.kind === 'give_up' || decision.kind === 'disable')
      this.log.warn(
        { delivery: claimed.id, endpoint: claimed.endpointId, reason: decision.reason },
        'a notification could not be delivered',
      );
  }

  private settleDelivery(claimed: ClaimedDelivery, decision: RetryDecision): Promise<boolean> {
    switch (decision.kind) {
      case 'delivered':
        return this.deliveries.end(claimed, 'delivered', decision.but);
      case 'retry':
        return this.deliveries.postpone(claimed, decision.afterMs, decision.reason);
      case 'give_up':
      case 'disable':
        return this.deliveries.end(claimed, 'failed', decision.reason);
    }
  }

  /** Returns how many other deliveries end with this one. */
  private async settleEndpoint(endpointId: number, decision: RetryDecision): Promise<{ abandoned: number }> {
    // An endpoint that refuses a message works.
    if (decision.kind === 'delivered' || decision.kind === 'give_up') {
      await this.endpoints.noteSuccess(endpointId);
      return { abandoned: 0 };
    }
    const endpoint = await this.endpoints.lock(endpointId);
    if (endpoint === null) return { abandoned: 0 };
    if (decision.kind === 'retry') {
      const failures = endpoint.failures + 1;
      await this.endpoints.noteFailures(endpointId, failures, pauseMs(failures));
      return { abandoned: 0 };
    }
    return { abandoned: endpoint.isEnabled ? await this.switchOff(endpointId, decision.reason) : 0 };
  }

  /** Returns how many deliveries are given up with it. */
  private async switchOff(endpointId: number, reason: string): Promise<number> {
    await this.endpoints.switchOff(endpointId, reason);
    const abandoned = await this.deliveries.abandon(endpointId, reason);
    await this.audit.record({
      action: 'notification_endpoint.switched_off',
      subjectType: 'notification_endpoint',
      subjectId: endpointId,
      after: { is_enabled: false, reason },
    });
    return abandoned;
  }
}

function statusOf(end: AttemptEnd): number | null {
  if (end.kind === 'answered') return end.status;
  return end.kind === 'replied' ? end.code : null;
}
