import { setTimeout as delay } from 'node:timers/promises';

import type { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';

const PAUSE_MS = 100;
const INCIDENTS = 100;

interface Verb {
  readonly name: string;
  readonly call: (n: number) => Promise<number>;
}

/** What people do while machines storm: one request after the other of each kind, about ten a second. */
export class ControlRequests {
  readonly latenciesMs: number[] = [];
  /** Answers that were no success, in words. */
  readonly failures: string[] = [];
  private isStopped = false;
  private running: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly server: ServerProcess,
    private readonly anomalyId: number,
    private readonly userId: number,
    private readonly incidents: readonly number[],
  ) {}

  /** Makes what the requests are about. */
  static async prepare(server: ServerProcess): Promise<ControlRequests> {
    const anomaly = await server.fetch('/api/anomalies', { method: 'POST', body: anomalyOf('watched') });
    const user = await server.fetch('/api/auth/users', {
      method: 'POST',
      body: {
        username: 'on-duty',
        email: 'on-duty@example.org',
        password: 'Correct-horse-9',
        role: 'viewer',
      },
    });
    return new ControlRequests(
      server,
      anomaly.body.data.anomaly.id as number,
      user.body.data.user.id as number,
      await openIncidents(server),
    );
  }

  start(): void {
    this.isStopped = false;
    this.latenciesMs.length = 0;
    this.running = Promise.all(this.verbs().map((verb) => this.repeat(verb)));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.running;
  }

  private verbs(): Verb[] {
    const { anomalyId, userId, incidents } = this;
    return [
      { name: 'GET anomaly', call: () => this.status(`/api/anomalies/${anomalyId}`) },
      {
        name: 'POST silence',
        call: (n) => this.status('/api/v2/silences', 'POST', silenceOf(n)),
      },
      {
        name: 'acknowledge incident',
        call: (n) =>
          n < incidents.length
            ? this.status(`/api/incidents/${incidents[n]}/acknowledge`, 'POST', {})
            : this.status(`/api/incidents/${incidents[n % incidents.length]}`),
      },
      {
        name: 'PUT user',
        call: (n) =>
          this.status(`/api/auth/users/${userId}`, 'PUT', { role: n % 2 === 0 ? 'viewer' : 'analyst' }),
      },
    ];
  }

  private async repeat({ name, call }: Verb): Promise<void> {
    for (let n = 0; !this.isStopped; n += 1) {
      const status = await call(n).catch(String);
      if (typeof status === 'string' || status >= 300) this.failures.push(`${name}: ${status}`);
      await delay(PAUSE_MS);
    }
  }

  private async status(path: string, method = 'GET', body?: object): Promise<number> {
    const start = performance.now();
    const { status } = await this.server.fetch(path, { method, body });
    this.latenciesMs.push(performance.now() - start);
    return status;
  }
}

/** Incidents of alerts that share nothing. */
async function openIncidents(server: ServerProcess): Promise<number[]> {
  const alerts = Array.from({ length: INCIDENTS }, (_, n) => ({
    labels: { alertname: 'Trouble', service: `service-${n}` },
  }));
  await server.fetch('/api/v2/alerts', { method: 'POST', body: alerts });
  const list = async (): Promise<number[]> => {
    const { body } = await server.fetch(`/api/incidents?per_page=${INCIDENTS}`);
    return (body.data.incidents as { id: number }[]).map(({ id }) => id);
  };
  return eventually(list, ({ length }) => length === INCIDENTS, 30_000);
}

function anomalyOf(title: string): object {
  return {
    title,
    description: 'told while much arrives',
    severity: 'low',
    anomaly_score: 0.5,
    confidence: 0.5,
  };
}

function silenceOf(n: number): object {
  return {
    matchers: [{ name: 'alertname', value: `Quiet${n}`, isRegex: false, isEqual: true }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'on-duty',
    comment: 'while much arrives',
  };
}
