import { setTimeout as delay } from 'node:timers/promises';

import type { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';

const PAUSE_MS = 100;
/** Fewer than make a storm of a minute. */
const INCIDENTS = 40;

const ACTION = {
  action_type: 'restart_service',
  action_name: 'Restart',
  description: 'asked for while much arrives',
};

interface Verb {
  readonly name: string;
  readonly call: (n: number) => Promise<number>;
}

/** What people do while machines storm: one request after the other of each kind, about ten a second. */
export class ControlRequests {
  readonly latenciesMs: number[] = [];
  /** Of those, what lets remediation begin and what stops it (I19). */
  readonly remediationMs: Readonly<Record<'approve' | 'cancel' | 'freeze', number[]>> = {
    approve: [],
    cancel: [],
    freeze: [],
  };
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
    for (const latenciesMs of Object.values(this.remediationMs)) latenciesMs.length = 0;
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
      { name: 'approve and cancel action', call: () => this.approveAndCancel() },
      {
        name: 'freeze remediation',
        call: async () => {
          const status = await this.timed('freeze', '/api/remediation/freeze', {
            reason: 'too much arrives',
          });
          return Math.max(status, await this.status('/api/remediation/unfreeze', 'POST', {}));
        },
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

  /** Of an action that is made for it; the worst status of the three. */
  private async approveAndCancel(): Promise<number> {
    const made = await this.server.fetch('/api/remediation/actions', { method: 'POST', body: ACTION });
    if (made.status !== 201) return made.status;
    const path = `/api/remediation/actions/${made.body.data.remediation_action.id}`;
    const approved = await this.timed('approve', `${path}/approve`);
    return Math.max(approved, await this.timed('cancel', `${path}/cancel`));
  }

  private async timed(
    verb: keyof ControlRequests['remediationMs'],
    path: string,
    body: object = {},
  ): Promise<number> {
    const start = performance.now();
    const status = await this.status(path, 'POST', body);
    this.remediationMs[verb].push(performance.now() - start);
    return status;
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
