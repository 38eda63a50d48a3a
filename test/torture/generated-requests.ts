import type { OpenAPIObject } from '@nestjs/swagger';

import { ALL_PERMISSIONS } from '../../src/auth/access-matrix';
import { isEndless, Operation, operationsOf, titleOf } from '../../src/docs/api-document';
import { breachIn } from '../conformance/error-contract';
import { mismatchOf } from '../conformance/shape';
import { GeneratedRequest, generateRequests } from '../security/request-generator';
import { ADMIN_PASSWORD, Answer, TestApp } from '../support/test-app';
import { Breaches, Outcome, Progress, unheard } from './scenario';

/** Records that the requests may be about; the admin and the key that sends them are 1, and stay out of it. */
const IDS = [2, 3, 4, 5, 6, 7, 8];
const FILLED = 8;
/** Of the operations, how many succeed at least once where that many requests are generated. */
const SUCCEEDING = 0.75;
const ENOUGH_TO_REACH_ALL = 2_000;
/** Members that only the server sets, holding what the generator sends for them. */
const FORGED = /"(\w+_by|id|\w+_at)":"?(mallory|424242|1999-01-01)/;

/**
 * Requests from the OpenAPI document, valid and mutated, each seed on a server of its own: never a 5xx, every 4xx in the envelope without
 * internals, only announced answers of the announced shape, nothing set that only the server sets, and a server that is well afterwards.
 */
export async function sendGeneratedRequests(
  { count, seeds }: { count: number; seeds: readonly number[] },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const share = Math.ceil(count / seeds.length);
  let [sent, succeeded] = [0, 0];
  for (const seed of seeds) {
    const server = await TestApp.start();
    try {
      const document = (await server.get('/api/docs-json')).body as OpenAPIObject;
      const operations = operationsOf(document).filter((operation) => !isEndless(operation));
      const key = await everythingKey(server);
      await fill(server);
      const requests = generateRequests(document, operations, () => IDS, { count: share, seed });
      const reached = new Set<string>();
      const successful = new Set<string>();
      for (const request of requests) {
        const answer = await send(server, key, request);
        breaches.add(
          ...faultsOf(document, request, answer).map(
            (fault) =>
              `seed ${seed}: ${fault}\n  ${request.operation.method} ${request.path} ${request.body?.slice(0, 300) ?? ''}`,
          ),
        );
        reached.add(request.title);
        sent += 1;
        if (answer.status < 300) {
          succeeded += 1;
          successful.add(request.title);
        }
        if (sent % 100 === 0) progress(sent, share * seeds.length);
      }
      breaches.add(...(await changesAround(server)));
      if (share >= ENOUGH_TO_REACH_ALL) breaches.add(...unreached(operations, reached, successful));
    } finally {
      await server.stop();
    }
  }
  return { figures: { requests: sent, seeds: seeds.length, succeeded }, breaches: breaches.list };
}

function send(
  server: TestApp,
  key: string,
  { operation, path, headers, body }: GeneratedRequest,
): Promise<Answer> {
  return server.call(operation.method, path, {
    token: null,
    headers: { 'x-api-key': key, ...headers },
    body,
  });
}

function faultsOf(document: OpenAPIObject, { operation, title }: GeneratedRequest, answer: Answer): string[] {
  const { status, body, text } = answer;
  const breach = breachIn(operation, answer);
  const announced = operation.responses[String(status)];
  const schema = announced?.content?.['application/json']?.schema;
  const mismatch = schema === undefined || body === null ? null : mismatchOf(document, schema, body);
  return [
    ...(breach === null ? [] : [breach]),
    ...(announced === undefined ? [`${title} answered ${status}, which is not documented`] : []),
    ...(mismatch === null ? [] : [`${title} ${status}: ${mismatch}`]),
    ...(status < 300 && operation.body !== null && FORGED.test(text)
      ? [`${title} lets the caller set what only the server may`]
      : []),
  ];
}

/** What the requests did to everybody else; nothing, that is. */
async function changesAround(server: TestApp): Promise<string[]> {
  const ready = await server.get('/readyz');
  const login = await server.post(
    '/api/auth/login',
    { username: 'admin', password: ADMIN_PASSWORD },
    { token: null, headers: { 'x-forwarded-for': '198.51.100.9' } },
  );
  return [
    ...(({} as { x?: number }).x === undefined ? [] : ['every object has a member more']),
    ...(ready.status === 200 ? [] : [`afterwards ready answers ${ready.status}`]),
    ...([200, 429].includes(login.status) ? [] : [`afterwards the admin's login answers ${login.status}`]),
  ];
}

function unreached(
  operations: readonly Operation[],
  reached: ReadonlySet<string>,
  successful: ReadonlySet<string>,
): string[] {
  return [
    ...operations
      .map(titleOf)
      .filter((title) => !reached.has(title))
      .map((title) => `${title} was never called`),
    ...(successful.size / operations.length > SUCCEEDING
      ? []
      : [
          `only ${successful.size} of ${operations.length} operations ever succeeded; ${operations
            .map(titleOf)
            .filter((title) => !successful.has(title))
            .join(', ')} did not`,
        ]),
  ];
}

async function everythingKey(server: TestApp): Promise<string> {
  const made = await server.post('/api/auth/keys', { name: 'everything', scopes: ALL_PERMISSIONS });
  return (made.body as { data: { key: string } }).data.key;
}

/** Some records of every kind. */
async function fill(server: TestApp): Promise<void> {
  for (let index = 0; index < FILLED; index += 1) {
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
    await fillRemediation(server, index);
  }
}

/** What is done about things, and who is told; nobody listens where they lead to. */
async function fillRemediation(server: TestApp, index: number): Promise<void> {
  const { body } = await server.post('/api/remediation/targets', {
    name: `target ${index}`,
    kind: 'webhook',
    settings: { url: `http://host-${index}.example.org/remediate` },
    secrets: { signing_secret: `whsec_${Buffer.alloc(32, index).toString('base64')}` },
  });
  const target_id = body.data.target.id as number;
  const operator = { token: await server.tokenOf('operator') };
  const action = {
    action_type: 'restart_service',
    action_name: 'made',
    description: 'made for the test',
    target_id,
  };
  // Several, since a verb that succeeds uses one up.
  for (let copy = 0; copy < 2; copy += 1) await server.post('/api/remediation/actions', action, operator);
  await server.post('/api/remediation/runbooks', {
    definition: {
      name: `runbook ${index}`,
      description: 'made for the test',
      steps: [{ name: 'look', action: 'enhance_monitoring', target: { name: `target ${index}` } }],
    },
  });
  await server.post('/api/remediation/rules', { name: `rule ${index}`, action_type: 'cleanup_disk' });
  await server.post('/api/remediation/policies', { verdict: 'ask', target_id });
  await server.post('/api/remediation/autonomy/policies', {
    name: `autonomy ${index}`,
    priority: 1,
    mode: 'manual',
  });
  await server.post('/api/remediation/schedules', {
    name: `schedule ${index}`,
    cron: '0 3 * * *',
    time_zone: 'Europe/Berlin',
    action_type: 'cleanup_disk',
    target_id,
  });
  await server.post('/api/remediation/freeze-calendars', {
    name: `calendar ${index}`,
    time_zone: 'Europe/Berlin',
    entries: [{ kind: 'days', first_day: '2100-12-24', last_day: '2100-12-26' }],
  });
  await server.post('/api/notifications/endpoints', {
    name: `endpoint ${index}`,
    kind: 'webhook',
    url: `http://host-${index}.example.org/notify`,
    secrets: { signing_secret: `whsec_${Buffer.alloc(32, index).toString('base64')}` },
  });
}
