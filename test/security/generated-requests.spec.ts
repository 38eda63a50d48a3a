import type { OpenAPIObject } from '@nestjs/swagger';

import { ALL_PERMISSIONS } from '../../src/auth/access-matrix';
import { isEndless, Operation, operationsOf, titleOf } from '../../src/docs/api-document';
import { breachIn } from '../conformance/error-contract';
import { mismatchOf } from '../conformance/shape';
import { ADMIN_PASSWORD, Answer, TestApp } from '../support/test-app';
import { GeneratedRequest, generateRequests } from './request-generator';

/** `GENERATED_REQUESTS=100000 GENERATED_SEED=7 npm run test:security` for a long run with other requests. */
const COUNT = Number(process.env.GENERATED_REQUESTS ?? 2_000);
const SEED = Number(process.env.GENERATED_SEED ?? 20_261_124);

/** Records that the requests may be about; the admin and the key that sends them are 1, and stay out of it. */
const IDS = [2, 3, 4, 5, 6, 7, 8];

describe('requests generated from the OpenAPI document', () => {
  let server: TestApp;
  let document: OpenAPIObject;
  let operations: Operation[];
  const answers: { request: GeneratedRequest; answer: Answer }[] = [];

  const problems = (problemOf: (request: GeneratedRequest, answer: Answer) => string | null): string[] =>
    answers.flatMap(({ request, answer }) => {
      const problem = problemOf(request, answer);
      return problem === null
        ? []
        : [`${problem}\n  ${request.operation.method} ${request.path} ${request.body?.slice(0, 300) ?? ''}`];
    });

  beforeAll(
    async () => {
      server = await TestApp.start();
      document = (await server.get('/api/docs-json')).body as OpenAPIObject;
      operations = operationsOf(document).filter((operation) => !isEndless(operation));
      const { key } = (
        (await server.post('/api/auth/keys', { name: 'everything', scopes: ALL_PERMISSIONS })).body as {
          data: { key: string };
        }
      ).data;
      await fill(server);
      for (const request of generateRequests(document, operations, () => IDS, { count: COUNT, seed: SEED })) {
        const { path, headers, body, operation } = request;
        answers.push({
          request,
          answer: await server.call(operation.method, path, {
            token: null,
            headers: { 'x-api-key': key, ...headers },
            body,
          }),
        });
      }
    },
    COUNT * 100 + 60_000,
  );
  afterAll(() => server.stop());

  it('never meet a 5xx, and every 4xx keeps the error contract, or the words of its protocol', () => {
    expect(problems(({ operation }, answer) => breachIn(operation, answer))).toEqual([]);
  });

  it('meet only answers that the document announces', () => {
    expect(
      problems(({ operation, title }, { status }) =>
        String(status) in operation.responses ? null : `${title} answered ${status}`,
      ),
    ).toEqual([]);
  });

  it('meet answers of the shape that the document shows', () => {
    const shown = problems(({ operation, title }, { status, body }) => {
      const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
      const mismatch = schema === undefined || body === null ? null : mismatchOf(document, schema, body);
      return mismatch === null ? null : `${title} ${status}: ${mismatch}`;
    });
    expect(shown).toEqual([]);
  });

  it('reach every operation, and mostly succeed where they are valid', () => {
    const reached = new Set(answers.map(({ request }) => request.title));
    expect(operations.map(titleOf).filter((title) => !reached.has(title))).toEqual([]);
    const succeeded = new Set(
      answers.filter(({ answer }) => answer.status < 300).map(({ request }) => request.title),
    );
    expect(succeeded.size / operations.length).toBeGreaterThan(0.75);
  });

  it('cannot set what only the server may', () => {
    const heard = answers.filter(
      ({ request, answer }) =>
        answer.status < 300 && request.body !== undefined && /mallory|424242|1999-01-01/.test(answer.text),
    );
    // What is stored as sent may say anything; a member of that name may not.
    expect(
      heard
        .filter(({ answer }) => /"(\w+_by|id|\w+_at)":"?(mallory|424242|1999-01-01)/.test(answer.text))
        .map(({ request }) => request.path),
    ).toEqual([]);
  });

  it('leave the product as it was for everybody else', async () => {
    expect(({} as { x?: number }).x).toBeUndefined();
    expect((await server.get('/readyz')).status).toBe(200);
    const login = await server.post(
      '/api/auth/login',
      { username: 'admin', password: ADMIN_PASSWORD },
      { token: null, headers: { 'x-forwarded-for': '198.51.100.9' } },
    );
    expect([200, 429]).toContain(login.status);
  });
});

/** Some records of every kind. */
async function fill(server: TestApp): Promise<void> {
  for (let index = 0; index < 8; index += 1) {
    const anomaly = {
      title: `anomaly ${index}`,
      description: 'made for the test',
      severity: 'high',
      anomaly_score: 0.9,
      confidence: 0.5,
    };
    await server.post('/api/anomalies', anomaly);
    await server.post('/api/auth/users', {
      username: `user-${index}`,
      email: `user-${index}@example.org`,
      password: ADMIN_PASSWORD,
      role: 'analyst',
    });
    await server.post('/api/auth/keys', { name: `key ${index}`, scopes: ['anomalies:read'] });
    await server.post('/api/v2/alerts', [{ labels: { alertname: `alert ${index}` } }]);
    await server.post('/api/integrations', { name: `integration ${index}`, kind: 'json' });
    await server.post('/api/changes', { summary: `change ${index}` });
    await server.post('/api/heartbeats', { name: `heartbeat-${index}`, interval_seconds: 3_600 });
    await server.post('/api/alerts/json', { unreadable: index });
    await server.post('/api/telemetry/samples', { samples: [{ name: `metric_${index}`, value: index }] });
    await server.post('/api/admin/egress', {
      url: `http://host-${index}.example.org`,
      note: 'made for the test',
    });
    await server.post('/api/telemetry/targets', {
      name: `target-${index}`,
      url: `http://host-${index}.example.org/metrics`,
      interval_seconds: 3_600,
    });
    await server.call('POST', `/api/telemetry/imports?name=import_${index}`, {
      headers: { 'content-type': 'text/csv' },
      body: 'timestamp,value\n2026-01-01 00:00:00,1\n',
    });
  }
}
