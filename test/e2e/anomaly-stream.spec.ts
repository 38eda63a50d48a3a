import { get, IncomingMessage } from 'node:http';

import { eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const base = { title: 't', description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };

/** A reader of server-sent events that remembers what it got. */
class StreamReader {
  readonly events: {
    id: string;
    event: string;
    data: { anomaly_id: number; anomaly: { status: string } };
  }[] = [];
  isClosed = false;
  status = 0;
  private text = '';
  private response: IncomingMessage | null = null;

  static async open(url: string, token: string, lastEventId?: string): Promise<StreamReader> {
    const reader = new StreamReader();
    await new Promise<void>((resolve, reject) => {
      get(
        `${url}/api/anomalies/stream`,
        {
          headers: { authorization: `Bearer ${token}`, ...(lastEventId && { 'last-event-id': lastEventId }) },
        },
        (response) => {
          reader.response = response;
          reader.status = response.statusCode ?? 0;
          response.setEncoding('utf8').on('data', (chunk: string) => reader.take(chunk));
          response.on('close', () => (reader.isClosed = true));
          response.once('data', () => resolve());
        },
      ).on('error', reject);
    });
    return reader;
  }

  close(): void {
    this.response?.destroy();
  }

  private take(chunk: string): void {
    this.text += chunk;
    for (let end = this.text.indexOf('\n\n'); end !== -1; end = this.text.indexOf('\n\n')) {
      const block = this.text.slice(0, end);
      this.text = this.text.slice(end + 2);
      const fields = Object.fromEntries(
        block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if (fields.event !== undefined)
        this.events.push({ id: fields.id, event: fields.event, data: JSON.parse(fields.data) });
    }
  }
}

describe('the live stream of anomalies', () => {
  let database: TestDatabase;
  let one: TestApp;
  let two: TestApp;
  let url: string;
  let token: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    one = await TestApp.start({}, database);
    two = await TestApp.start({}, database);
    url = await one.listen();
    token = await one.tokenOf('admin');
  });
  afterAll(async () => {
    await one.stop();
    await two.stop();
    await database.drop();
  });

  it('shows what any process does, in order, each event once', async () => {
    const reader = await StreamReader.open(url, token);
    const { body } = await two.post('/api/anomalies', base);
    const { id } = body.data.anomaly;
    await one.post(`/api/anomalies/${id}/acknowledge`);
    await two.post(`/api/anomalies/${id}/resolve`);
    await eventually(
      () => reader.events.length,
      (count) => count >= 3,
    );
    expect(reader.events.map(({ event }) => event)).toEqual([
      'anomaly.opened',
      'anomaly.acknowledged',
      'anomaly.resolved',
    ]);
    expect(reader.events[2].data).toMatchObject({ anomaly_id: id, anomaly: { status: 'resolved' } });
    reader.close();
  });

  it('resumes after the last event that a reader had, on another process too, losing and repeating nothing', async () => {
    const reader = await StreamReader.open(url, token);
    await one.post('/api/anomalies', { ...base, title: 'before' });
    await eventually(
      () => reader.events.length,
      (count) => count === 1,
    );
    reader.close();
    const writes = Array.from({ length: 30 }, (_, n) =>
      (n % 2 === 0 ? one : two).post('/api/anomalies', { ...base, title: `missed ${n}` }),
    );
    const made = await Promise.all(writes);
    const again = await StreamReader.open(await two.listen(), token, reader.events[0].id);
    await eventually(
      () => again.events.length,
      (count) => count >= 30,
    );
    const got = again.events.map(({ data }) => data.anomaly_id).sort((a, b) => a - b);
    expect(got).toEqual(made.map(({ body }) => body.data.anomaly.id as number).sort((a, b) => a - b));
    again.close();
  });

  it('refuses a Last-Event-ID that is none of its own', async () => {
    expect(
      (await one.get('/api/anomalies/stream', { headers: { 'last-event-id': "1' OR 1=1" } })).status,
    ).toBe(400);
  });

  it('ends its streams when the process stops, so that stopping never waits for a reader', async () => {
    const third = await TestApp.start({}, database);
    const reader = await StreamReader.open(await third.listen(), token);
    await third.stop();
    await eventually(() => reader.isClosed);
  });
});
