import type { OpenAPIObject } from '@nestjs/swagger';
import fc from 'fast-check';

import { Operation, Parameter, resolve, Schema, titleOf } from '../../src/docs/api-document';

/** A request as it goes over the wire. */
export interface GeneratedRequest {
  readonly title: string;
  readonly operation: Operation;
  readonly kind: 'valid' | 'mutated';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** JSON texts that stand where something else is due; some are more than a JavaScript value can say. */
const ODD_JSON = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '-1e-400',
  '1e15',
  '9007199254740993',
  '0.1',
  '""',
  '"\\u0000"',
  '"\\ud800x"',
  '"\\u202e\\ufeff"',
  '[]',
  '[null]',
  '{}',
  '{"__proto__":{"x":1}}',
  '{"constructor":1}',
  '{"toString":1}',
  '[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]',
  `"${'a'.repeat(12_000)}"`,
  '"1"',
  '"true"',
  '"\'--"',
  '"2026-13-45T99:99:99Z"',
  '"-271821-04-20T00:00:00Z"',
  '"=1+1"',
  '"<script>"',
  '"../../etc/passwd"',
  '"${jndi:ldap://x}"',
  '"%s%n"',
  '"🤷‍♀️"',
];
/** Members that only the server may set; a caller who sends them must not be heard. */
const SERVER_OWNED = [
  ['id', '424242'],
  ['created_at', '"1999-01-01T00:00:00Z"'],
  ['updated_at', '"1999-01-01T00:00:00Z"'],
  ['created_by', '"mallory"'],
  ['acknowledged_by', '"mallory"'],
  ['resolved_by', '"mallory"'],
  ['deleted_at', '"1999-01-01T00:00:00Z"'],
  ['approved_by', '"mallory"'],
  ['token_version', '99'],
  ['password_hash', '"x"'],
  ['user_id', '1'],
] as const;

const text = (max: number): fc.Arbitrary<string> =>
  fc.string({ maxLength: Math.min(max, 60), unit: 'grapheme' }).filter((made) => made.length <= max);
const instant = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const password = fc.constantFrom('Correct-horse-9', 'Wrong-horse-99', 'short', 'all-lower-case-words');

/** A value as the schema has it. */
function valueOf(document: OpenAPIObject, schema: Schema, depth = 0): fc.Arbitrary<unknown> {
  const { type, enum: words, oneOf, format, pattern, example, nullable, ...rest } = resolve(document, schema);
  const made = ((): fc.Arbitrary<unknown> => {
    if (words !== undefined) return fc.constantFrom(...words);
    if (oneOf !== undefined) return fc.oneof(...oneOf.map((one) => valueOf(document, one, depth)));
    switch (type) {
      case 'boolean':
        return fc.boolean();
      case 'integer':
        return fc.integer({ min: rest.minimum ?? 0, max: Math.min(rest.maximum ?? 1_000, 2_147_483_647) });
      case 'number':
        return fc.double({ min: rest.minimum ?? -1e6, max: rest.maximum ?? 1e6, noNaN: true });
      case 'array':
        return fc.array(valueOf(document, rest.items ?? {}, depth + 1), {
          minLength: rest.minItems ?? 0,
          maxLength: Math.max(rest.minItems ?? 0, 4),
        });
      case 'object':
        return objectOf(document, rest, depth);
      default:
        if (format === 'date-time') return instant;
        if (format === 'password') return password;
        if (format === 'email') return fc.nat(99_999).map((n) => `someone-${n}@example.org`);
        if (pattern !== undefined) return fc.nat(99_999).map((n) => `name-${n}`);
        return text(rest.maxLength ?? 100);
    }
  })();
  const likely =
    example === undefined
      ? made
      : fc.oneof({ weight: 1, arbitrary: fc.constant(example) }, { weight: 1, arbitrary: made });
  return nullable ? fc.option(likely, { nil: null }) : likely;
}

function objectOf(
  document: OpenAPIObject,
  { properties, required = [] }: Schema,
  depth: number,
): fc.Arbitrary<unknown> {
  if (properties === undefined)
    return depth > 2
      ? fc.constant({})
      : fc.dictionary(fc.stringMatching(/^[a-z_]{1,10}$/), fc.constantFrom('web-1', 'a b', '1'), {
          maxKeys: 3,
        });
  const members = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, valueOf(document, schema, depth + 1)]),
  );
  return fc.record(members, { requiredKeys: [...required] });
}

/** A JSON text near a valid one: a member replaced, left out, added or doubled, or the whole cut or wrapped. */
function mutated(valid: string): fc.Arbitrary<string> {
  const odd = fc.constantFrom(...ODD_JSON);
  const members = Object.keys(JSON.parse(valid) as object);
  const without = (name: string): string =>
    JSON.stringify({ ...(JSON.parse(valid) as object), [name]: undefined }).slice(1);
  const withMember = (name: string, value: string, rest: string): string =>
    `{${JSON.stringify(name)}:${value}${rest === '}' ? '' : ','}${rest}`;
  const name = members.length === 0 ? fc.constant('x') : fc.constantFrom(...members);
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc.tuple(name, odd).map(([member, value]) => withMember(member, value, without(member))),
    },
    { weight: 2, arbitrary: name.map((member) => `{${without(member)}`) },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(...SERVER_OWNED)
        .map(([member, value]) => withMember(member, value, valid.slice(1))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(name, odd).map(([member, value]) => withMember(member, value, valid.slice(1))),
    },
    { weight: 1, arbitrary: fc.nat(valid.length).map((length) => valid.slice(0, length)) },
    { weight: 1, arbitrary: odd },
    { weight: 1, arbitrary: fc.constant(`[${valid}]`) },
  );
}

const ODD_TEXTS = [
  '0',
  '-1',
  '1.5',
  '1e9',
  'x',
  "1' OR '1'='1",
  '%00',
  '%ff',
  '../1',
  '9999999999999999999999',
  'null',
  '[]',
  'a'.repeat(300),
  '１',
  '\u202e',
  ' 1',
];

function parameterText(
  document: OpenAPIObject,
  { schema, name, in: place }: Parameter,
  ids: readonly number[],
  isValid: boolean,
): fc.Arbitrary<string> {
  const isId =
    resolve(document, schema).type === 'integer' &&
    (name === 'id' || name === 'series' || name === 'series_id');
  const valid = isId
    ? fc.constantFrom(...ids.map(String), '999999999')
    : valueOf(document, schema)
        .map(String)
        // A path without it is another path.
        .filter((made) => made !== '' || place !== 'path');
  const odd = fc.constantFrom(...ODD_TEXTS);
  // A valid request has a key of its own; two with one key are a mistake.
  if (name === 'Idempotency-Key') return isValid ? fc.uuid() : odd;
  if (place === 'header')
    return isValid
      ? fc.constantFrom('*', '1', '"1"')
      : fc.oneof(odd, fc.constantFrom('"2"', 'W/"1"', '"', '7-1', '0-0', '"99999999999"'));
  return isValid ? valid : fc.oneof({ weight: 2, arbitrary: valid }, { weight: 1, arbitrary: odd });
}

const escaped = (made: string): string => (/^%[0-9a-f]{2}$/.test(made) ? made : encodeURIComponent(made));

function requestFor(
  document: OpenAPIObject,
  operation: Operation,
  ids: readonly number[],
): fc.Arbitrary<GeneratedRequest> {
  return fc.boolean().chain((isValid) => {
    const texts = (place: Parameter['in']): fc.Arbitrary<[string, string][]> =>
      fc.tuple(
        ...operation.parameters
          .filter((parameter) => parameter.in === place)
          .map((parameter) => {
            const value = parameterText(document, parameter, ids, isValid);
            return fc.tuple(
              fc.constant(parameter.name),
              parameter.required ? value : fc.option(value, { nil: '', freq: 1 }),
            );
          }),
      );
    return fc
      .tuple(texts('path'), texts('query'), texts('header'), bodyText(document, operation, isValid))
      .map(([path, query, header, body]): GeneratedRequest => {
        const place = path.reduce(
          (filled, [name, value]) => filled.replace(`{${name}}`, escaped(value)),
          operation.path,
        );
        const search = query
          .filter(([, value]) => value !== '')
          .map(([name, value]) => `${name}=${escaped(value)}`);
        return {
          title: titleOf(operation),
          operation,
          kind: isValid ? 'valid' : 'mutated',
          path: `${place}${search.length === 0 ? '' : `?${search.join('&')}`}`,
          headers: {
            ...(operation.body !== null && { 'content-type': operation.body.type }),
            // A header holds bytes; what is no letter of them cannot be sent.
            ...Object.fromEntries(
              header
                .filter(([, value]) => value !== '')
                .map(([name, value]) => [name.toLowerCase(), value.replace(/[^\x20-\x7e]/g, '')]),
            ),
          },
          ...(body !== undefined && { body }),
        };
      });
  });
}

function bodyText(
  document: OpenAPIObject,
  { body }: Operation,
  isValid: boolean,
): fc.Arbitrary<string | undefined> {
  if (body === null) return fc.constant(undefined);
  if (body.type !== 'application/json') return csvText(isValid);
  const valid = valueOf(document, body.schema).map((value) => JSON.stringify(value));
  return isValid ? valid : valid.chain(mutated);
}

function csvText(isValid: boolean): fc.Arbitrary<string> {
  const row = fc
    .tuple(instant, fc.double({ noNaN: true, noDefaultInfinity: true }))
    .map((cells) => cells.join());
  const odd = fc.constantFrom(
    '',
    ',',
    '"',
    'x,y',
    '2026-01-01',
    '1,2,3',
    '\u0000,1',
    '1e999,1e999',
    '=1+1,2',
  );
  const rows = isValid ? row : fc.oneof(row, odd);
  return fc
    .tuple(
      fc.constantFrom('timestamp,value', isValid ? 'timestamp,value' : 'a,b'),
      fc.array(rows, { minLength: 1, maxLength: 5 }),
    )
    .map(([head, lines]) => [head, ...lines, ''].join('\n'));
}

/** Requests for these operations, valid ones and mutated ones; the ids are of records that may exist. */
export function generateRequests(
  document: OpenAPIObject,
  operations: readonly Operation[],
  ids: (operation: Operation) => readonly number[],
  { count, seed }: { count: number; seed: number },
): GeneratedRequest[] {
  const requests = fc
    .constantFrom(...operations)
    .chain((operation) => requestFor(document, operation, ids(operation)));
  return fc.sample(requests, { numRuns: count, seed });
}
