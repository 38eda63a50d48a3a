import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { Breaches, Outcome, Progress, unheard } from './scenario';
import { breachesIn, recentlyLost } from './stored-writes';
import { WriteLoad } from './write-load';

const WRITES_LIMIT_MS = 60_000;
const RETURN_LIMIT_MS = 60_000;
const SUCCESS_LIMIT_MS = 5_000;
const REFUSAL_LIMIT_MS = 3_000;
const LOOK_MS = 50;

/**
 * Kills the postmaster (-9) under concurrent writes. The server lives on and says so, refuses in time, and serves again within seconds of
 * the database's return without a restart of its own; what was acknowledged is there once.
 */
export async function killPostgres(
  { kills, writesBetween }: { kills: number; writesBetween: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const server = await ServerProcess.start();
  // Stays the same over restarts, during which the file that says it may be missing.
  const { databaseUrl } = server;
  const load = new WriteLoad(() => server, 'outage');
  const watch = new LivenessWatch(server);
  let slowestReturnMs = 0;
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const before = load.acknowledged;
      await eventually(
        () => load.acknowledged,
        (count) => count >= before + writesBetween,
        WRITES_LIMIT_MS,
      );
      const [atKill, refused] = [load.acknowledged, load.statuses.get(503) ?? 0];
      process.kill(server.postmaster, 'SIGKILL');
      await eventually(
        () => load.statuses.get(503) ?? 0,
        (count) => count > refused,
      );
      await eventually(() => accepts(databaseUrl), Boolean, RETURN_LIMIT_MS);
      const back = performance.now();
      // Answers that were on their way when it was killed are none of the new server's.
      await eventually(
        () => server.fetch('/api/anomalies?per_page=1'),
        ({ status }) => status === 200,
        RETURN_LIMIT_MS,
      );
      await eventually(
        () => load.acknowledged,
        (count) => count > atKill + 4,
        RETURN_LIMIT_MS,
      );
      const returnMs = performance.now() - back;
      slowestReturnMs = Math.max(slowestReturnMs, returnMs);
      if (returnMs > SUCCESS_LIMIT_MS)
        breaches.add(`served again only ${Math.round(returnMs)} ms after the database was back`);
      breaches.add(...(await recentlyLost(server, load.promises)));
      progress(kill, kills);
    }
    await load.stop();
    breaches.add(...load.surprises, ...(await watch.stop()));
    if (load.slowestRefusalMs > REFUSAL_LIMIT_MS)
      breaches.add(`a refusal took ${Math.round(load.slowestRefusalMs)} ms`);
    breaches.add(...(await breachesIn(server, load.promises)));
    return {
      figures: {
        kills,
        acknowledged: load.acknowledged,
        refused: load.statuses.get(503) ?? 0,
        'slowest return ms': Math.round(slowestReturnMs),
        'slowest refusal ms': Math.round(load.slowestRefusalMs),
      },
      breaches: breaches.list,
    };
  } finally {
    await load.stop();
    await watch.stop();
    await server.stop();
  }
}

async function accepts(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 1_000 });
  client.on('error', () => undefined);
  return client
    .connect()
    .then(() => client.query('SELECT 1'))
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.end().catch(() => undefined));
}

/** Asks without a pause whether the server is alive. */
class LivenessWatch {
  private readonly breaches = new Breaches();
  private isStopped = false;
  private readonly watching: Promise<void>;

  constructor(private readonly server: ServerProcess) {
    this.watching = this.watch();
  }

  async stop(): Promise<readonly string[]> {
    this.isStopped = true;
    await this.watching;
    return this.breaches.list;
  }

  private async watch(): Promise<void> {
    while (!this.isStopped) {
      const status = await this.server
        .fetch('/healthz', { token: null, timeoutMs: 3_000 })
        .then(({ status }) => status, String);
      if (status !== 200) this.breaches.add(`live answered ${status}`);
      await delay(LOOK_MS);
    }
  }
}
