import { ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../../../src/database/postgres-cluster';
import { BenchDatabase } from './bench-database';

const ROOT = join(__dirname, '..', '..', '..');
const START_LIMIT_MS = 60_000;
const PASSWORD = 'Correct-horse-9-battery';
/** A third of an access token's life: no turn begins with one that could end within it. */
const TOKEN_RENEWAL_MS = 5 * 60_000;

export type TargetName = 'ours' | 'raw' | 'common';

/** The greatest limits that can be set; 0 would not count at all. */
const ENDLESS_LIMITS = {
  RATE_LIMIT_GENERAL: '10000000',
  RATE_LIMIT_AI: '10000000',
  RATE_LIMIT_ADMIN: '10000000',
  RATE_LIMIT_AUTH: '10000000',
};

const PROGRAMS: Readonly<Record<TargetName, string>> = {
  ours: join(ROOT, 'src', 'main.js'),
  raw: join(__dirname, 'raw-fastify-pg.js'),
  common: join(__dirname, 'common', 'server.js'),
};

const JWT_SECRET = 'a-signing-key-of-the-benchmark-that-is-long-enough';

/**
 * What the product runs with besides its defaults: an own database, the first admin, and no collector, whose findings on this busy
 * machine would be anomalies among those that are counted. Its requests are counted as ever, but none is one too many.
 */
const PRODUCT_SETTINGS = {
  ...ENDLESS_LIMITS,
  ADMIN_PASSWORD: PASSWORD,
  JWT_SECRET,
  HOST_COLLECTOR: 'false',
  // The seed's times are fixed, and so lie further back with every day.
  ANOMALY_RETENTION_DAYS: '3650',
};

/** A server under load: a process and a database of its own. */
export class TargetServer {
  private token: { readonly text: string; readonly madeAtMs: number } | null = null;

  private constructor(
    readonly name: TargetName,
    readonly database: string,
    readonly port: number,
    readonly child: ChildProcess,
    private readonly log: string,
  ) {}

  /** Starts it on a seeded database and waits until it answers. */
  static async start(
    name: TargetName,
    database: string,
    cluster: BenchDatabase,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<TargetServer> {
    const port = await freePort();
    const dataDir = join(cluster.folder, `data-${database}`);
    mkdirSync(dataDir, { recursive: true });
    // As in production, the log goes to a file.
    const log = join(cluster.folder, `${database}.log`);
    const output = openSync(log, 'a');
    const child = spawn(process.execPath, [...profilingFlags(name), PROGRAMS[name]], {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        DATABASE_URL: cluster.url(database),
        HOST: '127.0.0.1',
        PORT: String(port),
        ...(name === 'common' && { JWT_SECRET }),
        ...(name === 'ours' && { ...PRODUCT_SETTINGS, DATA_DIR: dataDir, ...settings }),
      },
      cwd: dataDir,
      stdio: ['ignore', output, output],
    });
    const server = new TargetServer(name, database, port, child, log);
    await server.waitUntilReady();
    return server;
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** The headers of every request: those of a signed-in user, but for the raw server, which knows none. */
  async headers(): Promise<Record<string, string>> {
    if (this.name === 'raw') return {};
    if (this.name === 'common') return { authorization: `Bearer ${signedToken()}` };
    if (this.token === null || Date.now() - this.token.madeAtMs > TOKEN_RENEWAL_MS) {
      const answer = await this.fetch('/api/auth/login', { username: 'admin', password: PASSWORD });
      const { data } = JSON.parse(answer) as { data: { token: string } };
      this.token = { text: data.token, madeAtMs: Date.now() };
    }
    return { authorization: `Bearer ${this.token.text}` };
  }

  /** The body of one GET, with the target's own headers. Throws where the answer is no success. */
  async get<Data>(path: string): Promise<Data> {
    return (JSON.parse(await this.fetch(path, undefined, await this.headers())) as { data: Data }).data;
  }

  /** The headers of a sender that is plugged in as an integration of this kind, with a key of its own. */
  async senderHeaders(kind: string): Promise<Record<string, string>> {
    const order = { name: `bench ${kind}`, kind };
    const answer = await this.fetch('/api/integrations', order, await this.headers());
    const { data } = JSON.parse(answer) as { data: { key: string } };
    return { authorization: `Bearer ${data.key}` };
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await exited;
  }

  private async fetch(path: string, body?: object, headers: Record<string, string> = {}): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${this.name} answered ${path} with ${answer.status}: ${text}`);
    return text;
  }

  private async waitUntilReady(): Promise<void> {
    const deadline = Date.now() + START_LIMIT_MS;
    for (;;) {
      if (this.child.exitCode !== null)
        throw new Error(`The server "${this.name}" ended: ${readFileSync(this.log, 'utf8').slice(-2_000)}`);
      const ready = await this.get('/api/anomalies/1').then(
        () => true,
        () => false,
      );
      if (ready) return;
      if (Date.now() > deadline)
        throw new Error(
          `The server "${this.name}" does not answer: ${readFileSync(this.log, 'utf8').slice(-2_000)}`,
        );
      await delay(100);
    }
  }
}

/** A token as the product's own, for a server without a route for signing in. */
function signedToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor((Date.now() + 3 * TOKEN_RENEWAL_MS) / 1_000);
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ sub: '1', username: 'admin', role: 'admin', exp })}`;
  return `${signed}.${createHmac('sha256', JWT_SECRET).update(signed).digest('base64url')}`;
}

/** `BENCH_PROFILE=folder` has the product write a CPU profile there when it stops. */
function profilingFlags(name: TargetName): string[] {
  const folder = process.env.BENCH_PROFILE;
  return name === 'ours' && folder !== undefined ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
}
