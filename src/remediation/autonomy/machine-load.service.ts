import { Injectable } from '@nestjs/common';

import { TelemetryService } from '../../telemetry/telemetry.service';
import { type AnomalyRecord, factsOf } from '../policy/anomaly-facts';

/** What an anomaly may have measured of the processors, in percent; the contract's name first. */
const OWN_METRICS = ['cpu_usage_avg', 'cpu_usage_percent', 'cpu_usage', 'host_cpu_usage_percent'] as const;
/** What the product measures of each host that it runs on. */
const HOST_METRIC = 'host_cpu_usage_percent';
/** An older sample says nothing of now. */
const FRESH_SECONDS = 300;

/** How busy the machine is that something is done for. */
@Injectable()
export class MachineLoad {
  constructor(private readonly telemetry: TelemetryService) {}

  /**
   * Percent of the processors: what the anomaly says of its machine, else what is measured of the host in its labels, else of the busiest host
   * that is measured at all; null where nobody knows.
   */
  async of(anomaly: AnomalyRecord): Promise<number | null> {
    const { metrics, labels } = factsOf(anomaly);
    const own = OWN_METRICS.find((name) => metrics[name] !== undefined);
    if (own !== undefined) return metrics[own];
    const onHost = labels.host === undefined ? [] : await this.measured({ host: labels.host });
    const known = onHost.length > 0 ? onHost : await this.measured({});
    return known.length === 0 ? null : Math.max(...known);
  }

  private measured(labels: Readonly<Record<string, string>>): Promise<number[]> {
    return this.telemetry.latestValues(HOST_METRIC, labels, FRESH_SECONDS);
  }
}
