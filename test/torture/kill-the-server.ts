import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { Breaches, Outcome, Progress, unheard } from './scenario';
import { breachesIn, recentlyLost } from './stored-writes';
import { WriteLoad } from './write-load';

/** Every so many kills the next start is killed as well, somewhere in its middle. */
const START_KILLED_EVERY = 4;
const START_MS = 3_000;
const WRITES_LIMIT_MS = 60_000;

/**
 * Kills the server (-9) at any instant under concurrent writes, again and again on the same data, sometimes while it is starting; the next
 * start takes over the PostgreSQL that it left behind. What was acknowledged must be there once, and nothing by halves.
 */
export async function killTheServer(
  { kills, writesBetween }: { kills: number; writesBetween: number },
  progress: Progress = unheard,
): Promise<Outcome> {
  const breaches = new Breaches();
  const dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-killed-'));
  let server = await ServerProcess.start({ DATA_DIR: dataDir });
  const load = new WriteLoad(() => server, 'kill');
  let startsKilled = 0;
  try {
    for (let kill = 1; kill <= kills; kill += 1) {
      const before = load.acknowledged;
      await eventually(
        () => load.acknowledged,
        (count) => count >= before + writesBetween,
        WRITES_LIMIT_MS,
      );
      await delay(randomInt(30));
      await server.kill();
      if (kill % START_KILLED_EVERY === 0) {
        const starting = await ServerProcess.launch({ DATA_DIR: dataDir });
        await delay(randomInt(START_MS));
        await starting.kill();
        startsKilled += 1;
      }
      server = await ServerProcess.start({ DATA_DIR: dataDir });
      breaches.add(...(await recentlyLost(server, load.promises)));
      progress(kill, kills);
    }
    await load.stop();
    breaches.add(...load.surprises, ...(await breachesIn(server, load.promises)));
    if ((await server.stop()) !== 0) breaches.add('the last server did not stop in order');
    return {
      figures: { kills, 'starts killed': startsKilled, acknowledged: load.acknowledged },
      breaches: breaches.list,
    };
  } finally {
    await load.stop();
    // In order, so that its PostgreSQL ends with it; a server that was killed has left one behind only where a start has failed.
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
