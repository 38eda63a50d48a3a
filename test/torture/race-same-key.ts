import { ServerProcess } from '../support/server-process';
import type { TestDatabase } from '../support/test-database';
import { Breaches, Outcome, Progress, unheard } from './scenario';

/**
 * The same request under the same key, sent many times at once to two processes: one does it, nobody else does, and whoever is answered
 * with success is answered alike.
 */
export async function raceSameKey(
  database: TestDatabase,
  { rounds, parallel }: { rounds: number; parallel: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const servers = await Promise.all([1, 2].map(() => ServerProcess.start({ DATABASE_URL: database.url })));
  const seen = { replayed: 0, 'told to wait': 0 };
  const post = (server: ServerProcess, title: string) =>
    server.fetch('/api/anomalies', {
      method: 'POST',
      body: { title, description: 'd', severity: 'low', anomaly_score: 0.5, confidence: 0.5 },
      headers: { 'idempotency-key': title },
    });
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const title = `race ${round}`;
      const answers = await Promise.all(
        Array.from({ length: parallel }, (_, n) => post(servers[n % servers.length], title)),
      );
      const isReplay = ({ headers }: (typeof answers)[number]) =>
        headers.get('idempotency-replayed') === 'true';
      const winners = answers.filter((answer) => answer.status === 201 && !isReplay(answer));
      if (winners.length !== 1) breaches.add(`${title}: ${winners.length} winners`);
      for (const answer of answers.filter((one) => !winners.includes(one))) {
        if (answer.status === 409 && answer.body.code === 'idempotency/in-progress')
          seen['told to wait'] += 1;
        else if (answer.text === winners[0]?.text) seen.replayed += 1;
        else breaches.add(`${title}: ${answer.status} ${answer.text.slice(0, 200)}`);
      }
      if ((await post(servers[round % 2], title)).text !== winners[0]?.text)
        breaches.add(`${title}: answered otherwise afterwards`);
      progress(round, rounds);
    }
    const records = await database.query<{ title: string; count: number }>(
      `SELECT title, count(*)::int AS count FROM anomalies WHERE title LIKE 'race %' GROUP BY title`,
    );
    if (records.length !== rounds) breaches.add(`${rounds} races left ${records.length} records`);
    breaches.add(
      ...records.filter(({ count }) => count !== 1).map(({ title, count }) => `${title}: ${count} records`),
    );
    return { figures: { rounds, parallel, ...seen }, breaches: breaches.list };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
