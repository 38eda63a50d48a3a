import { Injectable } from '@nestjs/common';

import { AnomalyMarks } from '../anomaly-marks.service';
import { type ActiveSuppressor, suppressorOf } from './suppression';

/** Anomalies that stood open when a silence or a window began: they stay open, and say what keeps them quiet. */
@Injectable()
export class SuppressionMarks {
  constructor(private readonly marks: AnomalyMarks) {}

  /** Marks every active anomaly with what covers it, and takes the mark from those that nothing covers any more. */
  async renew(active: readonly ActiveSuppressor[]): Promise<void> {
    const changed = (await this.marks.listActive()).flatMap(({ id, labels, suppressedBy: before }) => {
      const after = suppressorOf(labels, active);
      return after?.kind === before?.kind && after?.id === before?.id ? [] : [{ id, by: after }];
    });
    await this.marks.set('suppressed_by', changed);
  }
}
