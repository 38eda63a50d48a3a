import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';
import { IntakeLoad } from './intake-load';
import type { SenderKeys } from './intake-protocols';
import { Breaches, Outcome, Progress, unheard } from './scenario';
import { intakeBreaches } from './stored-intake';
import { breachesIn, recentlyLost } from './stored-writes';
import { WriteLoad } from './write-load';

/** Every so many kills the next start is killed as well, somewhere in its middle. */
const START_KILLED_EVERY = 4;
const START_MS = 3_000;
const WRITES_LIMIT_MS = 60_000;

interface Kills {
  readonly kills: number;
  readonly writesBetween: number;
}

/** What goes on while the server is killed, and how it is held against what is stored. */
interface Load {
  readonly acknowledged: number;
  readonly surprises: readonly string[];
  stop(): Promise<void>;
}
interface Judge {
  readonly load: Load;
  /** After every start: what the newest of the promises read like. */
  readonly recentlyLost: (server: ServerProcess) => Promise<string[]>;
  /** Once the load has stopped. */
  readonly breachesIn: (server: ServerProcess) => Promise<string[]>;
}

/** Kills the server under writes by people and programs, most of them under a key. */
export function killTheServer(counts: Kills, progress: Progress = unheard): Promise<Outcome> {
  return killUnder(
    (server) => {
      const load = new WriteLoad(server, 'kill');
      return Promise.resolve({
        load,
        recentlyLost: (restarted) => recentlyLost(restarted, load.promises),
        breachesIn: (restarted) => breachesIn(restarted, load.promises),
      });
    },
    counts,
    progress,
  );
}

/** Kills the server under everything that senders of metrics and alerts send; what is not answered they send again. */
export function killUnderIntake(counts: Kills, progress: Progress = unheard): Promise<Outcome> {
  return killUnder(
    async (server) => {
      const load = new IntakeLoad(server, await senderKeys(server()));
      return {
        load,
        recentlyLost: () => Promise.resolve([]),
        breachesIn: (restarted) => intakeBreaches(restarted, load.books),
      };
    },
    counts,
    progress,
  );
}

async function senderKeys(server: ServerProcess): Promise<SenderKeys> {
  const program = await server.fetch('/api/auth/keys', {
    method: 'POST',
    body: { name: 'intake', scopes: ['telemetry:write', 'alerts:write'] },
  });
  const webhook = await server.fetch('/api/integrations', {
    method: 'POST',
    body: { name: 'intake', kind: 'alertmanager_webhook', events_per_5_minutes: 1_000_000 },
  });
  return { program: program.body.data.key as string, webhook: webhook.body.data.key as string };
}

/**
 * Kills the server (-9) at any instant under a load, again and again on the same data, sometimes while it is starting; the next
 * start takes over the PostgreSQL that it left behind. What was acknowledged must be there once, and nothing by halves.
 */
async function killUnder(
  begin: (server: () => ServerProcess) => Promise<Judge>,
  { kills, writesBetween }: Kills,
  progress: Progress,
): Promise<Outcome> {
  const breaches = new Breaches();
  const dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-killed-'));
  let server = await ServerProcess.start({ DATA_DIR: dataDir });
  const { load, ...judge } = await begin(() => server);
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
      breaches.add(...(await judge.recentlyLost(server)));
      progress(kill, kills);
    }
    await load.stop();
    breaches.add(...load.surprises, ...(await judge.breachesIn(server)));
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
