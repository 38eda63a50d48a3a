import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../src/config/version';
import { freePort } from '../../src/database/postgres-cluster';
import { ADMIN_PASSWORD, eventually, NO_LIMITS } from './test-app';

const MAIN = join(PROJECT_ROOT, 'dist', 'src', 'main.js');
const READY_LIMIT_MS = 90_000;

/** A request to a server that runs beside us. */
export interface ProcessCall {
  readonly method?: string;
  readonly body?: unknown;
  readonly token?: string | null;
  readonly contentType?: string;
  readonly headers?: Record<string, string>;
  readonly timeoutMs?: number;
}

export interface ProcessAnswer {
  readonly status: number;
  readonly body: any;
  readonly text: string;
  readonly headers: Headers;
}

/** The built server as a process of its own, so that it can be killed. */
export class ServerProcess {
  token = '';
  output = '';
  errors = '';
  private readonly exited: Promise<unknown>;

  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly dataDir: string,
    private readonly ownsDataDir: boolean,
  ) {
    this.exited = once(child, 'exit');
    child.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (this.errors += chunk.toString()));
  }

  /** Starts it and waits until it is ready; `environment` as in production. */
  static async start(environment: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.launch(environment);
    await server.untilReady();
    await server.logIn();
    return server;
  }

  /** Starts it without waiting for anything. */
  static async launch(environment: Record<string, string> = {}): Promise<ServerProcess> {
    if (!existsSync(MAIN)) throw new Error('The server is not built: `npm test` builds it first');
    const port = await freePort();
    const dataDir = environment.DATA_DIR ?? mkdtempSync(join(tmpdir(), 'smartcloudops-process-'));
    // As root the database runs as another user, who must be able to enter.
    chmodSync(dataDir, 0o755);
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env.PATH,
        LOG_LEVEL: 'warn',
        HOST: '127.0.0.1',
        HOST_COLLECTOR: 'false',
        // Nothing stands before it that would have to notice.
        DRAIN_SECONDS: '0',
        ...NO_LIMITS,
        PORT: String(port),
        ADMIN_PASSWORD,
        DATA_DIR: dataDir,
        ...(environment.DATABASE_URL !== undefined && {
          JWT_SECRET: 'a-signing-key-of-the-tests-that-is-long-enough',
        }),
        ...environment,
      },
      cwd: dataDir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child, `http://127.0.0.1:${port}`, dataDir, environment.DATA_DIR === undefined);
  }

  /** Waits until it may be sent requests. Throws where it ends instead. */
  async untilReady(): Promise<void> {
    await eventually(
      async () => {
        if (this.hasEnded) throw new Error(`The server ended: ${this.errors}${this.output}`);
        return (await this.fetch('/readyz', { token: null }).catch(() => null))?.status === 200;
      },
      Boolean,
      READY_LIMIT_MS,
    );
  }

  async logIn(): Promise<void> {
    const { body } = await this.fetch('/api/auth/login', {
      method: 'POST',
      body: { username: 'admin', password: ADMIN_PASSWORD },
      token: null,
    });
    this.token = body.data.token as string;
  }

  /** One request; a connection that breaks throws. */
  async fetch(
    path: string,
    {
      method = 'GET',
      body,
      token = this.token,
      contentType = 'application/json',
      headers = {},
      timeoutMs = 15_000,
    }: ProcessCall = {},
  ): Promise<ProcessAnswer> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': contentType }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : text,
      text,
      headers: response.headers,
    };
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** The process of the embedded PostgreSQL. */
  get postmaster(): number {
    return Number(this.postmasterFile[0]);
  }

  /** How to look into the embedded database beside the product. */
  get databaseUrl(): string {
    const password = readFileSync(join(this.dataDir, 'postgres-password'), 'utf8').trim();
    return `postgres://postgres:${password}@127.0.0.1:${Number(this.postmasterFile[3])}/smartcloudops`;
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    if (this.hasEnded) return;
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it to stop; returns its exit code. */
  async stop(): Promise<number | null> {
    if (!this.hasEnded) {
      this.child.kill('SIGTERM');
      await this.exited;
    }
    if (this.ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    return this.child.exitCode;
  }

  private get postmasterFile(): string[] {
    return readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  }
}
