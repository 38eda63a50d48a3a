import { ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../src/config/version';
import type { FloodOrder, FloodReport } from './flood';
import { NumberedRequests } from './numbered-requests';

const PROGRAM = join(PROJECT_ROOT, 'dist', 'test', 'torture', 'flood.js');

/** Sends floods from a process beside us, and remembers what was promised to it. */
export class FloodProcess {
  readonly acknowledged: number[] = [];
  readonly requests: NumberedRequests;
  private readonly child: ChildProcess = fork(PROGRAM);
  private nextNumber = 0;

  constructor(
    private readonly key: string,
    private readonly sinceMs: number,
  ) {
    this.requests = new NumberedRequests(sinceMs, key);
  }

  /** Sends a flood to a server and returns what came of it, once all of it is answered. */
  async send(
    url: string,
    order: Pick<FloodOrder, 'ratePerSecond' | 'connections' | 'seconds'>,
  ): Promise<FloodReport> {
    const { key, sinceMs, nextNumber: firstNumber } = this;
    const whole: FloodOrder = { ...order, port: Number(new URL(url).port), key, sinceMs, firstNumber };
    this.child.send(whole);
    const [report] = (await once(this.child, 'message')) as [FloodReport];
    this.nextNumber = report.nextNumber;
    for (const number of report.acknowledged) this.acknowledged.push(number);
    return report;
  }

  async stop(): Promise<void> {
    if (!this.child.connected) return;
    this.child.disconnect();
    await once(this.child, 'exit');
  }
}
