import { Injectable } from '@nestjs/common';

import { SuppressedAnomalyRepository } from './suppressed-anomaly.repository';
import { type ActiveSuppressor, suppressorOf } from './suppression';

const ANOMALIES_A_STATEMENT = 500;

/** Anomalies that stood open when a silence or a window began: they stay open, and say what keeps them quiet. */
@Injectable()
export class SuppressionMarks {
  constructor(private readonly anomalies: SuppressedAnomalyRepository) {}

  /** Marks every active anomaly with what covers it, and takes the mark from those that nothing covers any more. */
  async renew(active: readonly ActiveSuppressor[]): Promise<void> {
    let afterId = 0;
    for (;;) {
      const page = await this.anomalies.listAfter(afterId, ANOMALIES_A_STATEMENT);
      const changed = page.flatMap(({ id, labels, suppressedBy: before }) => {
        const after = suppressorOf(labels, active);
        return after?.kind === before?.kind && after?.id === before?.id ? [] : [{ id, suppressedBy: after }];
      });
      if (changed.length > 0) await this.anomalies.mark(changed);
      if (page.length < ANOMALIES_A_STATEMENT) return;
      afterId = page[page.length - 1].id;
    }
  }
}
