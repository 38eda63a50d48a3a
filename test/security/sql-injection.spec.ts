import type { OpenAPIObject } from '@nestjs/swagger';

import { ALL_PERMISSIONS } from '../../src/auth/access-matrix';
import { fillPath, isEndless, Operation, operationsOf, titleOf } from '../../src/docs/api-document';
import { breachIn } from '../conformance/error-contract';
import { Answer, TestApp } from '../support/test-app';
import { HOSTILE_INPUTS } from './hostile-inputs';

/** An injected sleep is of seven seconds; an honest answer takes milliseconds, or a second on a busy machine. */
const SLOW_MS = 4_000;

/** Reach for a quote, a number, a name, an order, a limit: what a text would break that is pasted into SQL. */
const INJECTIONS = [
  "'",
  "''",
  "1' OR '1'='1",
  '1;SELECT pg_sleep(7)',
  "'||pg_sleep(7)||'",
  '(SELECT pg_sleep(7))',
  '1 OR 1=1',
  'id; DROP TABLE anomalies',
  'created_at;SELECT pg_sleep(7)--',
  'created_at) FROM anomalies; SELECT pg_sleep(7)--',
  'CASE WHEN 1=1 THEN pg_sleep(7) END',
  '"',
  '\\',
  '$1',
  '%',
  'asc; DROP TABLE users',
  "2026-01-01'::text||pg_sleep(7)--",
  '1 UNION SELECT 1',
];

describe('SQL', () => {
  let server: TestApp;
  let operations: Operation[];
  let key: string;

  beforeAll(async () => {
    server = await TestApp.start();
    operations = operationsOf((await server.get('/api/docs-json')).body as OpenAPIObject).filter(
      (operation) => !isEndless(operation),
    );
    key = (
      (await server.post('/api/auth/keys', { name: 'everything', scopes: ALL_PERMISSIONS })).body as {
        data: { key: string };
      }
    ).data.key;
    const anomalies = Array.from({ length: 5 }, (_, i) => ({
      title: `anomaly ${i}`,
      description: '100 %_x',
      severity: 'high',
      anomaly_score: i / 10,
      confidence: 0.5,
    }));
    await server.post('/api/anomalies/batch', { anomalies });
    await server.post('/api/telemetry/samples', {
      samples: [{ name: 'up', labels: { host: 'web-1' }, value: 1 }],
    });
  });
  afterAll(() => server.stop());

  /** How many rows each table has: an injected statement would show here. */
  async function counts(): Promise<Record<string, number>> {
    const tables = [
      'users',
      'api_keys',
      'anomalies',
      'anomaly_history',
      'anomaly_comments',
      'series',
      'egress_rules',
      'scrape_targets',
      'sample_imports',
      'detectors',
      'alerts',
      'silences',
    ];
    const [row] = await server.database.query<Record<string, number>>(
      `SELECT ${tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`).join()}`,
    );
    return row;
  }

  async function timed(work: Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
    const start = performance.now();
    const answer = await work;
    return { answer, ms: performance.now() - start };
  }

  it('in any parameter of any operation changes nothing, costs no time and shows nothing of the database', async () => {
    const before = await counts();
    const found: string[] = [];
    for (const operation of operations) {
      const places = operation.parameters.filter((parameter) => parameter.in !== 'header');
      for (const { name, in: place } of places) {
        for (const injection of INJECTIONS) {
          const path = fillPath(operation.path, (parameter) =>
            place === 'path' && parameter === name ? injection : 999_999_999,
          );
          const query = place === 'query' ? `?${name}=${encodeURIComponent(injection)}` : '';
          const { answer, ms } = await timed(
            server.call(operation.method, path + query, { token: null, headers: { 'x-api-key': key } }),
          );
          const breach =
            breachIn(operation, answer, injection) ?? (ms > SLOW_MS ? `took ${Math.round(ms)} ms` : null);
          if (breach !== null) found.push(`${titleOf(operation)} ${name}=${injection}: ${breach}`);
        }
      }
    }
    expect(found).toEqual([]);
    expect(await counts()).toEqual(before);
  });

  it('is no sort key and no direction: only the listed words are', async () => {
    for (const text of [
      ...INJECTIONS,
      'id',
      'title',
      'severity_rank',
      'anomalies.id',
      'created_at desc',
      'DESC',
      'random()',
    ]) {
      const sorted = await server.get(`/api/anomalies?sort=${encodeURIComponent(text)}`);
      expect([text, sorted.status, (sorted.body as { message: string }).message]).toEqual([
        text,
        400,
        'Invalid sort. Must be one of: created_at, updated_at, severity, anomaly_score',
      ]);
      expect([text, (await server.get(`/api/anomalies?order=${encodeURIComponent(text)}`)).status]).toEqual([
        text,
        400,
      ]);
    }
  });

  it('is no cursor, however it is wrapped', async () => {
    const wrap = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const cursors = [
      ...HOSTILE_INPUTS.sql,
      ...INJECTIONS,
      ...INJECTIONS.flatMap((text) => [
        wrap([text, 1]),
        wrap(['2026-01-01T00:00:00Z', text]),
        wrap([1, text]),
        wrap({ 0: text, 1: 1, length: 2 }),
      ]),
      wrap([]),
      wrap([1]),
      wrap([1, 2, 3]),
      wrap(null),
      wrap([['2026-01-01'], 1]),
      wrap(['2026-01-01T00:00:00Z', 1.5]),
      wrap(['2026-01-01T00:00:00Z', -1]),
      wrap(['infinity', 1]),
      // Times that JavaScript reads and Postgres does not.
      wrap(['2026-02-31T00:00:00Z', 1]),
      wrap(['0000-01-01T00:00:00Z', 1]),
      wrap(['2026-01-01T00:00:00+23:59', 1]),

      wrap(['now', 1]),
    ];
    for (const sort of ['created_at', 'updated_at', 'severity', 'anomaly_score']) {
      for (const cursor of cursors) {
        const answer = await server.get(`/api/anomalies?sort=${sort}&cursor=${encodeURIComponent(cursor)}`);
        expect([sort, cursor, answer.status]).toEqual([sort, cursor, 400]);
      }
    }
  });

  it('is only text in a search and in a filter: each finds what is written so', async () => {
    await server.post('/api/anomalies', {
      title: "O'Reilly; DROP",
      description: 'x',
      severity: 'low',
      anomaly_score: 0,
      confidence: 0,
      source: "web's",
    });
    const find = async (query: string): Promise<number> =>
      ((await server.get(`/api/anomalies?${query}`)).body as { data: { pagination: { total: number } } }).data
        .pagination.total;
    expect(await find(`search=${encodeURIComponent("o'reilly; drop")}`)).toBe(1);
    expect(await find(`source=${encodeURIComponent("web's")}`)).toBe(1);
    expect(await find(`search=${encodeURIComponent("' OR '1'='1")}`)).toBe(0);
    expect(await find(`source=${encodeURIComponent("' OR '1'='1")}`)).toBe(0);
    // The wildcards of LIKE are letters here.
    expect(await find(`search=${encodeURIComponent('100 %_')}`)).toBe(5);
    expect(await find(`search=${encodeURIComponent('%anomaly%')}`)).toBe(0);
    expect(await find(`search=${encodeURIComponent('anomaly_')}`)).toBe(0);
  });

  it('is only text in labels that series are looked up by', async () => {
    const find = async (labels: string): Promise<number> =>
      (
        (await server.get(`/api/telemetry/series?labels=${encodeURIComponent(labels)}`)).body as {
          data: { pagination: { total: number } };
        }
      ).data.pagination.total;
    expect(await find('host:web-1')).toBe(1);
    for (const text of HOSTILE_INPUTS.sql)
      expect([text, await find(`host:${text.replaceAll(',', ' ')}`)]).toEqual([text, 0]);
  });

  describe('patterns that a matcher would choke on', () => {
    it('are only text: a search over long texts answers at once, and holds up nobody', async () => {
      // Matching costs the length of the text times that of the pattern at worst, both of them bounded; the statement's limit bounds the rest.
      const long = { description: `${'a'.repeat(9_000)}!`, severity: 'low', anomaly_score: 0, confidence: 0 };
      const anomalies = Array.from({ length: 40 }, (_, i) => ({ ...long, title: `${'a'.repeat(190)} ${i}` }));
      expect((await server.post('/api/anomalies/batch', { anomalies })).status).toBe(201);
      const slow: string[] = [];
      for (const pattern of HOSTILE_INPUTS.pattern) {
        const paths = [
          `/api/anomalies?search=${encodeURIComponent(pattern)}`,
          `/api/telemetry/series?search=${encodeURIComponent(pattern)}`,
          `/api/ml/detectors?search=${encodeURIComponent(pattern)}`,
        ];
        for (const path of paths) {
          const { answer, ms } = await timed(server.get(path));
          if (answer.status !== 200 || ms > SLOW_MS)
            slow.push(`${path}: ${answer.status} in ${Math.round(ms)} ms`);
        }
      }
      expect(slow).toEqual([]);
    });

    it('cost no time where the product itself reads by pattern: times, ids, names, addresses', async () => {
      const attacks = [
        '2'.repeat(50_000),
        '2026-01-01T'.repeat(4_000),
        `${'a.'.repeat(20_000)}@`,
        `a@${'a-'.repeat(20_000)}`,
        '0'.repeat(50_000),
        `${' '.repeat(50_000)}x`,
        `http://${'a.'.repeat(900)}`,
      ];
      for (const text of attacks) {
        const bodies: [string, object][] = [
          [
            '/api/telemetry/samples',
            {
              samples: [
                { name: 'x', value: 1, timestamp: text },
                { name: text, value: 1 },
              ],
            },
          ],
          ['/api/auth/users', { username: text, email: text, password: text }],
          ['/api/admin/egress', { url: text }],
          ['/api/auth/keys', { name: 'x', scopes: ['anomalies:read'], expires_at: text }],
        ];
        for (const [path, body] of bodies) {
          const { answer, ms } = await timed(server.post(path, body));
          expect([
            path,
            text.slice(0, 20),
            answer.status === 400 || answer.status === 201,
            ms < SLOW_MS,
          ]).toEqual([path, text.slice(0, 20), true, true]);
        }
      }
    });
  });
});
