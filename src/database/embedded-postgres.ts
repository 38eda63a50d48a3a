import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { keepSecret } from '../config/secret-file';
import {
  databaseUser,
  findLiveServer,
  freePort,
  initialise,
  Owner,
  reachableBinaries,
  reachableHome,
  removeStaleLock,
  serverEnvironment,
  stopOrphan,
} from './postgres-cluster';

const DATABASE = 'smartcloudops';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

export interface EmbeddedOptions {
  /** Trades durability for speed; only for tests that do not crash anything. */
  readonly durable?: boolean;
  readonly onEvent?: (message: string) => void;
}

/**
 * A real PostgreSQL from the npm package, on a loopback port and a folder of ours. Kept across restarts; restarted when
 * its process dies; joined, never stopped, where another live process owns it. Design and traps: README.md in this folder.
 */
export class EmbeddedPostgres {
  private process: ChildProcess | null = null;
  private stopping = false;

  private constructor(
    private readonly home: string,
    private readonly binaries: string,
    private readonly owner: Owner | undefined,
    private readonly password: string,
    private readonly port: number,
    private readonly options: EmbeddedOptions,
  ) {}

  /** How to reach the database, with its password: never logged. */
  get url(): string {
    return `postgres://postgres:${this.password}@127.0.0.1:${this.port}/${DATABASE}`;
  }

  /** Whether this process started the server, and so stops it. */
  get isOwner(): boolean {
    return this.process !== null;
  }

  /** The server's process, for tests that kill it. */
  get pid(): number {
    return Number(readFileSync(join(this.home, 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
  }

  /**
   * Starts the server on `dataDir/postgres`, making the cluster on first use.
   * Throws where the platform has no package, or the database user cannot enter the folder (the message says what to set).
   */
  static async start(dataDir: string, options: EmbeddedOptions = {}): Promise<EmbeddedPostgres> {
    const owner = process.getuid?.() === 0 ? databaseUser() : undefined;
    const folder = resolve(dataDir);
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    const password = keepSecret(folder, 'postgres-password');
    const binaries = await reachableBinaries(owner);
    const home = await reachableHome(folder, owner, options.onEvent ?? (() => undefined));

    const live = findLiveServer(home);
    if (live !== null && live.ownerAlive)
      return new EmbeddedPostgres(home, binaries, owner, password, live.port, options);
    if (live !== null) await stopOrphan(home, binaries, owner);
    removeStaleLock(home);

    if (!existsSync(join(home, 'PG_VERSION'))) await initialise(home, binaries, owner, password);
    const server = new EmbeddedPostgres(home, binaries, owner, password, await freePort(), options);
    await server.launch();
    await server.createDatabase();
    return server;
  }

  /** Stops the server if this process started it; clients should be gone by then. */
  async stop(): Promise<void> {
    const child = this.process;
    this.stopping = true;
    if (child === null) return;
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await Promise.race([exited, delay(STOP_TIMEOUT_MS, undefined, { ref: false })]);
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGQUIT');
    }
    this.process = null;
    rmSync(join(this.home, 'owner.pid'), { force: true });
  }

  /** Tells the server to stop and does not wait: for an exit that cannot. */
  abandon(): void {
    this.stopping = true;
    this.process?.kill('SIGINT');
  }

  private async launch(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    writeFileSync(join(this.home, 'owner.pid'), String(process.pid));
    for (;;) {
      this.process = this.spawnServer();
      if (await this.answers(this.process, deadline)) break;
      // A server killed a moment ago may still hold its lock file or shared memory.
      if (Date.now() > deadline)
        throw new Error(`PostgreSQL did not start; see ${join(this.home, 'server.log')}`);
      await delay(300);
    }
    this.process.once('exit', () => void this.restart());
  }

  private async restart(): Promise<void> {
    if (this.stopping) return;
    this.options.onEvent?.('PostgreSQL ended unexpectedly; starting it again');
    await delay(100);
    if (!this.stopping) await this.launch().catch((error: Error) => this.options.onEvent?.(error.message));
  }

  private spawnServer(): ChildProcess {
    const settings: Record<string, string> = {
      port: String(this.port),
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '100',
      shared_buffers: '128MB',
      ...(this.options.durable === false
        ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
        : {}),
    };
    const log = openSync(join(this.home, 'server.log'), 'a');
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // A process group of its own: Ctrl-C in the terminal must reach the app first, which drains and then stops us.
    return spawn(join(this.binaries, 'bin', 'postgres'), ['-D', this.home, ...flags], {
      ...this.owner,
      cwd: this.home,
      env: serverEnvironment(),
      stdio: ['ignore', log, log],
      detached: true,
    });
  }

  private async answers(child: ChildProcess, deadline: number): Promise<boolean> {
    while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
      const client = new Client({
        connectionString: this.url.replace(`/${DATABASE}`, '/postgres'),
        connectionTimeoutMillis: 1_000,
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return true;
      } catch {
        await delay(50);
      } finally {
        await client.end().catch(() => undefined);
      }
    }
    return false;
  }

  private async createDatabase(): Promise<void> {
    const client = new Client({ connectionString: this.url.replace(`/${DATABASE}`, '/postgres') });
    await client.connect();
    try {
      const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    } finally {
      await client.end();
    }
  }
}
