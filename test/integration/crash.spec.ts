import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ServerProcess } from '../support/server-process';
import { eventually } from '../support/test-app';

const anomaly = (title: string) => ({
  title,
  description: 'd',
  severity: 'low',
  anomaly_score: 0.1,
  confidence: 0.1,
});

/** Writers that go on until told to stop, and remember what was acknowledged. */
function writeUntilStopped(server: () => ServerProcess, tag: string) {
  const acknowledged: string[] = [];
  const statuses = new Map<number, number>();
  let isStopped = false;
  const writer = async (worker: number) => {
    for (let n = 0; !isStopped; n += 1) {
      const title = `${tag}-${worker}-${n}`;
      try {
        const { status } = await server().fetch('/api/anomalies', { method: 'POST', body: anomaly(title) });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 201) acknowledged.push(title);
      } catch {
        // The connection broke: nothing was promised.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };
  const writers = [0, 1, 2, 3].map(writer);
  return {
    acknowledged,
    statuses,
    stop: async () => {
      isStopped = true;
      await Promise.all(writers);
    },
  };
}

function postmasterOf({ dataDir }: ServerProcess): number {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

async function storedTitles(server: ServerProcess): Promise<string[]> {
  const { body } = await server.fetch('/api/anomalies/export?format=json');
  return (body.data.anomalies as { title: string }[]).map(({ title }) => title);
}

describe('the embedded PostgreSQL and the server around it', () => {
  it('keeps every acknowledged write through kill -9 of the server, on data that the next start takes over', async () => {
    let server = await ServerProcess.start();
    const { dataDir } = server;
    const writes = writeUntilStopped(() => server, 'kill');
    for (let round = 0; round < 2; round += 1) {
      const before = writes.acknowledged.length;
      await eventually(
        () => writes.acknowledged.length,
        (count) => count > before + 20,
      );
      await server.kill();
      server = await ServerProcess.start({ DATA_DIR: dataDir });
    }
    await writes.stop();
    const stored = await storedTitles(server);
    expect(writes.acknowledged.filter((title) => !stored.includes(title))).toEqual([]);
    expect(new Set(stored).size).toBe(stored.length);
    expect(await server.stop()).toBe(0);
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 120_000);

  it('answers 503 with Retry-After while Postgres is away, stays live, and recovers by itself within seconds', async () => {
    const server = await ServerProcess.start();
    const postmaster = postmasterOf(server);
    const writes = writeUntilStopped(() => server, 'outage');
    await eventually(
      () => writes.acknowledged.length,
      (count) => count > 20,
    );
    process.kill(postmaster, 'SIGKILL');
    const outage = await eventually(
      () => server.fetch('/api/anomalies'),
      ({ status }) => status === 503,
    );
    expect(outage.body).toMatchObject({ status: 'error', code: 'database/unavailable' });
    expect(Number(outage.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await server.fetch('/healthz', { token: null })).status).toBe(200);
    await eventually(
      () => server.fetch('/api/anomalies'),
      ({ status }) => status === 200,
    );
    const before = writes.acknowledged.length;
    await eventually(
      () => writes.acknowledged.length,
      (count) => count > before + 20,
    );
    await writes.stop();
    expect([...writes.statuses.keys()].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    const stored = await storedTitles(server);
    expect(writes.acknowledged.filter((title) => !stored.includes(title))).toEqual([]);
    expect(await server.stop()).toBe(0);
  }, 120_000);

  it('lets requests in flight end on SIGTERM, and leaves no process behind', async () => {
    const server = await ServerProcess.start();
    const postmaster = postmasterOf(server);
    const writes = writeUntilStopped(() => server, 'term');
    await eventually(
      () => writes.acknowledged.length,
      (count) => count > 20,
    );
    const exit = server.stop();
    // npm passes on the signal that the terminal has sent to the whole group: the second must not cut the first one short.
    server.child.kill('SIGTERM');
    await writes.stop();
    expect(await exit).toBe(0);
    expect([...writes.statuses.keys()].filter((status) => status !== 201 && status !== 503)).toEqual([]);
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH');
  }, 60_000);

  it('prints the addresses and a made-up password once, and keeps secrets to their owner', async () => {
    const first = await ServerProcess.start();
    expect(first.errors).toContain('/api/docs');
    expect(
      first.output
        .split('\n')
        .filter(Boolean)
        .every((line) => line.startsWith('{')),
    ).toBe(true);
    expect(readdirSync(first.dataDir)).toEqual(
      expect.arrayContaining(['jwt-secret', 'postgres', 'postgres-password']),
    );
    await first.stop();
  }, 60_000);
});
