import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { OpenAPIObject } from '@nestjs/swagger';

import { ALL_PERMISSIONS } from '../../src/auth/access-matrix';
import { PROJECT_ROOT, VERSION } from '../../src/config/version';
import { Operation, operationsOf, resolve, Schema, titleOf } from '../../src/docs/api-document';
import { apiReference } from '../../src/docs/api-reference';
import { describeApiOffline } from '../../src/docs/write-openapi';
import { TestApp } from '../support/test-app';

/** Names the operations of which something does not hold, and so the failing ones. */
function failing(operations: readonly Operation[], holds: (operation: Operation) => boolean): string[] {
  return operations.filter((operation) => !holds(operation)).map(titleOf);
}

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;
  let operations: Operation[];

  beforeAll(async () => {
    document = await describeApiOffline();
    operations = operationsOf(document);
  });

  const isClosed = ({ permission }: Operation): boolean => permission !== 'public';
  const schemasOf = (operation: Operation): Schema[] =>
    [
      operation.body?.schema,
      ...Object.values(operation.responses).flatMap(({ content }) =>
        Object.values(content ?? {}).map(({ schema }) => schema),
      ),
    ].filter((schema) => schema !== undefined);

  it('is written without a server and is the one that the server shows', async () => {
    const server = await TestApp.start();
    try {
      expect((await server.get('/api/docs-json', { token: null })).body).toEqual(
        JSON.parse(JSON.stringify(document)),
      );
    } finally {
      await server.stop();
    }
  });

  it('is what docs/API.md tells people (npm run docs:api writes it)', () => {
    expect(readFileSync(join(PROJECT_ROOT, 'docs', 'API.md'), 'utf8')).toBe(apiReference(document));
  });

  it('bears the version of the product', () => {
    expect(document.info).toMatchObject({ title: 'SmartCloudOps AI', version: VERSION });
  });

  it('says of every operation in one line what it does', () => {
    expect(
      failing(
        operations,
        ({ summary }) => summary !== '' && !summary.includes('\n') && !summary.endsWith('.'),
      ),
    ).toEqual([]);
  });

  it('files every operation under one tag that it describes', () => {
    const tags = (document.tags ?? [])
      .filter(({ description }) => Boolean(description))
      .map(({ name }) => name);
    expect(
      failing(operations, (operation) => operation.tags.length === 1 && tags.includes(operation.tags[0])),
    ).toEqual([]);
  });

  it('gives every operation a name of its own', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(failing(operations, ({ operationId }) => /^[A-Z]\w+_[a-z]\w+$/.test(operationId))).toEqual([]);
  });

  it('says of every operation what it asks of its caller', () => {
    const known = ['public', 'authenticated', ...ALL_PERMISSIONS];
    expect(failing(operations, ({ permission }) => known.includes(permission))).toEqual([]);
  });

  it('asks for credentials exactly where the operation does', () => {
    // An empty requirement is one that everybody meets.
    const asks = ({ security }: Operation): boolean =>
      security.length > 0 && security.every((one) => Object.keys(one).length > 0);
    expect(failing(operations, (operation) => asks(operation) === isClosed(operation))).toEqual([]);
    const schemes = Object.keys(document.components?.securitySchemes ?? {});
    expect(
      failing(operations, ({ security }) =>
        security.flatMap((one) => Object.keys(one)).every((name) => schemes.includes(name)),
      ),
    ).toEqual([]);
  });

  it('names every permission in some operation: none is there for nothing', () => {
    const used = new Set(operations.map(({ permission }) => permission));
    expect(ALL_PERMISSIONS.filter((permission) => !used.has(permission))).toEqual([]);
  });

  describe('of what goes in', () => {
    it('describes every parameter of a path, and each parameter’s type', () => {
      expect(
        failing(operations, ({ path, parameters }) => {
          const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
          const described = parameters
            .filter((parameter) => parameter.in === 'path' && parameter.required)
            .map(({ name }) => name);
          return inPath.join() === described.join();
        }),
      ).toEqual([]);
      expect(
        failing(operations, ({ parameters }) =>
          parameters.every(({ schema }) => schema.type !== undefined || schema.$ref !== undefined),
        ),
      ).toEqual([]);
    });

    it('names no header that a client sends by itself', () => {
      const ofClients = ['accept', 'authorization', 'content-type', 'content-length', 'host', 'user-agent'];
      expect(
        failing(
          operations,
          ({ parameters }) => !parameters.some(({ name }) => ofClients.includes(name.toLowerCase())),
        ),
      ).toEqual([]);
    });

    it('has a body on every operation that reads one, and on none that cannot have one', () => {
      expect(
        failing(
          operations,
          ({ method, body }) => body === null || method === 'POST' || method === 'PUT' || method === 'PATCH',
        ),
      ).toEqual([]);
      expect(failing(operations, ({ method, body }) => method !== 'PUT' || body !== null)).toEqual([]);
    });

    it('shows how each required member of a body is to be filled in', () => {
      const isShown = (schema: Schema): boolean => {
        const { example, enum: words, description, format, type, items } = resolve(document, schema);
        if (
          example !== undefined ||
          words !== undefined ||
          description !== undefined ||
          format === 'password'
        )
          return true;
        return type === 'boolean' || (items !== undefined && isShown(items));
      };
      const unshown = operations.flatMap((operation) => {
        if (operation.body === null) return [];
        const schema = resolve(document, operation.body.schema);
        if (schema.example !== undefined) return [];
        return (schema.required ?? [])
          .filter((name) => !isShown(schema.properties?.[name] ?? {}))
          .map((name) => `${titleOf(operation)}: ${name}`);
      });
      expect(unshown).toEqual([]);
    });
  });

  describe('of what comes out', () => {
    const has = (operation: Operation, ...statuses: number[]): boolean =>
      statuses.every((status) => String(status) in operation.responses);

    // What a protocol of others answers is not ours to choose.
    const isOurs = ({ dialect }: Operation): boolean => dialect === null;

    it('has exactly one success of every operation, with its shape', () => {
      const successes = ({ responses }: Operation) =>
        Object.entries(responses).filter(([status]) => status.startsWith('2'));
      expect(failing(operations, (operation) => successes(operation).length === 1)).toEqual([]);
      expect(
        failing(operations.filter(isOurs), (operation) =>
          successes(operation).every(([, { content }]) =>
            Object.values(content ?? {}).some(({ schema }) => schema !== undefined),
          ),
        ),
      ).toEqual([]);
    });

    it('creates with 201 and never with a bare 200', () => {
      expect(
        failing(
          operations,
          (operation) =>
            !/^(Create|Report|Add|Allow|Import|Send|Comment) /.test(operation.summary) || has(operation, 201),
        ),
      ).toEqual([]);
    });

    it('has 401 where credentials are asked for, and 403 where a permission is', () => {
      expect(failing(operations, (operation) => !isClosed(operation) || has(operation, 401))).toEqual([]);
      expect(
        failing(operations, (operation) => !operation.permission.includes(':') || has(operation, 403)),
      ).toEqual([]);
    });

    it('has 400 where there is input, and 413 and 415 where there is a body', () => {
      expect(
        failing(
          operations,
          (operation) =>
            (operation.parameters.length === 0 && operation.body === null) || has(operation, 400),
        ),
      ).toEqual([]);
      expect(failing(operations, (operation) => operation.body === null || has(operation, 413, 415))).toEqual(
        [],
      );
    });

    it('has 404 where the path names a record', () => {
      expect(
        failing(operations, (operation) => !operation.path.includes('{') || has(operation, 404)),
      ).toEqual([]);
    });

    it('has 500 and 503 everywhere, since no operation is safe from either', () => {
      expect(failing(operations, (operation) => has(operation, 500, 503))).toEqual([]);
    });

    it('has the error contract in every error', () => {
      const isContract = (schema: Schema | undefined): boolean => {
        const { properties = {} } = schema === undefined ? {} : resolve(document, schema);
        return ['status', 'message', 'code', 'request_id'].every((name) => name in properties);
      };
      // A probe that answers 503 says why in a shape of its own.
      const isProbe = (operation: Operation, status: string): boolean =>
        status === '503' && /health|ready/.test(operation.path);
      expect(
        failing(operations.filter(isOurs), (operation) =>
          Object.entries(operation.responses).every(
            ([status, { content }]) =>
              status.startsWith('2') ||
              isProbe(operation, status) ||
              isContract(content?.['application/json']?.schema),
          ),
        ),
      ).toEqual([]);
    });
  });

  it('has the errors of a protocol in that protocol’s shape, and in one shape only', () => {
    const shapesOf = ({ responses }: Operation): string[] =>
      Object.entries(responses)
        .filter(([status]) => !status.startsWith('2'))
        .map(([, { content }]) => JSON.stringify(content));
    const byDialect = Map.groupBy(operations, ({ dialect }) => dialect);
    for (const [dialect, spoken] of byDialect) {
      if (dialect === null) continue;
      const shapes = new Set(spoken.flatMap(shapesOf));
      expect([
        dialect,
        [...shapes].filter((shape) => shape === undefined || shape.includes('ErrorResponse')),
      ]).toEqual([dialect, []]);
      expect([dialect, shapes.size]).toEqual([dialect, 1]);
    }
  });

  it('refers to nothing that it does not hold, and holds nothing that nobody refers to', () => {
    const reached = new Set<string>();
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { $ref } = value as Schema;
      if (typeof $ref === 'string') {
        if (reached.has($ref)) return;
        reached.add($ref);
        walk(resolve(document, { $ref }));
      } else Object.values(value).forEach(walk);
    };
    operations.flatMap(schemasOf).forEach(walk);
    const held = Object.keys(document.components?.schemas ?? {}).map(
      (name) => `#/components/schemas/${name}`,
    );
    expect(held.filter((name) => !reached.has(name))).toEqual([]);
  });
});
