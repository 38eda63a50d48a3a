import type { OpenAPIObject } from '@nestjs/swagger';

import { AnomalyListService } from '../../src/anomaly/anomaly-list.service';
import { ALL_PERMISSIONS } from '../../src/auth/access-matrix';
import {
  fillPath,
  isEndless,
  Operation,
  operationsOf,
  resolve,
  Schema,
  titleOf,
} from '../../src/docs/api-document';
import { Answer, TestApp } from '../support/test-app';
import { breachIn, breachOf } from './error-contract';

const UNKNOWN_ID = '999999999';
const JSON_TYPE = { 'content-type': 'application/json' };

/** Bodies that are no JSON, or JSON that nobody should walk, store or trust. */
const HOSTILE_BODIES: [what: string, body: string | Buffer][] = [
  ['nothing', ''],
  ['a brace', '{'],
  ['half a member', '{"title":'],
  ['a comment', '/* hi */ {}'],
  ['a byte order mark', '\ufeff{"title":"x"}'],
  ['text', '"text"'],
  ['a number', '7'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a list of lists', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
  ['a list that never ends', '['.repeat(50_000)],
  ['an object in an object, again and again', `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`],
  ['__proto__', '{"__proto__":{"isAdmin":true}}'],
  ['__proto__ deep inside', '{"title":{"a":{"__proto__":{"isAdmin":true}}}}'],
  ['__proto__ in escapes', '{"\\u005f_proto__":{"isAdmin":true}}'],
  ['constructor.prototype', '{"constructor":{"prototype":{"isAdmin":true}}}'],
  ['two thousand members', `{${Array.from({ length: 2_000 }, (_, i) => `"m${i}":1`).join()}}`],
  ['a member named NUL', '{"\\u0000":1}'],
  ['a member named by half a character', '{"\\ud800":1}'],
  ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
  ['the word NaN', '{"anomaly_score":NaN}'],
];

/** Values that stand where a member or a parameter is due, as JSON writes them. */
const HOSTILE_VALUES = [
  'null',
  '""',
  '" "',
  '"\\u0000"',
  '"a\\u0000b"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '1e400',
  '-1e400',
  '1e-400',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890',
  '-1',
  '0.1',
  'true',
  '[]',
  '[null]',
  '[[]]',
  '{}',
  '{"a":{}}',
  '{"toString":"x"}',
  '"__proto__"',
  `"${'x'.repeat(20_000)}"`,
  '"\'; DROP TABLE anomalies; --"',
  '"%00"',
  '"${7*7}"',
  '"2026-02-31T25:61:61Z"',
  '"+275760-09-13T00:00:00.001Z"',
  '"\\ufffe\\u202e"',
];

const HOSTILE_TEXTS = [
  '',
  ' ',
  '0',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  'NaN',
  'Infinity',
  'null',
  'undefined',
  'true',
  '[]',
  '{}',
  '9007199254740993',
  '99999999999999999999',
  '%00',
  '\u0000',
  '1\u0000',
  "1'--",
  '１',
  'x'.repeat(150),
  'x'.repeat(300),
  '../1',
  '..%2f1',
  '\ud800'.replace(/[\ud800-\udfff]/g, '%ed%a0%80'),
  '2026-02-31',
  '\r\nx: y',
  '🤷',
];

const CONTENT_TYPES = [
  'text/plain',
  'text/html',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/octet-stream',
  'application/json-patch+json',
  'application/ld+json',
  'text/json',
  'application/jsonx',
  'json',
  '',
  ';',
  'application/json/',
  'application/',
  '*/*',
];

describe('the error contract', () => {
  let server: TestApp;
  let document: OpenAPIObject;
  let operations: Operation[];
  let key: string;

  beforeAll(async () => {
    server = await TestApp.start();
    document = (await server.get('/api/docs-json')).body as OpenAPIObject;
    operations = operationsOf(document);
    const made = await server.post('/api/auth/keys', { name: 'may do everything', scopes: ALL_PERMISSIONS });
    key = (made.body as { data: { key: string } }).data.key;
  });
  afterAll(() => server.stop());

  const send = (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    body?: string | Buffer,
  ): Promise<Answer> =>
    server.call(method, path, { token: null, headers: { 'x-api-key': key, ...headers }, body });
  const pathOf = ({ path }: Operation): string => fillPath(path, () => UNKNOWN_ID);

  /** Sends what is given for each operation and collects every breach of the contract. */
  async function breaches(
    some: readonly Operation[],
    attempts: (
      operation: Operation,
    ) => readonly { what: string; path?: string; headers?: Record<string, string>; body?: string | Buffer }[],
  ): Promise<{ found: string[]; sent: number; statuses: Set<number> }> {
    const found: string[] = [];
    const statuses = new Set<number>();
    let sent = 0;
    for (const operation of some) {
      for (const { what, path, headers, body } of attempts(operation)) {
        const answer = await send(operation.method, path ?? pathOf(operation), headers, body);
        sent += 1;
        statuses.add(answer.status);
        const breach = breachIn(operation, answer);
        if (breach !== null) found.push(`${titleOf(operation)} with ${what.slice(0, 60)}: ${breach}`);
      }
    }
    return { found, sent, statuses };
  }

  const withBody = (): Operation[] => operations.filter(({ body }) => body?.type === 'application/json');
  const mayBeSent = (): Operation[] => operations.filter((operation) => !isEndless(operation));

  it('holds for bodies that are no JSON or should not be walked', async () => {
    const { found, statuses } = await breaches(mayBeSent(), () =>
      HOSTILE_BODIES.map(([what, body]) => ({ what, headers: JSON_TYPE, body })),
    );
    expect(found).toEqual([]);
    expect(
      [...statuses].filter((status) => ![200, 201, 202, 400, 403, 404, 409, 415].includes(status)),
    ).toEqual([]);
  });

  it('answers malformed JSON with 400, wherever a body is read', async () => {
    for (const operation of withBody()) {
      const { status, body } = await send(operation.method, pathOf(operation), JSON_TYPE, '{"a":');
      const code = operation.dialect === null ? (body as { code: string }).code : 'request/invalid';
      expect([titleOf(operation), status, code]).toEqual([titleOf(operation), 400, 'request/invalid']);
    }
  });

  it('refuses keys that reach prototypes with 400, wherever a body is read, and leaves later requests alone', async () => {
    for (const operation of withBody()) {
      for (const [what, body] of HOSTILE_BODIES.filter(([what]) => /proto/.test(what))) {
        expect([
          titleOf(operation),
          what,
          (await send(operation.method, pathOf(operation), JSON_TYPE, body)).status,
        ]).toEqual([titleOf(operation), what, 400]);
      }
    }
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it('holds for every member of every body, whatever stands in its place', async () => {
    const { found, sent } = await breaches(withBody(), (operation) => {
      const schema = resolve(document, operation.body?.schema ?? {});
      const properties = Object.entries(schema.properties ?? {});
      const rest = Object.fromEntries(
        properties
          .map(([name, property]) => [name, exampleOf(property)])
          .filter(([, example]) => example !== undefined),
      );
      return properties.flatMap(([name]) =>
        HOSTILE_VALUES.map((value) => {
          const others = JSON.stringify({ ...rest, [name]: undefined }).slice(1);
          return {
            what: `${name}: ${value}`,
            headers: JSON_TYPE,
            body: `{${JSON.stringify(name)}:${value}${others === '}' ? '' : ','}${others}`,
          };
        }),
      );
    });
    expect(found).toEqual([]);
    expect(sent).toBeGreaterThan(1_000);
  });

  it('holds for other content types: none is read as JSON', async () => {
    const body = '{"title":"x"}';
    const { found, statuses } = await breaches(mayBeSent(), () =>
      CONTENT_TYPES.map((type) => ({ what: type || 'no type', headers: { 'content-type': type }, body })),
    );
    expect(found).toEqual([]);
    for (const operation of withBody()) {
      const { status } = await send(
        operation.method,
        pathOf(operation),
        { 'content-type': 'text/plain' },
        body,
      );
      expect([titleOf(operation), status]).toEqual([titleOf(operation), 415]);
    }
    expect([...statuses]).toContain(415);
  });

  it('holds for whatever stands where an id is due', async () => {
    const { found, statuses } = await breaches(
      mayBeSent().filter(({ path }) => path.includes('{')),
      ({ path }) =>
        HOSTILE_TEXTS.filter((text) => text !== '').map((text) => ({
          what: text,
          path: path.replace(/\{\w+\}/g, text.includes('%') ? text : encodeURIComponent(text)),
        })),
    );
    expect(found).toEqual([]);
    expect([...statuses].filter((status) => status < 400)).toEqual([]);
  });

  it('holds for whatever stands in a query', async () => {
    const texts = HOSTILE_TEXTS.map((text) => `=${text.includes('%') ? text : encodeURIComponent(text)}`);
    const { found } = await breaches(mayBeSent(), (operation) => {
      const names = operation.parameters
        .filter((parameter) => parameter.in === 'query')
        .map(({ name }) => name);
      const tails = names.flatMap((name) =>
        [...texts, '', `=1&${name}=2`, '[]=1', '[a]=1', '[__proto__]=1', '=%', '=%ff', ';x=1'].map(
          (tail) => name + tail,
        ),
      );
      return [
        ...tails,
        '__proto__=1',
        '__proto__[a]=1',
        'constructor=1',
        'constructor[prototype][a]=1',
        'toString=1',
        '=',
        '&&',
        '%',
      ].map((query) => ({
        what: query,
        path: `${pathOf(operation)}?${query}`,
      }));
    });
    expect(found).toEqual([]);
  });

  it('answers a path that nobody has with 404, for members and strangers alike', async () => {
    for (const [method, path] of [
      ['GET', '/api/nothing'],
      ['POST', '/api/anomalies/1/explode'],
      ['DELETE', '/'],
      ['GET', '/api/anomalies/1/history/2'],
      ['GET', '/.env'],
      ['GET', '/api//anomalies'],
    ]) {
      for (const token of [undefined, null]) {
        const answer = await server.call(method, path, { token });
        expect([path, answer.status, breachOf(answer)]).toEqual([
          path,
          method === 'DELETE' ? 405 : 404,
          null,
        ]);
      }
    }
    expect((await server.get('/api/nothing')).body).toMatchObject({
      status: 'error',
      message: 'Not found',
      code: 'request/not-found',
    });
  });

  it('answers a method that a path does not have with 405, and says which it has', async () => {
    const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
    for (const path of new Set(operations.map(({ path }) => path))) {
      const there = operations.filter((operation) => operation.path === path);
      const has = there.map(({ method }) => method);
      for (const method of methods.filter((method) => !has.includes(method))) {
        const answer = await send(
          method,
          fillPath(path, () => UNKNOWN_ID),
        );
        // A neighbour such as /api/anomalies/{id} may answer the method where /api/anomalies/stats does not.
        if (answer.status === 400) continue;
        expect([method, path, answer.status, breachIn(there[0], answer)]).toEqual([method, path, 405, null]);
        expect([path, ...has.filter((one) => !String(answer.headers.allow).includes(one))]).toEqual([path]);
      }
    }
  });

  it('keeps to itself what went wrong inside', async () => {
    const fault = new Error(
      'SELECT * FROM users WHERE password = $1 at Object.<anonymous> (/app/src/secret.ts:1:1)',
    );
    const stats = jest
      .spyOn(server.app.get(AnomalyListService, { strict: false }), 'stats')
      .mockRejectedValue(fault);
    const answer = await server.get('/api/anomalies/stats');
    stats.mockRestore();
    expect(answer.status).toBe(500);
    expect(answer.body).toEqual({
      status: 'error',
      message: 'Internal server error',
      code: 'internal',
      request_id: answer.headers['x-request-id'],
    });
  });

  describe('has security headers', () => {
    const SECURITY = {
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'strict-transport-security': 'max-age=31536000; includeSubDomains',
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
    };

    it.each([
      ['200', 200, 'GET', '/api/anomalies', {}],
      ['400', 400, 'POST', '/api/anomalies', { body: '{', headers: JSON_TYPE }],
      ['401', 401, 'GET', '/api/anomalies', { token: null }],
      ['404', 404, 'GET', '/api/nothing', {}],
      ['405', 405, 'POST', '/health', {}],
      [
        '413',
        413,
        'POST',
        '/api/anomalies',
        { body: `{"a":"${'x'.repeat(9 * 1024 * 1024)}"}`, headers: JSON_TYPE },
      ],
      ['415', 415, 'POST', '/api/anomalies', { body: 'x', headers: { 'content-type': 'text/plain' } }],
    ])('on a %s', async (_name, status, method, path, call) => {
      const answer = await server.call(method, path, call);
      expect(answer.status).toBe(status);
      expect(answer.headers).toMatchObject(SECURITY);
      expect(breachOf(answer)).toBeNull();
      expect(answer.headers).not.toHaveProperty('x-powered-by');
      expect(answer.headers).not.toHaveProperty('server');
    });

    it('and a policy of its own on the page that shows the document', async () => {
      const { headers } = await server.get('/api/docs', { token: null });
      expect(headers['content-security-policy']).toContain("script-src 'self';");
      expect(headers['content-security-policy']).not.toContain('unsafe-eval');
    });
  });

  describe('lets browsers in', () => {
    const preflight = (origin: string): Promise<Answer> =>
      server.call('OPTIONS', '/api/anomalies', {
        token: null,
        headers: {
          origin,
          'access-control-request-method': 'PUT',
          'access-control-request-headers': 'authorization,content-type',
        },
      });

    it('from the origins that are configured, with credentials', async () => {
      const { status, headers } = await preflight('http://localhost:3000');
      expect(status).toBe(204);
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'http://localhost:3000',
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST, PUT, DELETE, OPTIONS',
      });
      expect(headers['access-control-allow-headers']).toMatch(
        /Content-Type.*Authorization.*X-Requested-With/,
      );
      const answer = await server.get('/api/anomalies', { headers: { origin: 'http://localhost:3000' } });
      expect(answer.headers['access-control-expose-headers']).toContain('X-Total-Count');
    });

    it.each([
      'http://localhost:3001',
      'https://localhost:3000',
      'http://localhost:3000.evil.example',
      'http://evil.example/http://localhost:3000',
      'null',
      '*',
    ])('but not from %s', async (origin) => {
      expect((await preflight(origin)).headers).not.toHaveProperty('access-control-allow-origin');
      const answer = await server.get('/api/anomalies', { headers: { origin } });
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    });
  });
});

function exampleOf({ example, enum: words, type, items }: Schema): unknown {
  if (example !== undefined) return example;
  if (words !== undefined) return words[0];
  if (type === 'boolean') return true;
  if (type === 'array' && items?.enum !== undefined) return [items.enum[0]];
  return type === 'string' ? 'Example-of-text-1' : undefined;
}
