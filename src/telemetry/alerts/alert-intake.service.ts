import { Injectable } from '@nestjs/common';

import { Metrics } from '../../observability/metrics';
import { InvalidAlert } from './alert.errors';
import { alertFingerprint, alertIdentity } from './alert-fingerprint';
import type { IncomingAlert } from './alert-group';
import type { AlertOrigin, AlertReceipt, AlertSignal } from './alert-signal';
import { checkSignal } from './alert-signal-check';
import { AlertWriter } from './alert-writer.service';

/** The one way in for alerts, whatever protocol brought them. */
@Injectable()
export class AlertIntake {
  private readonly received = this.metrics.counter(
    'alerts_received_total',
    'Signals of alerts, by what became of them',
    { name: 'source', values: [] },
    { name: 'outcome', values: [] },
  );

  constructor(
    private readonly writer: AlertWriter,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Stores signals durably; when this returns, every one that an alert can be made of has committed. The others come back as refusals.
   * Throws AlertsOverloaded (503 with Retry-After) where too much waits already; then none is stored.
   */
  async receive(signals: readonly AlertSignal[], origin: AlertOrigin): Promise<AlertReceipt> {
    const alerts: IncomingAlert[] = [];
    const refusals: { index: number; message: string }[] = [];
    signals.forEach((told, index) => {
      try {
        const signal = checkSignal(told);
        alerts.push({
          identity: alertIdentity(signal.labels),
          fingerprint: alertFingerprint(signal.labels),
          signal,
          origin,
          toldCount: 1,
        });
      } catch (error) {
        if (!(error instanceof InvalidAlert)) throw error;
        refusals.push({ index, message: error.message });
      }
    });
    if (alerts.length > 0) await this.writer.write(alerts);
    this.count(origin.source, 'stored', alerts.length);
    this.count(origin.source, 'refused', refusals.length);
    return { stored: alerts.length, refusals };
  }

  private count(source: string, outcome: 'stored' | 'refused', count: number): void {
    if (count > 0) this.received.inc({ source, outcome }, count);
  }
}
