import { ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Running } from './belongings';
import { childEnvironment, describeEnd, endProcess, hasEnded, stopChild } from './child';
import { freePort } from './free-port';
import { Interrupted } from './interrupt';
import { Terminal } from './terminal';

const START_TIMEOUT_MS = 90_000;
/** The server itself gives up stopping after 25 seconds. */
const STOP_TIMEOUT_MS = 30_000;
const LOG_LINES = 12;
/**
 * We look every second, and often at several things: more than the limits allow one user of a server that many share. This one
 * is ours alone. Signing in is limited as ever.
 */
const UNLIMITED = { RATE_LIMIT_GENERAL: '0', RATE_LIMIT_AI: '0', RATE_LIMIT_ADMIN: '0' };
/** The server's main file, beside this folder in the build. */
const MAIN = join(__dirname, '..', 'main.js');

interface ProductOptions {
  readonly signal: AbortSignal;
  /** Settings beside those that keep it apart: its own folder, port and password. */
  readonly settings: Readonly<Record<string, string>>;
  /** Called when the server ends although nobody asked it to. */
  readonly onDeath: (error: Error) => void;
}

/** The real server, as `npm start` runs it, on temporary data of its own; all of it is gone after `stop`. */
export class ProductProcess implements Running {
  readonly username = 'admin';
  readonly password = `${randomBytes(9).toString('base64url')}-Demo1`;
  private stopping = false;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  private child: ChildProcess;

  /** Throws  Error with the end of the server's log where it does not become ready. */
  static async start(options: ProductOptions): Promise<ProductProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'smartcloudops-'));
    // Where this runs as root, PostgreSQL runs as another user, who must be able to pass through.
    chmodSync(folder, 0o755);
    const product = new ProductProcess(folder, await freePort());
    try {
      product.launch(options);
      await product.waitUntilReady(options.signal);
    } catch (error) {
      await product.stop();
      throw error;
    }
    return product;
  }

  /** As people type it; the server itself listens on the loopback address only. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get docsUrl(): string {
    return `${this.url}/api/docs`;
  }

  /** Leaves the server running until somebody interrupts. Throws  whatever else ends the wait. */
  async keepUntil(signal: AbortSignal, terminal: Terminal): Promise<void> {
    terminal.settle(
      `The server goes on at ${this.docsUrl} (user ${this.username}, password ${this.password}). Ctrl-C ends it.`,
    );
    if (!signal.aborted) await once(signal, 'abort');
    if (!(signal.reason instanceof Interrupted)) throw signal.reason;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await stopChild(this.child, STOP_TIMEOUT_MS);
    // A server that is stopped while it starts leaves the making of its database under way.
    if (this.child.pid !== undefined) await endProcess(-this.child.pid, 'SIGKILL');
    await this.removeData();
  }

  private launch({ settings, onDeath }: ProductOptions): void {
    const log = openSync(this.logPath, 'a');
    this.child = spawn(process.execPath, [MAIN], {
      // Here, because a `.env` of the folder that the demo was started in must not count.
      cwd: this.folder,
      env: childEnvironment({
        DATA_DIR: join(this.folder, 'data'),
        HOST: '127.0.0.1',
        PORT: String(this.port),
        ADMIN_USERNAME: this.username,
        ADMIN_PASSWORD: this.password,
        REGISTRATION: 'closed',
        LOG_LEVEL: 'warn',
        ...UNLIMITED,
        ...settings,
      }),
      stdio: ['ignore', log, log],
      // Out of the terminal's process group: Ctrl-C reaches us alone, and we stop it in order.
      detached: true,
    });
    // A last resort for an end that runs no clean-up; the server then stops its database itself.
    process.once('exit', () => this.child.kill('SIGTERM'));
    this.child.once('error', (error) => onDeath(error));
    this.child.once('exit', () => {
      if (!this.stopping) onDeath(this.failure(`The server ${describeEnd(this.child)}`));
    });
  }

  private async waitUntilReady(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      signal.throwIfAborted();
      if (hasEnded(this.child)) throw this.failure(`The server ${describeEnd(this.child)}`);
      if (Date.now() > deadline)
        throw this.failure(`The server was not ready after ${START_TIMEOUT_MS / 1000} seconds`);
      const isReady = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(2_000) }).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isReady) return;
      await delay(100, undefined, { signal });
    }
  }

  private get logPath(): string {
    return join(this.folder, 'server.log');
  }

  private failure(what: string): Error {
    const lines = existsSync(this.logPath) ? readFileSync(this.logPath, 'utf8').trimEnd().split('\n') : [];
    return new Error([what, ...lines.slice(-LOG_LINES).map((line) => `  ${line}`)].join('\n'));
  }

  private async removeData(): Promise<void> {
    const data = join(this.folder, 'data');
    // The server names the place it took where its database could not live in the data folder.
    const note = join(data, 'postgres-location');
    const elsewhere = existsSync(note) ? readFileSync(note, 'utf8').trim() : null;
    for (const home of [data, ...(elsewhere === null ? [] : [elsewhere])])
      await endDatabase(join(home, 'postgres'));
    if (elsewhere !== null && basename(dirname(elsewhere)) === 'smartcloudops')
      rmSync(elsewhere, { recursive: true, force: true });
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Ends a database that outlived its server, which a server that was killed leaves behind. */
async function endDatabase(home: string): Promise<void> {
  const file = join(home, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n', 1)[0]);
  if (Number.isInteger(pid) && pid > 1) await endProcess(pid, 'SIGQUIT');
}
