import { Client } from 'pg';

import { AuditService } from '../../src/audit/audit.service';
import { Database } from '../../src/database/database';
import { IdempotencyRepository } from '../../src/database/idempotency.repository';
import { operationsOf, titleOf } from '../../src/docs/api-document';
import { RetentionService } from '../../src/retention/retention.service';
import { ServerProcess } from '../support/server-process';
import { ADMIN_PASSWORD, Answer, eventually, TestApp } from '../support/test-app';
import { createTestDatabase, TestDatabase } from '../support/test-database';
import { raceSameKey } from '../torture/race-same-key';

const ANOMALIES = '/api/anomalies';
const LONG_KEY = 'x'.repeat(256);

const anomaly = (title: string) => ({
  title,
  description: 'd',
  severity: 'low',
  anomaly_score: 0.5,
  confidence: 0.5,
});
const keyed = (key: string) => ({ headers: { 'idempotency-key': key } });

/** Routes that heed no key: their answer is a secret, or they take samples in. */
const EXEMPT = [
  'POST /api/alerts/cloudevents',
  'POST /api/alerts/json',
  'POST /api/alerts/webhook/alertmanager',
  'POST /api/alerts/webhook/grafana',
  'POST /api/auth/change-password',
  'POST /api/auth/keys',
  'POST /api/auth/login',
  'POST /api/auth/refresh',
  'POST /api/heartbeats/{name}/beat',
  'POST /api/integrations',
  'POST /api/integrations/{id}/key',
  'POST /api/remediation/targets/{id}/check',
  'POST /api/telemetry/imports',
  'POST /api/telemetry/samples',
  'POST /api/v1/otlp/v1/metrics',
  'POST /api/v1/write',
  'POST /api/v2/alerts',
  'POST /v1/metrics',
  'POST /v2/change/enqueue',
  'POST /v2/enqueue',
];

describe('a request that is sent again', () => {
  let database: TestDatabase;
  let one: TestApp;
  let two: TestApp;

  beforeAll(async () => {
    database = await createTestDatabase();
    one = await TestApp.start({}, database);
    two = await TestApp.start({}, database);
    await Promise.all([one.tokenOf('admin'), two.tokenOf('admin')]);
  });
  afterAll(async () => {
    await one?.stop();
    await two?.stop();
    await database?.drop();
  });

  const post = (title: string, key: string, server = one): Promise<Answer> =>
    server.post(ANOMALIES, anomaly(title), keyed(key));
  const count = async (table: string, condition: string, value: unknown): Promise<number> =>
    Number(
      (
        await database.query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE ${condition}`, [value])
      )[0].n,
    );
  const countTitled = (title: string): Promise<number> => count('anomalies', 'title = $1', title);
  const isReplayed = ({ headers }: Answer): boolean => headers['idempotency-replayed'] === 'true';
  const makeAnomaly = async (title: string): Promise<number> =>
    (await one.post(ANOMALIES, anomaly(title))).body.data.anomaly.id as number;

  it('gets the first answer, and changes nothing', async () => {
    const first = await post('twice', 'key-twice');
    const second = await post('twice', 'key-twice');
    expect([first.status, isReplayed(first)]).toEqual([201, false]);
    expect([second.status, isReplayed(second)]).toEqual([201, true]);
    expect(second.text).toBe(first.text);
    const { id } = first.body.data.anomaly as { id: number };
    expect(await countTitled('twice')).toBe(1);
    expect(await count('anomaly_history', 'anomaly_id = $1', id)).toBe(1);
    expect(await count('audit_log', `action = 'anomaly.created' AND subject_id = $1`, String(id))).toBe(1);
  });

  it('gets it with the headers that belong to it', async () => {
    const id = await makeAnomaly('with a version');
    const first = await one.post(`${ANOMALIES}/${id}/acknowledge`, {}, keyed('key-etag'));
    const second = await one.post(`${ANOMALIES}/${id}/acknowledge`, {}, keyed('key-etag'));
    expect(first.headers.etag).toMatch(/^"\d+"$/);
    expect([second.text, second.headers.etag, isReplayed(second)]).toEqual([
      first.text,
      first.headers.etag,
      true,
    ]);
  });

  it('gets it from another process, and after all of them were started anew', async () => {
    const first = await post('elsewhere', 'key-elsewhere');
    expect((await post('elsewhere', 'key-elsewhere', two)).text).toBe(first.text);
    const later = await TestApp.start({}, database);
    try {
      const again = await post('elsewhere', 'key-elsewhere', later);
      expect([again.text, isReplayed(again)]).toEqual([first.text, true]);
    } finally {
      await later.stop();
    }
    expect(await countTitled('elsewhere')).toBe(1);
  });

  it('is the same whatever the order of its members', async () => {
    await post('ordered', 'key-ordered');
    const reversed = Object.fromEntries(Object.entries(anomaly('ordered')).reverse());
    expect(isReplayed(await one.post(ANOMALIES, reversed, keyed('key-ordered')))).toBe(true);
  });

  it('is refused with 422 where it is another request', async () => {
    await post('mine', 'key-other');
    const other = await post('not mine', 'key-other');
    expect([other.status, other.body.code]).toEqual([422, 'idempotency/key-reused']);
    expect(await countTitled('not mine')).toBe(0);

    const [a, b] = [await makeAnomaly('record a'), await makeAnomaly('record b')];
    await one.post(`${ANOMALIES}/${a}/acknowledge`, {}, keyed('key-record'));
    expect((await one.post(`${ANOMALIES}/${b}/acknowledge`, {}, keyed('key-record'))).status).toBe(422);
    expect((await one.post(`${ANOMALIES}?x=1`, anomaly('mine'), keyed('key-other'))).status).toBe(422);
  });

  it('is another one for another caller and on another route', async () => {
    const token = await one.tokenOf('analyst');
    const [mine, theirs] = [
      await post('shared key', 'key-shared'),
      await one.post(ANOMALIES, anomaly('shared key'), { ...keyed('key-shared'), token }),
    ];
    expect([mine.status, theirs.status, isReplayed(theirs)]).toEqual([201, 201, false]);
    expect(theirs.body.data.anomaly.id).not.toBe(mine.body.data.anomaly.id);
    const batch = await one.post(
      `${ANOMALIES}/batch`,
      { anomalies: [anomaly('shared key')] },
      keyed('key-shared'),
    );
    expect([batch.status, isReplayed(batch)]).toEqual([201, false]);
    expect(await countTitled('shared key')).toBe(3);
  });

  it('has one winner and leaves one record, however often it is sent at once, and to whichever process', async () => {
    const { figures, breaches } = await raceSameKey(database, { rounds: 20, parallel: 10 });
    expect(breaches).toEqual([]);
    expect(figures.replayed + figures['told to wait']).toBe(20 * 9);
  }, 120_000);

  describe('while the first is in progress', () => {
    let blocker: Client;

    beforeEach(async () => {
      blocker = new Client({ connectionString: database.url });
      await blocker.connect();
      await blocker.query('BEGIN; LOCK TABLE anomalies IN EXCLUSIVE MODE');
    });
    afterEach(() => blocker.end());

    const isWaiting = (): Promise<boolean> =>
      eventually(
        async () => (await count('pg_locks', `NOT granted AND relation = $1::regclass`, 'anomalies')) > 0,
      );

    it('is refused with 409 and Retry-After at every process, and then gets the answer', async () => {
      const first = post('slow', 'key-slow');
      await isWaiting();
      for (const server of [one, two]) {
        const early = await post('slow', 'key-slow', server);
        expect([early.status, early.body.code, early.headers['retry-after']]).toEqual([
          409,
          'idempotency/in-progress',
          '1',
        ]);
      }
      await blocker.query('COMMIT');
      const answer = await first;
      expect(answer.status).toBe(201);
      expect((await post('slow', 'key-slow', two)).text).toBe(answer.text);
    });

    it('is done once where the process dies over the first: nothing of that is left', async () => {
      const dying = await ServerProcess.start({ DATABASE_URL: database.url });
      const lost = fetch(`${dying.url}${ANOMALIES}`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${dying.token}`,
          'content-type': 'application/json',
          'idempotency-key': 'key-crash',
        },
        body: JSON.stringify(anomaly('crash')),
      }).then(
        () => 'answered',
        () => 'lost',
      );
      await isWaiting();
      await dying.kill();
      expect(await lost).toBe('lost');
      await blocker.query('COMMIT');
      const again = await eventually(
        () => post('crash', 'key-crash'),
        ({ status }) => status !== 409,
      );
      expect([again.status, isReplayed(again), await countTitled('crash')]).toEqual([201, false, 1]);
      expect((await post('crash', 'key-crash', two)).text).toBe(again.text);
      await dying.stop();
    }, 90_000);
  });

  describe('after a first that did nothing', () => {
    it('is judged anew where that was refused', async () => {
      const id = await makeAnomaly('to be reopened');
      await one.post(`${ANOMALIES}/${id}/resolve`, {});
      const acknowledge = () => one.post(`${ANOMALIES}/${id}/acknowledge`, {}, keyed('key-refused'));
      expect([(await acknowledge()).status, (await acknowledge()).status]).toEqual([409, 409]);
      await one.post(`${ANOMALIES}/${id}/reopen`, {});
      const done = await acknowledge();
      expect([done.status, isReplayed(done)]).toEqual([200, false]);
    });

    it('may be corrected where that was not valid', async () => {
      expect((await one.post(ANOMALIES, { title: 'no more' }, keyed('key-corrected'))).status).toBe(400);
      expect((await post('corrected', 'key-corrected')).status).toBe(201);
    });

    it('is done where that failed by a fault of ours, which left nothing', async () => {
      const record = jest.spyOn(one.app.get(AuditService, { strict: false }), 'recorded');
      record.mockRejectedValueOnce(new Error('no audit row, no change'));
      expect((await post('failed', 'key-failed')).status).toBe(500);
      record.mockRestore();
      expect([
        await countTitled('failed'),
        await count('idempotency_keys', 'answer::text LIKE $1', '%failed%'),
      ]).toEqual([0, 0]);
      expect((await post('failed', 'key-failed')).status).toBe(201);
      expect(await countTitled('failed')).toBe(1);
    });

    it('is done where that failed when it was all but committed', async () => {
      const keep = jest.spyOn(one.app.get(IdempotencyRepository, { strict: false }), 'keep');
      keep.mockRejectedValueOnce(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
      expect((await post('not kept', 'key-not-kept')).status).toBe(503);
      keep.mockRestore();
      expect(await countTitled('not kept')).toBe(0);
      expect((await post('not kept', 'key-not-kept')).status).toBe(201);
    });
  });

  it('is done anew after a day, and forgotten by then', async () => {
    await post('of yesterday', 'key-yesterday');
    await post('of today', 'key-today');
    const age = (key: string, hours: number) =>
      database.query(
        `UPDATE idempotency_keys SET created_at = created_at - make_interval(hours => $2::int) WHERE answer::text LIKE $1`,
        [`%${key}%`, hours],
      );
    await age('of yesterday', 25);
    await age('of today', 23);
    expect(isReplayed(await post('of today', 'key-today'))).toBe(true);
    expect(isReplayed(await post('of yesterday', 'key-yesterday'))).toBe(false);
    expect(isReplayed(await post('of yesterday', 'key-yesterday'))).toBe(true);

    await age('of yesterday', 25);
    await one.app.get(RetentionService, { strict: false }).run();
    expect(await count('idempotency_keys', 'answer::text LIKE $1', '%of yesterday%')).toBe(0);
    expect(await count('idempotency_keys', 'answer::text LIKE $1', '%of today%')).toBe(1);
  });

  it('is refused with a key that is none', async () => {
    for (const key of ['', ' ', LONG_KEY, 'a\tb']) {
      const { status, body } = await post('no key', key);
      expect([key, status, body.code]).toEqual([key, 400, 'idempotency/invalid-key']);
    }
    expect(await countTitled('no key')).toBe(0);
  });

  it('is refused with a body that nobody should walk through, key or not', async () => {
    const body = `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`;
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'key-deep' };
    expect((await one.post(ANOMALIES, body, { headers })).status).toBe(400);
  });

  it('can be told wherever something is posted, but where secrets are given out, or samples or alerts are sent', async () => {
    const operations = operationsOf((await one.get('/api/docs-json')).body);
    const posts = operations.filter(({ method }) => method === 'POST');
    const heeds: string[] = [];
    for (const operation of posts) {
      const path = operation.path.replace(/\{\w+\}/g, '999999');
      const { body } = await one.post(path, undefined, keyed(LONG_KEY));
      // A protocol has words of its own for it.
      const said = operation.dialect === null ? (body.code as string) : String(body);
      if (/^idempotency\/invalid-key$|Idempotency-Key/.test(said)) heeds.push(titleOf(operation));
    }
    const documented = posts.filter(({ parameters }) =>
      parameters.some(({ name }) => name === 'Idempotency-Key'),
    );
    expect(heeds).toEqual(documented.map(titleOf));
    expect(
      posts
        .map(titleOf)
        .filter((title) => !heeds.includes(title))
        .sort(),
    ).toEqual(EXEMPT);
    expect(
      operations.filter((operation) => operation.method !== 'POST').flatMap(({ parameters }) => parameters),
    ).not.toContainEqual(expect.objectContaining({ name: 'Idempotency-Key' }));
  }, 60_000);

  it('does not weaken the lockout: failures count, key or not', async () => {
    await one.post('/api/auth/users', {
      username: 'guessed',
      email: 'g@example.org',
      password: ADMIN_PASSWORD,
    });
    const login = { username: 'guessed', password: ADMIN_PASSWORD };
    const { token } = (await one.post('/api/auth/login', login, { token: null })).body.data as {
      token: string;
    };
    const change = { current_password: 'Wrong-password-1', new_password: 'Another-one-33' };
    const statuses: number[] = [];
    for (let index = 0; index < 6; index += 1)
      statuses.push(
        (await one.post('/api/auth/change-password', change, { ...keyed(`guess-${index}`), token })).status,
      );
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('leaves neither its key nor a password behind', async () => {
    const account = { username: 'canary', email: 'canary@example.org', password: 'Canary-password-77' };
    const made = await one.post('/api/auth/register', account, { ...keyed('canary-key-4711'), token: null });
    expect(made.status).toBe(201);
    const again = await one.post('/api/auth/register', account, { ...keyed('canary-key-4711'), token: null });
    expect([again.text, isReplayed(again)]).toEqual([made.text, true]);
    const rows = await database.query<{ row: string }>(
      'SELECT idempotency_keys::text AS row FROM idempotency_keys',
    );
    expect(rows.filter(({ row }) => row.includes('canary@example.org'))).toHaveLength(1);
    for (const secret of [account.password, 'canary-key-4711', ADMIN_PASSWORD])
      expect(rows.filter(({ row }) => row.includes(secret))).toEqual([]);
  });

  it('costs nothing where nobody asks for it', async () => {
    const query = jest.spyOn(Database.prototype, 'query');
    const enclose = jest.spyOn(Database.prototype, 'enclose');
    await one.post(ANOMALIES, anomaly('unkeyed'));
    const names = query.mock.calls.map(([{ name }]) => name);
    query.mockRestore();
    expect(enclose).not.toHaveBeenCalled();
    enclose.mockRestore();
    expect(names.filter((name) => name.startsWith('idempotency'))).toEqual([]);
    expect(names.length).toBeGreaterThan(0);
  });

  it('is counted for operators', async () => {
    const { text } = await one.get('/metrics', { token: null });
    expect(Number(/^http_idempotent_replays_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(5);
  });
});
