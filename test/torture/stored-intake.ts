import { Client } from 'pg';

import type { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import type { SenderBook } from './intake-load';
import { ALERT_NAME, PARTS, SAMPLE_METRIC } from './intake-protocols';
import { readValues } from './stored-writes';

/** So long it takes at most until every alert has been handed on, once nobody sends any more. */
const HANDED_ON_LIMIT_MS = 60_000;

/** Alerts and what became of them. Each statement gives a line for every row that must not be. */
const NEVER: readonly (readonly [what: string, sql: string])[] = [
  [
    'an alert that was stored twice',
    `SELECT labels FROM alerts WHERE labels->>'alertname' = '${ALERT_NAME}' GROUP BY labels HAVING count(*) > 1`,
  ],
  [
    'an alert that opened two anomalies',
    `SELECT alert_id FROM anomalies WHERE alert_id IS NOT NULL GROUP BY alert_id HAVING count(*) > 1`,
  ],
];

const WITHOUT_ANOMALY = `SELECT count(*)::int AS left FROM alerts WHERE NOT EXISTS (SELECT FROM anomalies WHERE alert_id = alerts.id)`;

/** Holds what is stored against what the senders were promised; they have stopped. */
export async function intakeBreaches(server: ServerProcess, books: readonly SenderBook[]): Promise<string[]> {
  const client = new Client({ connectionString: server.databaseUrl });
  await client.connect();
  try {
    return [
      ...(await lostSamples(server, books)),
      ...(await lostAlerts(server, books)),
      ...(await brokenRows(client)),
      ...(await notHandedOn(client)),
    ];
  } finally {
    await client.end();
  }
}

/** Every promised sample is read once over HTTP, and of every request all or nothing. */
async function lostSamples(server: ServerProcess, books: readonly SenderBook[]): Promise<string[]> {
  const breaches: string[] = [];
  const { body } = await server.fetch(`/api/telemetry/series?name=${SAMPLE_METRIC}&per_page=100`);
  const series = body.data.series as { id: number; labels: { part: string; sender: string } }[];
  for (const [sender, { protocol, promised }] of books.entries()) {
    if (protocol.brings !== 'samples') continue;
    const parts: Set<number>[] = [];
    for (const part of PARTS) {
      const id = series.find(({ labels }) => labels.part === part && labels.sender === String(sender))?.id;
      const read = id === undefined ? [] : await readValues(server, id);
      const kept = new Set(read);
      if (kept.size < read.length) breaches.push(`duplicated: samples of ${protocol.name}`);
      const lost = [...promised].filter((n) => !kept.has(n));
      if (lost.length > 0)
        breaches.push(`lost: ${lost.length} samples of ${protocol.name}, the first ${lost[0]}`);
      parts.push(kept);
    }
    const [a, b] = parts;
    const halves = [...a, ...b].filter((n) => a.has(n) !== b.has(n));
    if (halves.length > 0) breaches.push(`half stored: ${halves.length} requests of ${protocol.name}`);
  }
  return breaches;
}

/** Every promised alert fires, as Alertmanager's API shows it. */
async function lostAlerts(server: ServerProcess, books: readonly SenderBook[]): Promise<string[]> {
  const breaches: string[] = [];
  for (const [sender, { protocol, promised }] of books.entries()) {
    if (protocol.brings !== 'alert') continue;
    const filters = [`alertname="${ALERT_NAME}"`, `sender="${sender}"`].map(
      (one) => `filter=${encodeURIComponent(one)}`,
    );
    const { text } = await server.fetch(`/api/v2/alerts?${filters.join('&')}`);
    const firing = (JSON.parse(text) as { labels: { n: string } }[]).map(({ labels: { n } }) => Number(n));
    const kept = new Set(firing);
    if (kept.size < firing.length) breaches.push(`duplicated: alerts of ${protocol.name}`);
    const lost = [...promised].filter((n) => !kept.has(n));
    if (lost.length > 0)
      breaches.push(`lost: ${lost.length} alerts of ${protocol.name}, the first ${lost[0]}`);
  }
  return breaches;
}

async function brokenRows(client: Client): Promise<string[]> {
  const breaches: string[] = [];
  for (const [what, sql] of NEVER) {
    const { rows } = await client.query(sql);
    if (rows.length > 0) breaches.push(`${rows.length} x ${what}: ${JSON.stringify(rows.slice(0, 3))}`);
  }
  return breaches;
}

/** Each alert opens its anomaly in the end, whatever was killed in between. */
async function notHandedOn(client: Client): Promise<string[]> {
  const left = async () => (await client.query<{ left: number }>(WITHOUT_ANOMALY)).rows[0].left;
  return eventually(left, (count) => count === 0, HANDED_ON_LIMIT_MS).then(
    () => [],
    (error: Error) => [`alerts without an anomaly: ${error.message}`],
  );
}
