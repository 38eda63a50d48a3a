import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ServerProcess } from '../support/server-process';
import { createTestDatabase } from '../support/test-database';
import { killPostgres } from '../torture/kill-postgres';
import { killTheServer, killUnderIntake } from '../torture/kill-the-server';
import { terminateUnderLoad } from '../torture/terminate-under-load';

/** The first four are done many more times by `npm run torture`. */
describe('the server and the PostgreSQL that it carries', () => {
  it('keep every acknowledged write, once and whole, through kill -9 of the server at any instant', async () => {
    const { figures, breaches } = await killTheServer({ kills: 5, writesBetween: 50 });
    expect(breaches).toEqual([]);
    expect(figures.acknowledged).toBeGreaterThanOrEqual(250);
  }, 180_000);

  it('keep every acknowledged sample and alert, whatever protocol brought it, through kill -9 of the server', async () => {
    const { figures, breaches } = await killUnderIntake({ kills: 4, writesBetween: 100 });
    expect(breaches).toEqual([]);
    expect(figures.acknowledged).toBeGreaterThanOrEqual(400);
  }, 180_000);

  it('keep them through kill -9 of Postgres: live stays up, requests are refused in time, and it recovers by itself', async () => {
    const { figures, breaches } = await killPostgres({ kills: 1, writesBetween: 50 });
    expect(breaches).toEqual([]);
    expect(figures.refused).toBeGreaterThan(0);
  }, 120_000);

  it('break no request on SIGTERM behind a balancer that heeds readiness, and do not wait on a second one', async () => {
    const database = await createTestDatabase();
    try {
      const { figures, breaches } = await terminateUnderLoad(database, { stops: 2 });
      expect(breaches).toEqual([]);
      expect(figures.answered).toBeGreaterThan(100);
    } finally {
      await database.drop();
    }
  }, 120_000);

  it('leave no process behind, and take the echo of a signal for the same one', async () => {
    const server = await ServerProcess.start();
    const { postmaster, dataDir } = server;
    const exit = server.stop();
    // npm passes on the signal that the terminal has sent to the whole group: the second must not cut the first one short.
    server.child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH');
    expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
  }, 60_000);

  it('start after the machine went down, although the processes they left on file are others by now', async () => {
    const lost = await ServerProcess.start();
    const { postmaster, dataDir } = lost;
    const home = join(dataDir, 'postgres');
    process.kill(postmaster, 'SIGSTOP');
    await lost.kill();
    process.kill(postmaster, 'SIGKILL');
    const innocent = spawn('sleep', ['600']);
    try {
      const [, ...rest] = readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n');
      writeFileSync(join(home, 'postmaster.pid'), [innocent.pid, ...rest].join('\n'));
      writeFileSync(join(home, 'owner.pid'), String(process.pid));
      const next = await ServerProcess.start({ DATA_DIR: dataDir });
      expect((await next.fetch('/api/anomalies')).status).toBe(200);
      expect(innocent.exitCode ?? innocent.signalCode).toBeNull();
      expect(await next.stop()).toBe(0);
    } finally {
      innocent.kill();
      rmSync(dataDir, { recursive: true, force: true });
    }
  }, 120_000);

  it('print the addresses and a made-up password once, and keep secrets to their owner', async () => {
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
