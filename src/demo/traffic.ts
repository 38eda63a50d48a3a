import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

import { Running } from './belongings';
import { nextDueMs, Pace } from './pacing';

const PACE: Pace = { requestsPerSecond: 20, jitterFraction: 0.3 };
const CUSTOMERS = 200;
const TIMEOUT_MS = 10_000;

/** Steady requests to the sample service, as its customers would send them; they do not wait for each other. */
export class Traffic implements Running {
  served = 0;
  failed = 0;
  private timer: NodeJS.Timeout | undefined;
  private readonly agent = new Agent({ keepAlive: true });

  private constructor(private readonly serviceUrl: string) {}

  static start(serviceUrl: string): Traffic {
    const traffic = new Traffic(serviceUrl);
    traffic.plan(performance.now());
    return traffic;
  }

  get requestsPerSecond(): number {
    return PACE.requestsPerSecond;
  }

  stop(): void {
    clearTimeout(this.timer);
    this.agent.destroy();
  }

  private plan(dueMs: number): void {
    this.timer = setTimeout(
      () => {
        this.send();
        this.plan(nextDueMs(PACE, dueMs, performance.now(), Math.random()));
      },
      Math.max(0, dueMs - performance.now()),
    );
  }

  private send(): void {
    const customer = 1 + Math.floor(Math.random() * CUSTOMERS);
    const options = { agent: this.agent, timeout: TIMEOUT_MS };
    const request = get(`${this.serviceUrl}/orders?customer=${customer}`, options, (answer) => {
      if (answer.statusCode === 200) this.served += 1;
      else this.failed += 1;
      answer.resume();
    });
    request.on('timeout', () => request.destroy(new Error('no answer')));
    request.on('error', () => (this.failed += 1));
  }
}
