import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ADMIN_PASSWORD, eventually, NO_LIMITS } from './test-app';

const MAIN = join(__dirname, '../../dist/src/main.js');

/** The built server as a process of its own, so that it can be killed. */
export class ServerProcess {
  token = '';
  output = '';
  errors = '';

  private constructor(
    readonly child: ChildProcess,
    readonly url: string,
    readonly dataDir: string,
    private readonly ownsDataDir: boolean,
  ) {}

  /** Starts it and waits until it is ready; `environment` as in production. */
  static async start(environment: Record<string, string> = {}): Promise<ServerProcess> {
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
    const server = new ServerProcess(
      child,
      `http://127.0.0.1:${port}`,
      dataDir,
      environment.DATA_DIR === undefined,
    );
    child.stdout.on('data', (chunk: Buffer) => (server.output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (server.errors += chunk.toString()));
    await eventually(
      async () => {
        if (child.exitCode !== null) throw new Error(`The server ended: ${server.errors}${server.output}`);
        return (await server.fetch('/readyz', { token: null }).catch(() => null))?.status === 200;
      },
      Boolean,
      60_000,
    );
    await server.logIn();
    return server;
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
      timeoutMs = 15_000,
    }: {
      method?: string;
      body?: unknown;
      token?: string | null;
      contentType?: string;
      timeoutMs?: number;
    } = {},
  ): Promise<{ status: number; body: any; headers: Headers }> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(token !== null && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { 'content-type': contentType }),
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith('{') ? JSON.parse(text) : text,
      headers: response.headers,
    };
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  /** Asks it to stop; returns its exit code. */
  async stop(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = once(this.child, 'exit');
      this.child.kill('SIGTERM');
      await exited;
    }
    if (this.ownsDataDir) rmSync(this.dataDir, { recursive: true, force: true });
    return this.child.exitCode;
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
