import { Injectable } from '@nestjs/common';

import { Metrics } from '../../observability/metrics';
import { ENDPOINT_KINDS, type EndpointKind } from '../notices/message';

/** What deliveries end as; all but the first were given up, and nobody was told. */
const OUTCOMES = ['delivered', 'refused', 'expired', 'abandoned'] as const;
export type DeliveryOutcome = (typeof OUTCOMES)[number];

const ATTEMPT_OUTCOMES = ['delivered', 'failed'] as const;

/** What /metrics says of notifications. */
@Injectable()
export class DeliveryMetrics {
  private readonly attempts = this.metrics.counter(
    'notification_attempts_total',
    'Attempts to tell somebody, by kind of endpoint and what came of them; one that failed may be made again',
    { name: 'kind', values: ENDPOINT_KINDS },
    { name: 'outcome', values: ATTEMPT_OUTCOMES },
  );
  private readonly ended = this.metrics.counter(
    'notification_deliveries_total',
    'Deliveries of notifications that ended, by kind of endpoint: delivered, or given up since the endpoint refused them, ' +
      'a day went by (expired) or the endpoint was gone (abandoned)',
    { name: 'kind', values: ENDPOINT_KINDS },
    { name: 'outcome', values: OUTCOMES },
  );

  constructor(private readonly metrics: Metrics) {}

  countAttempt(kind: EndpointKind, outcome: (typeof ATTEMPT_OUTCOMES)[number]): void {
    this.attempts.inc({ kind, outcome });
  }

  countEnd(kind: EndpointKind, outcome: DeliveryOutcome, count = 1): void {
    this.ended.inc({ kind, outcome }, count);
  }
}
