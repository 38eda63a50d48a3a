import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import { within } from '../common/time/within';

/** Prometheus gives a page ten seconds; one number must not spend them all. */
const READ_LIMIT_MS = 1_000;

/** The product's own metrics: process, HTTP and domain. Every number comes from something that happened. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte in to the answer, by method, route pattern and status',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  observeRequest(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
  }

  /** Requests answered since the start, with the share of 5xx; from the same histogram that /metrics serves. */
  async requestTotals(): Promise<{ count: number; serverErrors: number; seconds: number }> {
    const totals = { count: 0, serverErrors: 0, seconds: 0 };
    for (const { metricName, labels, value } of (await this.requests.get()).values) {
      if (metricName === 'http_request_duration_seconds_count') {
        totals.count += value;
        if (Number(labels.status) >= 500) totals.serverErrors += value;
      } else if (metricName === 'http_request_duration_seconds_sum') totals.seconds += value;
    }
    return totals;
  }

  /**
   * A counter. It stands at zero for every combination of its labels' values that can be known from the start: Prometheus takes the first
   * number that it sees for where counting begins, and would miss an event that brought its own series.
   */
  counter<Label extends string>(
    name: string,
    help: string,
    ...labels: readonly { readonly name: Label; readonly values: readonly string[] }[]
  ): Counter<Label> {
    const labelNames = labels.map((label) => label.name);
    const counter = new Counter<Label>({ name, help, labelNames, registers: [this.registry] });
    const combinations = labels.reduce<readonly string[][]>(
      (known, { values }) => known.flatMap((some) => values.map((value) => [...some, value])),
      [[]],
    );
    for (const combination of combinations) counter.labels(...combination).inc(0);
    return counter;
  }

  /**
   * A gauge that is read when somebody scrapes. One that cannot be read, or not within a second, is left out of the page; so set it in one
   * go, after whatever must be waited for.
   */
  gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: (gauge: Gauge<Label>) => void | Promise<void>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      async collect(this: Gauge<Label>) {
        try {
          await within(Promise.resolve(read(this)), READ_LIMIT_MS);
        } catch {
          // A page without one number beats no page: what could not be read now is left out.
          leaveOut(this);
        }
      },
    });
  }
}

/** Takes a gauge's numbers off the page: nobody knows them at present, and a zero would be a statement. */
export function leaveOut<Label extends string>(gauge: Gauge<Label>): void {
  gauge.reset();
  // One without labels stands at zero after a reset.
  gauge.remove({});
}
