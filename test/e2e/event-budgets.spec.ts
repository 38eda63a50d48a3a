import { EventBudgetRepository } from '../../src/telemetry/integrations/event-budget.repository';
import { EventSenders } from '../../src/telemetry/integrations/event-senders.service';
import { Answer, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';

const WEBHOOK = '/api/alerts/webhook/alertmanager';

describe('the budgets of senders', () => {
  let database: TestDatabase;
  let servers: TestApp[];
  let senders = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    servers = [await TestApp.start({}, database), await TestApp.start({}, database)];
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await database.drop();
  });

  const plugIn = async (eventsPer5Minutes: number): Promise<{ id: number; key: string }> => {
    const { body } = await servers[0].post('/api/integrations', {
      name: `sender ${++senders}`,
      kind: 'alertmanager_webhook',
      events_per_5_minutes: eventsPer5Minutes,
    });
    return { id: body.data.integration.id as number, key: body.data.key as string };
  };
  const send = (server: TestApp, key: string, alertname = 'Flood'): Promise<Answer> =>
    server.post(
      WEBHOOK,
      {
        version: '4',
        status: 'firing',
        alerts: [{ status: 'firing', labels: { alertname }, annotations: {} }],
      },
      { token: key },
    );
  const taken = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;
  /** As after so many seconds in which nothing was sent. */
  const age = (seconds: number): Promise<object[]> =>
    database.query(`UPDATE event_budgets SET whole_at = whole_at - make_interval(secs => $1)`, [seconds]);

  it('hold over all processes, exactly, however they are stormed', async () => {
    const { key } = await plugIn(20);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => send(servers[n % 2], key)));
    expect(taken(answers)).toBe(20);
    const refused = answers.filter(({ status }) => status !== 200);
    expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([503]));
    // One event in fifteen seconds is earned.
    for (const { headers } of refused) {
      expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
      expect(Number(headers['retry-after'])).toBeLessThanOrEqual(15);
    }
  });

  it('count at one process what was sent to another before', async () => {
    const { key } = await plugIn(6);
    for (let n = 0; n < 6; n += 1) expect((await send(servers[0], key)).status).toBe(200);
    expect((await send(servers[1], key)).status).toBe(503);
  });

  it('are earned again evenly, and never beyond what they are', async () => {
    const { key } = await plugIn(10);
    const flood = (server: TestApp) => Promise.all(Array.from({ length: 20 }, () => send(server, key)));
    expect(taken(await flood(servers[0]))).toBe(10);
    await age(90);
    expect(taken(await flood(servers[1]))).toBe(3);
    await age(86_400);
    // Another budget, so that no process remembers how long this one was to wait.
    await database.query(`UPDATE integrations SET events_per_5_minutes = 11 WHERE events_per_5_minutes = 10`);
    for (const server of servers) server.app.get(EventSenders, { strict: false }).forgetAll();
    expect(taken(await flood(servers[0]))).toBe(11);
  });

  it('of one sender are none of another’s', async () => {
    const [one, other] = [await plugIn(1), await plugIn(1)];
    expect((await send(servers[0], one.key)).status).toBe(200);
    expect((await send(servers[0], one.key)).status).toBe(503);
    expect((await send(servers[1], other.key)).status).toBe(200);
  });

  it('come back at once where the database’s clock was set back', async () => {
    const { key } = await plugIn(1);
    await send(servers[0], key);
    await age(-86_400);
    await servers[1].app.get(EventBudgetRepository, { strict: false }).purge(100);
    const { headers } = await send(servers[1], key);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(300);
  });

  it('are forgotten once they are whole', async () => {
    await plugIn(5).then(({ key }) => send(servers[0], key));
    await age(3 * 86_400);
    await servers[0].app.get(EventBudgetRepository, { strict: false }).purge(100);
    expect(await database.query('SELECT FROM event_budgets')).toEqual([]);
  });
});
