import 'reflect-metadata';

import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import fc from 'fast-check';

import { DomainError } from '../../src/common/errors/domain-error';
import { PageQuery } from '../../src/common/http/pagination';
import { toDto } from '../../src/common/http/validation.pipe';
import { declaredFields, REQUIRED } from '../../src/common/validation/fields';

const SOURCES = join(__dirname, '..', '..', 'src');

/** Every class of a `*.dto.ts` that declares fields. */
function dtoClasses(): Type<object>[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.dto.ts'),
  );
  // eslint-disable-next-line @typescript-eslint/no-require-imports, security/detect-non-literal-require -- our own source files
  const exported = files.flatMap((name) => Object.values(require(join(SOURCES, name)) as object));
  const classes = exported.filter(
    (value): value is Type<object> => typeof value === 'function' && declaredFields(value).length > 0,
  );
  return [...new Set([PageQuery, ...classes])];
}

/** What class-transformer and class-validator make of the same input: the DTO, or the errors in the contract's order. */
function byLibraries(dto: Type<object>, plain: object): unknown {
  const instance = plainToInstance(
    dto,
    Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null)),
  );
  const failures = validateSync(instance, { whitelist: true, forbidUnknownValues: true }).flatMap(
    ({ property, constraints = {} }) =>
      Object.entries(constraints).map(([name, message]) => ({ name, field: property, message })),
  );
  const inOrder = [
    ...failures.filter(({ name }) => name === REQUIRED),
    ...failures.filter(({ name }) => name !== REQUIRED),
  ];
  return inOrder.length === 0 ? { ...instance } : inOrder.map(({ field, message }) => ({ field, message }));
}

function byPipe(dto: Type<object>, plain: object): unknown {
  try {
    return { ...toDto(dto, plain) };
  } catch (error) {
    if (error instanceof DomainError) return error.errors;
    throw error;
  }
}

const values = fc.oneof(
  fc.constantFrom(
    '',
    'open',
    'high',
    'asc',
    'true',
    'false',
    '1',
    '-3',
    '20',
    'x',
    '2026-01-31',
    '2026-01-31T10:00:00Z',
    'a@b.example',
    'Correct-horse-9',
  ),
  fc.string({ maxLength: 300 }),
  fc.integer(),
  fc.double({ min: -1, max: 2, noNaN: true }),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.oneof(fc.integer({ min: -1, max: 9 }), fc.string({ maxLength: 5 })), { maxLength: 4 }),
  fc.dictionary(
    fc.string({ maxLength: 5 }).filter((key) => !key.startsWith('__')),
    fc.oneof(fc.integer(), fc.string()),
    { maxKeys: 3 },
  ),
);

describe('the validation of what callers send', () => {
  it.each(dtoClasses().map((dto) => [dto.name, dto] as const))(
    'takes and refuses for %s what class-validator would',
    (_, dto) => {
      const names = declaredFields(dto).map(({ field }) => field);
      const bodies = fc.record(Object.fromEntries([...names, 'unknown_key'].map((name) => [name, values])), {
        requiredKeys: [],
      });
      fc.assert(
        fc.property(bodies, (body) => {
          expect(byPipe(dto, body)).toEqual(byLibraries(dto, body));
        }),
        { numRuns: 200 },
      );
    },
  );
});
