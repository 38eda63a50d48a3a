import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import type { TestDatabase } from '../support/test-database';
import { Balancer } from './balancer';
import { Breaches, Outcome, Progress, unheard } from './scenario';

const CALLERS = 8;
const RETRY_MS = 20;
const EXIT_LIMIT_MS = 25_000;
/** Past the time within which a second signal counts as the first one's echo. */
const SECOND_SIGNAL_MS = 1_800;

/**
 * Stops one of two servers (SIGTERM) under load, again and again, behind a balancer that heeds readiness: every request is answered with
 * success, and the server leaves in time with 0. One that cannot end since a request hangs leaves at the second signal, with another code.
 */
export async function terminateUnderLoad(
  database: TestDatabase,
  { stops }: { stops: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const environment = { DATABASE_URL: database.url, DRAIN_SECONDS: '2' };
  const servers = await Promise.all([1, 2].map(() => ServerProcess.start(environment)));
  const balancer = new Balancer(servers);
  let answered = 0;
  let slowestExitMs = 0;
  let isStopped = false;
  const call = async (caller: number): Promise<void> => {
    for (let n = 0; !isStopped; n += 1) {
      const answer = await balancer.send('/api/anomalies', anomaly(`stop-${caller}-${n}`)).catch(String);
      if (typeof answer === 'string') {
        breaches.add(`broken: ${answer}`);
        await delay(RETRY_MS);
      } else if (answer.status !== 201)
        breaches.add(`refused: ${answer.status} ${answer.text.slice(0, 200)}`);
      else answered += 1;
    }
  };
  const callers = Array.from({ length: CALLERS }, (_, caller) => call(caller));
  try {
    for (let stop = 1; stop <= stops; stop += 1) {
      const before = answered;
      await eventually(
        () => answered,
        (count) => count > before + 50,
      );
      const leaving = servers.shift() as ServerProcess;
      const start = performance.now();
      const code = await leaving.stop();
      slowestExitMs = Math.max(slowestExitMs, performance.now() - start);
      balancer.remove(leaving);
      if (code !== 0) breaches.add(`SIGTERM: exit code ${code}: ${leaving.errors.slice(-300)}`);
      const next = await ServerProcess.start(environment);
      servers.push(next);
      balancer.add(next);
      progress(stop, stops);
    }
    isStopped = true;
    await Promise.all(callers);
    if (slowestExitMs > EXIT_LIMIT_MS) breaches.add(`an exit took ${Math.round(slowestExitMs)} ms`);
    const stored = await database.query<{ n: number }>('SELECT count(*)::int AS n FROM anomalies');
    if (stored[0].n !== answered) breaches.add(`${answered} anomalies were answered, ${stored[0].n} stored`);
    breaches.add(...(await secondSignal(servers[0], database)));
    return {
      figures: { stops, answered, 'slowest exit ms': Math.round(slowestExitMs) },
      breaches: breaches.list,
    };
  } finally {
    isStopped = true;
    await Promise.all(callers);
    await balancer.stop();
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** A request that waits for a lock holds up the first signal; the second does not wait. */
async function secondSignal(server: ServerProcess, { url }: TestDatabase): Promise<string[]> {
  const blocker = new Client({ connectionString: url });
  await blocker.connect();
  try {
    await blocker.query('BEGIN; LOCK TABLE anomalies IN EXCLUSIVE MODE');
    const hanging = server
      .fetch('/api/anomalies', { method: 'POST', body: anomaly('hanging') })
      .catch(() => null);
    await eventually(
      async () => (await blocker.query('SELECT FROM pg_locks WHERE NOT granted')).rowCount,
      Boolean,
    );
    const code = server.stop();
    await delay(SECOND_SIGNAL_MS);
    if (server.hasEnded) return [`SIGTERM did not wait for the request in flight: ${await code}`];
    server.child.kill('SIGTERM');
    const ended = await code;
    await hanging;
    return ended === null || ended === 0 ? [`a second SIGTERM: exit code ${ended}`] : [];
  } finally {
    await blocker.end();
  }
}

function anomaly(title: string): object {
  return { title, description: 'd', severity: 'low', anomaly_score: 0.1, confidence: 0.1 };
}
