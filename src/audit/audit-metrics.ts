import { Injectable } from '@nestjs/common';

import { Metrics } from '../observability/metrics';
import { AuditCheckpoints } from './audit-checkpoints';
import { AuditVerifier } from './audit-verifier';

/** What an operator watches of the audit log: that it is sealed, and that it holds. */
@Injectable()
export class AuditMetrics {
  constructor(metrics: Metrics, verifier: AuditVerifier, checkpoints: AuditCheckpoints) {
    metrics.gauge(
      'audit_unsealed_rows',
      'Committed audit rows without their place in the chain; more than a moment above zero means that nobody seals',
      [],
      async (gauge) => gauge.set((await verifier.unsealedTail()).count),
    );
    metrics.gauge(
      'audit_chain_intact',
      'Whether the audit chain follows from its last checkpoint, as the process that seals sees it',
      [],
      (gauge) => gauge.set(checkpoints.isIntact ? 1 : 0),
    );
  }
}
