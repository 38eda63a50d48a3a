import { Controller, DynamicModule, Get } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';

import { createApp } from '../../src/app';
import { AppModule } from '../../src/app.module';
import { ACCESS_MATRIX, ALL_PERMISSIONS, Permission, Role, ROLES } from '../../src/auth/access-matrix';
import { RouteTable } from '../../src/common/http/route-table';
import { readConfig } from '../../src/config/config';
import { fillPath, isEndless, Operation, operationsOf, titleOf } from '../../src/docs/api-document';
import { ADMIN_PASSWORD, TestApp } from '../support/test-app';
import { createTestDatabase } from '../support/test-database';

/** Routes that no document describes: the pages that show the document. */
const UNDOCUMENTED = [
  'GET /api/docs',
  'GET /api/docs-json',
  'GET /api/docs/start.js',
  'GET /api/docs/swagger-ui.css',
  'GET /api/docs/swagger-ui-bundle.js',
  'GET /api/docs/favicon-32x32.png',
];
/** Older places of documented routes, which answer alike. */
const ALIASES: [older: string, documented: string][] = [['/auth/', '/api/auth/']];

type Verdict = 'a stranger' | 'forbidden' | 'let in';

/** Somebody who calls: how they show who they are, and what they may do. */
interface Caller {
  readonly name: string;
  readonly permissions: readonly Permission[];
  headers(): Promise<Record<string, string>>;
}

describe('the access matrix', () => {
  const registered: { method: string; path: string }[] = [];
  let server: TestApp;
  let base: string;
  let operations: Operation[];

  beforeAll(async () => {
    const add = jest.spyOn(RouteTable.prototype, 'add');
    server = await TestApp.start();
    registered.push(
      ...add.mock.calls.map(([method, path]) => ({ method, path: path.replace(/:(\w+)/g, '{$1}') })),
    );
    add.mockRestore();
    base = await server.listen();
    operations = operationsOf((await server.get('/api/docs-json')).body as OpenAPIObject);
  });
  afterAll(() => server.stop());

  const username = (role: Role): string => (role === 'admin' ? 'admin' : `the-${role}`);

  /** A session of its own for each call, since one of the routes ends it. */
  function person(role: Role): Caller {
    const headers = async (): Promise<Record<string, string>> => {
      const body = { username: username(role), password: ADMIN_PASSWORD };
      const answer = await server.post('/api/auth/login', body, { token: null });
      const { token } = (answer.body as { data: { token: string } }).data;
      return { authorization: `Bearer ${token}` };
    };
    return { name: `the ${role}`, permissions: ACCESS_MATRIX[role], headers };
  }

  async function keyWith(scope: Permission): Promise<Caller> {
    const answer = await server.post('/api/auth/keys', { name: scope, scopes: [scope] });
    const { key } = (answer.body as { data: { key: string } }).data;
    return { name: `a key for ${scope}`, permissions: [scope], headers: async () => ({ 'x-api-key': key }) };
  }

  /** Calls an operation about a record that is not there, without a body: whoever is let in gets an answer about that. */
  async function call(operation: Operation, headers: Record<string, string>): Promise<Verdict> {
    const path = fillPath(operation.path, (name) => (name === 'queue' ? 'nothing' : 999_999_999));
    const { status, code } = isEndless(operation)
      ? await open(path, headers)
      : await ask(operation.method, path, headers);
    if (status === 401) return 'a stranger';
    // A protocol has its own words for it.
    return status === 403 && (code === 'auth/forbidden' || operation.dialect !== null)
      ? 'forbidden'
      : 'let in';
  }

  async function ask(
    method: string,
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; code?: string }> {
    const { status, body } = await server.call(method, path, { token: null, headers });
    return { status, code: (body as { code?: string } | null)?.code };
  }

  async function open(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; code?: string }> {
    const stop = new AbortController();
    const answer = await fetch(`${base}${path}`, { headers, signal: stop.signal });
    const { status } = answer;
    const { code } = status === 200 ? {} : ((await answer.json()) as { code?: string });
    stop.abort();
    return { status, code };
  }

  const expected = ({ permission }: Operation, permissions: readonly Permission[]): Verdict =>
    permission === 'public' ||
    permission === 'authenticated' ||
    permissions.includes(permission as Permission)
      ? 'let in'
      : 'forbidden';

  /** What a caller meets otherwise than the matrix says; nothing, that is. */
  async function surprises(caller: Caller): Promise<string[]> {
    const found: string[] = [];
    let headers = await caller.headers();
    for (const operation of operations) {
      const verdict = await call(operation, headers);
      if (verdict !== expected(operation, caller.permissions))
        found.push(`${titleOf(operation)}: ${verdict}`);
      if (operation.path.endsWith('/logout')) headers = await caller.headers();
    }
    return found;
  }

  it('refuses strangers everywhere but where the route is public, whatever they send', async () => {
    const found: string[] = [];
    for (const operation of operations) {
      const verdict = await call(operation, {});
      if (verdict !== (operation.permission === 'public' ? 'let in' : 'a stranger'))
        found.push(`${titleOf(operation)}: ${verdict}`);
      if (operation.permission === 'public') continue;
      const path = fillPath(operation.path, () => 'x');
      const broken = await server.call(operation.method, path, {
        token: null,
        headers: { 'content-type': 'application/json' },
        body: '{',
      });
      if (broken.status !== 401) found.push(`${titleOf(operation)} with a broken body: ${broken.status}`);
    }
    expect(found).toEqual([]);
  });

  it.each(ROLES)('lets the %s do what the role may, and no more', async (role) => {
    await server.tokenOf(role);
    expect(await surprises(person(role))).toEqual([]);
  });

  it.each(ALL_PERMISSIONS)('lets an API key for %s do that, and no more', async (scope) => {
    expect(await surprises(await keyWith(scope))).toEqual([]);
  });

  it('knows every route that the server answers', () => {
    const documented = new Set(operations.map(titleOf));
    const current = (path: string): string =>
      ALIASES.reduce(
        (place, [older, now]) => (place.startsWith(older) ? now + place.slice(older.length) : place),
        path,
      );
    const unknown = registered
      .filter(({ method }) => method !== 'OPTIONS')
      .map(({ method, path }) => ({ method: method === 'HEAD' ? 'GET' : method, path }))
      .map(({ method, path }) =>
        titleOf({ method: method as 'GET', path: current(path.length > 1 ? path.replace(/\/$/, '') : path) }),
      )
      .filter((title) => !documented.has(title) && !UNDOCUMENTED.includes(title));
    expect(unknown).toEqual([]);
    expect(
      UNDOCUMENTED.filter((title) => !registered.some((route) => titleOf(route as Operation) === title)),
    ).toEqual([]);
  });

  it('holds at the older places of routes as well', async () => {
    const user = await person('user').headers();
    const found: string[] = [];
    for (const [older, now] of ALIASES) {
      for (const operation of operations.filter(({ path }) => path.startsWith(now))) {
        const alias = { ...operation, path: older + operation.path.slice(now.length) };
        if (alias.path.endsWith('/logout')) continue;
        const [stranger, known] = [await call(alias, {}), await call(alias, user)];
        if (stranger !== (alias.permission === 'public' ? 'let in' : 'a stranger'))
          found.push(`${titleOf(alias)}: ${stranger}`);
        if (known !== expected(alias, ACCESS_MATRIX.user)) found.push(`${titleOf(alias)} as user: ${known}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('closes the documents where they are not public', async () => {
    const closed = await TestApp.start({ DOCS_PUBLIC: 'false' }, server.database);
    try {
      for (const title of UNDOCUMENTED) {
        const path = title.replace('GET ', '');
        expect([path, (await closed.get(path, { token: null })).status]).toEqual([path, 401]);
        expect([path, (await closed.get(path)).status]).toEqual([path, 200]);
      }
    } finally {
      await closed.stop();
    }
  });

  it('stops a server from starting with a route that declares no access', async () => {
    @Controller('forgotten')
    class ForgottenController {
      @Get()
      anything(): string {
        return 'open to all, had anybody asked';
      }
    }
    const of = AppModule.of.bind(AppModule);
    const withForgotten = (...parts: Parameters<typeof of>): DynamicModule => ({
      ...of(...parts),
      controllers: [ForgottenController],
    });
    const database = await createTestDatabase();
    const module = jest.spyOn(AppModule, 'of').mockImplementation(withForgotten);
    const create = jest.spyOn(NestFactory, 'create');
    try {
      const config = readConfig({
        LOG_LEVEL: 'silent',
        DATABASE_URL: database.url,
        JWT_SECRET: 'a-signing-key-of-the-tests-that-is-long-enough',
      });
      await expect(createApp(config, database.url)).rejects.toThrow(
        'The route GET /forgotten declares no permission',
      );
      await (await (create.mock.results[0].value as Promise<{ close(): Promise<void> }>)).close();
    } finally {
      module.mockRestore();
      create.mockRestore();
      await database.drop();
    }
  });
});
