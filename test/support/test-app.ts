import 'reflect-metadata';

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { NestFastifyApplication } from '@nestjs/platform-fastify';

import { createApp } from '../../src/app';
import { Role } from '../../src/auth/access-matrix';
import { FirstAdmin } from '../../src/auth/first-admin';
import { readConfig } from '../../src/config/config';
import { createTestDatabase, TestDatabase } from './test-database';

export { eventually } from './eventually';

export const ADMIN_PASSWORD = 'Correct-horse-9';

/** Suites call far more often than anybody may; those about the limits set them. */
export const NO_LIMITS = {
  RATE_LIMIT_GENERAL: '0',
  RATE_LIMIT_AI: '0',
  RATE_LIMIT_ADMIN: '0',
  RATE_LIMIT_AUTH: '0',
};

/** One answer: status, headers and the parsed body. */
export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | number | undefined>;
  readonly body: any;
  readonly text: string;
}

export interface Call {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly token?: string | null;
}

/** The server as shipped on a database of its own, driven over HTTP injection or a real port. */
export class TestApp {
  private readonly tokens = new Map<Role, string>();

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: TestDatabase,
    private readonly dataDir: string,
    private readonly ownsDatabase: boolean,
  ) {}

  /**
   * Builds the server; `environment` adds to the variables, `database` shares one between several servers, and `prepare` registers
   * what must stand before its jobs start.
   */
  static async start(
    environment: Record<string, string> = {},
    database?: TestDatabase,
    prepare?: (app: NestFastifyApplication) => void,
  ): Promise<TestApp> {
    const own = database ?? (await createTestDatabase());
    const dataDir = mkdtempSync(join(tmpdir(), 'smartcloudops-data-'));
    const config = readConfig({
      LOG_LEVEL: 'silent',
      HOST_COLLECTOR: 'false',
      ADMIN_PASSWORD,
      JWT_SECRET: 'a-signing-key-of-the-tests-that-is-long-enough',
      DATABASE_URL: own.url,
      DATABASE_POOL_SIZE: '8',
      DATA_DIR: dataDir,
      ...NO_LIMITS,
      ...environment,
    });
    const app = await createApp(config, own.url, prepare);
    await app.get(FirstAdmin).ensure();
    return new TestApp(app, own, dataDir, database === undefined);
  }

  async stop(): Promise<void> {
    await this.app.close();
    if (this.ownsDatabase) await this.database.drop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  /** Sends a request; as the admin unless a token (or null for a stranger) is given. */
  async call(method: string, url: string, { body, headers = {}, token }: Call = {}): Promise<Answer> {
    const bearer = token === undefined ? await this.tokenOf('admin') : token;
    const response = await this.app.inject({
      method: method as 'GET',
      url,
      headers: { ...(bearer !== null && { authorization: `Bearer ${bearer}` }), ...headers },
      ...(body !== undefined && { payload: body as object }),
    });
    const isJson = String(response.headers['content-type'] ?? '').includes('application/json');
    return {
      status: response.statusCode,
      headers: response.headers,
      body: isJson && response.payload !== '' ? (JSON.parse(response.payload) as unknown) : null,
      text: response.payload,
    };
  }

  get(url: string, call?: Call): Promise<Answer> {
    return this.call('GET', url, call);
  }

  post(url: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.call('POST', url, { ...call, body });
  }

  put(url: string, body?: unknown, call: Call = {}): Promise<Answer> {
    return this.call('PUT', url, { ...call, body });
  }

  delete(url: string, call?: Call): Promise<Answer> {
    return this.call('DELETE', url, call);
  }

  /** An access token of a user with this role, made on first use. */
  async tokenOf(role: Role): Promise<string> {
    const known = this.tokens.get(role);
    if (known !== undefined) return known;
    if (role !== 'admin') {
      const made = await this.post('/api/auth/users', {
        username: `the-${role}`,
        email: `${role}@example.org`,
        password: ADMIN_PASSWORD,
        role,
      });
      if (made.status !== 201) throw new Error(`no ${role}: ${made.text}`);
    }
    const username = role === 'admin' ? 'admin' : `the-${role}`;
    const { body, text } = await this.call('POST', '/api/auth/login', {
      body: { username, password: ADMIN_PASSWORD },
      token: null,
    });
    if (body?.data?.token === undefined) throw new Error(`no token for ${role}: ${text}`);
    this.tokens.set(role, body.data.token as string);
    return body.data.token as string;
  }

  /** Listens on a free port, for what injection cannot show (streams, sockets); returns the base URL. */
  async listen(): Promise<string> {
    await this.app.listen(0, '127.0.0.1');
    const address = this.app.getHttpServer().address() as { port: number };
    return `http://127.0.0.1:${address.port}`;
  }
}
