import { isDeepStrictEqual } from 'node:util';

import { breachOf } from '../conformance/error-contract';
import { HOSTILE_INPUTS, HostileCategory, hostileTexts } from '../security/hostile-inputs';
import { Answer, TestApp } from '../support/test-app';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const CATEGORIES = Object.keys(HOSTILE_INPUTS) as HostileCategory[];
const WHOLE = { severity: 'low', anomaly_score: 0.1, confidence: 0.1 };
const SHORT = 100;
const USERNAME = /^[A-Za-z0-9][\w.-]{2,}$/;
const METRIC_NAME = /^[a-zA-Z_:][\w:]*$/;
/** Keys that no object of a caller may have. */
const POISON = /"(__proto__|constructor|prototype)":/;

interface StoredAnomaly {
  readonly id: number;
  readonly title: string;
  readonly metrics_data: unknown;
}

/**
 * Hostile texts of every category, put wherever a caller may put text: each is stored and given back exactly as it was sent, as JSON that no
 * browser takes for a page, or is refused with 400; none does anything.
 */
export async function plantHostileTexts(
  server: TestApp,
  { perCategory }: { perCategory: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  let planted = 0;
  for (const category of CATEGORIES) {
    const place = await idOf(await report(server, 'a place for comments'));
    const labels: string[] = [];
    for (const text of hostileTexts(category, perCategory)) {
      const found = [
        ...(await asAnomaly(server, text)),
        ...(await asWords(server, place, text)),
        ...(await asLabel(server, category, text, labels)),
        ...(await asName(server, text)),
        ...(category === 'json' || category === 'number' ? await asJson(server, text) : []),
      ];
      breaches.add(...found.map((breach) => `${category} ${JSON.stringify(text)}: ${breach}`));
      planted += 1;
      if (planted % 10 === 0) progress(planted, perCategory * CATEGORIES.length);
    }
    breaches.add(...(await labelsLost(server, category, labels)));
    if (labels.length < perCategory / 2)
      breaches.add(`${category}: only ${labels.length} of ${perCategory} were taken as a label's value`);
  }
  breaches.add(...(await effects(server)));
  return { figures: { categories: CATEGORIES.length, texts: planted }, breaches: breaches.list };
}

function report(server: TestApp, text: string): Promise<Answer> {
  return server.post('/api/anomalies', {
    ...WHOLE,
    title: text,
    description: text,
    source: text.slice(0, SHORT),
    explanation: text,
    metrics_data: { [text.slice(0, SHORT)]: text },
  });
}

async function idOf({ status, body, text }: Answer): Promise<number> {
  if (status !== 201) throw new Error(`${status} instead of 201: ${text.slice(0, 300)}`);
  return (body as { data: { anomaly: { id: number } } }).data.anomaly.id;
}

/** What is wrong with an answer that should have this status and these members in `data`, whatever else is there. */
function differing(
  what: string,
  answer: Answer,
  status: number,
  member: string,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  if (answer.status !== status) return [`${what}: ${answer.status} ${answer.text.slice(0, 200)}`];
  const stored = (answer.body as { data: Record<string, Record<string, unknown>> }).data[member];
  return Object.entries(expected)
    .filter(([name, value]) => !isDeepStrictEqual(stored[name], value))
    .map(([name]) => `${what}: ${name} is ${JSON.stringify(stored[name])}`);
}

async function asAnomaly(server: TestApp, text: string): Promise<string[]> {
  const made = await report(server, text);
  if (made.status !== 201) return [`reported: ${made.status} ${made.text.slice(0, 200)}`];
  const id = await idOf(made);
  const answer = await server.get(`/api/anomalies/${id}`);
  const { headers } = answer;
  const isJson =
    headers['content-type'] === 'application/json; charset=utf-8' &&
    headers['x-content-type-options'] === 'nosniff';
  const search = await server.get(`/api/anomalies?search=${encodeURIComponent(text)}&per_page=100`);
  const found = (search.body as { data?: { anomalies: StoredAnomaly[] } }).data?.anomalies ?? [];
  return [
    ...differing('read', answer, 200, 'anomaly', {
      title: text,
      description: text,
      source: text.slice(0, SHORT),
      explanation: text,
      metrics_data: { [text.slice(0, SHORT)]: text },
    }),
    ...(isJson ? [] : [`read as ${String(headers['content-type'])}`]),
    ...(found.some((one) => one.id === id) ? [] : ['not found by a search for it']),
  ];
}

/** In a comment, a resolution and a key's name. */
async function asWords(server: TestApp, id: number, text: string): Promise<string[]> {
  const comment = await server.post(`/api/anomalies/${id}/comments`, { body: text });
  const resolved = await server.post(`/api/anomalies/${id}/resolve`, { resolution: text, root_cause: text });
  const words = [
    ...differing('comment', comment, 201, 'comment', { body: text }),
    ...differing('resolution', resolved, 200, 'anomaly', { resolution: text, root_cause: text }),
  ];
  if (text.length > SHORT) return words;
  const key = await server.post('/api/auth/keys', { name: text, scopes: ['anomalies:read'] });
  return [...words, ...differing('key', key, 201, 'api_key', { name: text })];
}

async function asLabel(
  server: TestApp,
  category: HostileCategory,
  text: string,
  taken: string[],
): Promise<string[]> {
  const answer = await server.post('/api/telemetry/samples', {
    samples: [{ name: `hostile_${category}`, labels: { value: text }, value: 1 }],
  });
  if (answer.status === 201) taken.push(text);
  const breach = breachOf(answer);
  return breach === null ? [] : [`label: ${breach}`];
}

async function labelsLost(
  server: TestApp,
  category: HostileCategory,
  taken: readonly string[],
): Promise<string[]> {
  const stored: string[] = [];
  for (let page = 1; stored.length < taken.length; page += 1) {
    const answer = await server.get(
      `/api/telemetry/series?name=hostile_${category}&per_page=100&page=${page}`,
    );
    const { series } = (answer.body as { data: { series: { labels: { value: string } }[] } }).data;
    if (series.length === 0) break;
    stored.push(...series.map(({ labels }) => labels.value));
  }
  const isSame = isDeepStrictEqual(stored.sort(), [...taken].sort());
  return isSame ? [] : [`${category}: label values are not read as they were sent`];
}

/** Nobody's name, address, metric or role. */
async function asName(server: TestApp, text: string): Promise<string[]> {
  const user = { username: 'somebody', email: 'somebody@example.org', password: 'Correct-horse-9' };
  const bodies = [
    { ...user, email: text },
    { ...user, role: text },
    ...(USERNAME.test(text) ? [] : [{ ...user, username: text }]),
  ];
  const statuses: number[] = [];
  for (const body of bodies) statuses.push((await server.post('/api/auth/users', body)).status);
  const sample = await server.post('/api/telemetry/samples', { samples: [{ name: text, value: 1 }] });
  return [
    ...(statuses.every((status) => status === 400) ? [] : [`as a user: ${statuses.join()}`]),
    ...(sample.status === (METRIC_NAME.test(text) ? 201 : 400) ? [] : [`as a metric: ${sample.status}`]),
  ];
}

/** As it is, unquoted: what JSON says is stored as JSON reads it, and nothing else is taken. */
async function asJson(server: TestApp, text: string): Promise<string[]> {
  const rest = JSON.stringify({ ...WHOLE, title: 'raw', description: 'raw', anomaly_score: undefined });
  const send = (member: string, others: string) =>
    server.post('/api/anomalies', `${rest.slice(0, -1)},"${member}":${text}${others}}`, {
      headers: { 'content-type': 'application/json' },
    });
  const [evidence, score] = [
    await send('metrics_data', ',"anomaly_score":0.1'),
    await send('anomaly_score', ''),
  ];
  const value = parsed(text);
  const breaches = [evidence, score].map((answer) => breachOf(answer)).filter((breach) => breach !== null);
  if (POISON.test(unescaped(text)) && evidence.status !== 400) breaches.push('a poisoned object was taken');
  if (evidence.status === 201) {
    const { anomaly } = (evidence.body as { data: { anomaly: StoredAnomaly } }).data;
    if (!isDeepStrictEqual(anomaly.metrics_data, value))
      breaches.push(`stored as ${JSON.stringify(anomaly.metrics_data)}`);
  }
  const isScore = typeof value === 'number' && value >= 0 && value <= 1;
  if ((score.status === 201) !== isScore) breaches.push(`as a score: ${score.status}`);
  if (({} as { polluted?: boolean }).polluted !== undefined) breaches.push('every object has a member more');
  return breaches;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function unescaped(text: string): string {
  return text.replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

/** What the texts did; nothing, that is. */
async function effects(server: TestApp): Promise<string[]> {
  const users = await server.database.query('SELECT username, role FROM users');
  const roles = await server.database.query(`SELECT rolname FROM pg_roles WHERE rolname = 'mallory'`);
  const ready = await server.get('/readyz');
  return [
    ...(isDeepStrictEqual(users, [{ username: 'admin', role: 'admin' }])
      ? []
      : [`there are other users: ${JSON.stringify(users)}`]),
    ...(roles.length === 0 ? [] : ['the database has a role more']),
    ...(ready.status === 200 ? [] : [`afterwards ready answers ${ready.status}`]),
  ];
}
