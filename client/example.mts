// `node client/example.mts` with SMARTCLOUDOPS_URL, SMARTCLOUDOPS_USER and SMARTCLOUDOPS_PASSWORD: signs in, opens an anomaly, reads it back, and asks for one that is not there.
import { randomUUID } from 'node:crypto';

import { type Api, connect, type Schemas } from './client.mts';

async function signIn(url: string, username: string, password: string): Promise<Api> {
  const { data, error } = await connect(url).POST('/api/auth/login', { body: { username, password } });
  if (error !== undefined) throw refusal(error);
  return connect(url, data.data.token);
}

async function openAnomaly(api: Api): Promise<Schemas['AnomalyResponse']> {
  const { data, error } = await api.POST('/api/anomalies', {
    // Sent again under this key, also after a broken connection, it is opened once.
    params: { header: { 'Idempotency-Key': randomUUID() } },
    body: {
      title: 'Checkout answers slowly',
      description: 'p95 above two seconds since the last release',
      severity: 'high',
      anomaly_score: 0.93,
      confidence: 0.8,
    },
  });
  if (error !== undefined) throw refusal(error);
  return data.data.anomaly;
}

async function listOpen(api: Api): Promise<Schemas['AnomalyResponse'][]> {
  const { data, error } = await api.GET('/api/anomalies', {
    params: { query: { status: 'open', sort: 'created_at', per_page: 10 } },
  });
  if (error !== undefined) throw refusal(error);
  return data.data.anomalies;
}

/** An error is data of a known shape; whoever expects one reads its code. */
async function findAnomaly(api: Api, id: number): Promise<Schemas['AnomalyResponse'] | null> {
  const { data, error } = await api.GET('/api/anomalies/{id}', { params: { path: { id } } });
  if (error === undefined) return data.data.anomaly;
  if (error.code === 'anomaly/not-found') return null;
  throw refusal(error);
}

function refusal({ code, message, request_id }: Schemas['ErrorResponse']): Error {
  return new Error(`${code}: ${message} (request ${request_id})`);
}

const {
  SMARTCLOUDOPS_URL: url = 'http://localhost:5000',
  SMARTCLOUDOPS_USER: user = 'admin',
  SMARTCLOUDOPS_PASSWORD: password = '',
} = process.env;
const api = await signIn(url, user, password);
const opened = await openAnomaly(api);
console.log(`opened #${opened.id} ${opened.title} (${opened.severity}, ${opened.status})`);
const open = await listOpen(api);
console.log(`open now: ${open.map(({ id }) => `#${id}`).join(' ')}`);
const missing = await findAnomaly(api, Number.MAX_SAFE_INTEGER);
console.log(missing === null ? 'asked for one that is not there, and was told so' : `found #${missing.id}`);
