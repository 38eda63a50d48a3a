import { RecordingTarget } from './recording-target';
import { eventually, TestApp } from './test-app';
import { createTestDatabase, TestDatabase } from './test-database';

export const ENDPOINTS = '/api/notifications/endpoints';
const DELIVERIES = '/api/notifications/deliveries';

/** The title of what only shows that all before it was told. */
const WITNESS = 'witness';

/** A message as a webhook was sent it. */
export interface ToldMessage {
  readonly id: string;
  readonly type: string;
  readonly data: any;
}

/** The members of a webhook that is told of anomalies, which come one by one. */
export function webhookMembers(receiver: RecordingTarget, name: string, more: object = {}): object {
  return {
    name,
    kind: 'webhook',
    url: receiver.origin,
    secrets: { signing_secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` },
    ...more,
  };
}

/** What a receiver was sent, in its order; one that was sent twice under one id counts once. */
export function messagesOf({ requests }: RecordingTarget): ToldMessage[] {
  const byId = new Map<string, ToldMessage>();
  for (const { body, headers } of requests) {
    const id = String(headers['webhook-id']);
    byId.set(id, { id, ...(JSON.parse(body) as Omit<ToldMessage, 'id'>) });
  }
  return [...byId.values()];
}

/** Two servers on one database, and somebody who is told. */
export class NotificationBench {
  receiver: RecordingTarget;
  private named = 0;

  private constructor(
    readonly database: TestDatabase,
    readonly one: TestApp,
    readonly two: TestApp,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<NotificationBench> {
    const database = await createTestDatabase();
    const one = await TestApp.start(environment, database);
    const two = await TestApp.start(environment, database);
    return new NotificationBench(database, one, two);
  }

  async stop(): Promise<void> {
    await this.one.stop();
    await this.two.stop();
    await this.database.drop();
  }

  async openReceiver(): Promise<void> {
    this.receiver = await RecordingTarget.start();
    await this.one.post('/api/admin/egress', { url: this.receiver.origin, allow_private: true });
  }

  async closeReceiver(): Promise<void> {
    const { body } = await this.one.get(`${ENDPOINTS}?per_page=100`);
    for (const { id } of body.data.endpoints) await this.one.delete(`${ENDPOINTS}/${id}`);
    await this.receiver.stop();
  }

  async add(more: object = {}): Promise<any> {
    const members = webhookMembers(this.receiver, `endpoint ${(this.named += 1)}`, more);
    const made = await this.one.post(ENDPOINTS, members);
    if (made.status !== 201) throw new Error(made.text);
    return made.body.data.endpoint;
  }

  /** An anomaly without labels, which belongs to no incident. */
  async report(more: object = {}): Promise<number> {
    const made = await this.one.post('/api/anomalies', {
      title: 'Latency is up',
      description: 'p99 over a second',
      severity: 'high',
      anomaly_score: 0.7,
      confidence: 0.9,
      ...more,
    });
    if (made.status !== 201) throw new Error(made.text);
    return made.body.data.anomaly.id;
  }

  /** Alerts fire, one for each set of labels. */
  async fire(...labels: Record<string, string>[]): Promise<void> {
    const answer = await this.one.post(
      '/api/v2/alerts',
      labels.map((each) => ({ labels: { severity: 'warning', ...each } })),
    );
    if (answer.status !== 200) throw new Error(answer.text);
  }

  async incidentOf(service: string, holds: (incident: any) => boolean = Boolean): Promise<any> {
    return eventually(async () => {
      const { body } = await this.one.get(`/api/incidents?search=${service}`);
      return body.data.incidents[0];
    }, holds);
  }

  told(type?: string): ToldMessage[] {
    return messagesOf(this.receiver).filter(
      (message) => (type === undefined || message.type === type) && message.data.title !== WITNESS,
    );
  }

  async deliveriesOf({ id }: { id: number }): Promise<any[]> {
    return (await this.one.get(`${DELIVERIES}?endpoint_id=${id}&per_page=100`)).body.data.deliveries;
  }

  /** Waits until all that happened until now has been told: somebody without wishes hears of a last anomaly. */
  async settled(): Promise<void> {
    const witness = await this.add({ events: ['anomaly_detected'], minimum_severity: 'critical' });
    await this.report({ severity: 'critical', title: WITNESS });
    await eventually(async () =>
      (await this.deliveriesOf(witness)).some(({ state }) => state === 'delivered'),
    );
    await eventually(async () => {
      const [{ left }] = await this.database.query<{ left: string }>(
        `SELECT count(*) AS left FROM jobs.job WHERE name LIKE '%.notification' AND state <> 'completed'`,
      );
      return Number(left) === 0;
    });
    await this.one.delete(`${ENDPOINTS}/${witness.id}`);
  }
}
