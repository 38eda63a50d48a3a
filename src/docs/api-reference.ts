import type { OpenAPIObject } from '@nestjs/swagger';

import { Operation, operationsOf, resolve, Schema, titleOf } from './api-document';

const HEADING = `# API reference

Generated from the OpenAPI document by \`npm run docs:api\`; Swagger UI at \`/api/docs\` shows the same with every answer's shape, and \`/api/docs-json\` serves
it to generators. Every answer is \`{status: "success", message?, data}\` or \`{status: "error", message, code, errors?, request_id}\`; below stands what
\`data\` holds. Besides the answers named, a route may say 400 (the input breaks a rule), 401, 403, 429 and 503 as [the contract of errors](#errors) has it.
`;

const ERRORS = `## Errors

| Status | Meaning | What to do |
|---|---|---|
| 400 | the input breaks a rule; \`message\` names the first, \`errors\` all | mend the request |
| 401, 403 | no valid credentials; not this permission | sign in; ask an admin |
| 404, 405 | no such path or record; not this method (\`Allow\` says which) | |
| 409 | the record's state or version does not allow it, or the same \`Idempotency-Key\` is in progress | read it again |
| 413, 415 | body too large; not the type that the route reads | |
| 422 | the \`Idempotency-Key\` was used for another request | take a new key |
| 429, 503 | too many requests; not now (the database is away) | wait as long as \`Retry-After\` says |
| 500 | a fault of ours | quote \`request_id\` |
`;

/** Statuses that any route may answer, and the reference explains once. */
const EVERYWHERE = new Set(['400', '401', '403', '413', '415', '422', '429', '500', '503']);

/** The document as a page for reading: operations by tag, then the objects they take and give. */
export function apiReference(document: OpenAPIObject): string {
  const operations = operationsOf(document);
  const tags = (document.tags ?? []).map(
    ({ name, description }) =>
      `## ${name}\n\n${description}.\n\n${operations
        .filter(({ tags: [tag] }) => tag === name)
        .map((operation) => operationText(document, operation))
        .join('\n')}`,
  );
  return [HEADING, ...tags, ERRORS, objects(document)].join('\n');
}

function operationText(document: OpenAPIObject, operation: Operation): string {
  const { summary, permission, parameters, body, responses } = operation;
  const inputs = parameters
    .filter(({ name }) => name !== 'Idempotency-Key')
    .map(({ name, in: place, required, schema, description }) =>
      row(`\`${name}\``, required ? `${place}, required` : place, typeOf(schema), description ?? ''),
    );
  const answers = Object.entries(responses)
    .filter(([status]) => !EVERYWHERE.has(status))
    .map(([status, { description, content }]) => {
      const data = Number(status) < 400 ? dataOf(document, content) : '';
      return `${status} ${data === '' ? description.toLowerCase().replace(/\s*\n\s*/g, ', or ') : data}`;
    });
  return [
    `### ${titleOf(operation)}`,
    '',
    `${summary}.`,
    `Permission: ${permission === 'public' ? 'none' : permission}. ${body === null ? '' : `Body: ${bodyOf(body)}. `}Answers: ${answers.join('; ')}.`,
    '',
    ...(inputs.length === 0
      ? []
      : [row('Parameter', 'In', 'Type', ''), row('---', '---', '---', '---'), ...inputs, '']),
  ].join('\n');
}

function bodyOf({ type, schema, required }: NonNullable<Operation['body']>): string {
  const what = type === 'application/json' ? typeOf(schema) : `\`${type}\``;
  return required ? what : `${what}, optional`;
}

/** What an answer's `data` holds, or the whole of an answer that has no envelope. */
function dataOf(document: OpenAPIObject, content: Operation['responses'][string]['content'] = {}): string {
  return Object.entries(content)
    .map(([type, { schema }]) => {
      if (type !== 'application/json') return `\`${type}\``;
      const members = resolve(document, schema).properties ?? {};
      return typeOf(members.data ?? schema);
    })
    .join(' or ');
}

function objects(document: OpenAPIObject): string {
  const schemas = Object.entries((document.components?.schemas ?? {}) as Record<string, Schema>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { properties = {}, required = [] }]) =>
      [
        `### ${name}`,
        '',
        row('Member', 'Type', ''),
        row('---', '---', '---'),
        ...Object.entries(properties).map(([member, schema]) =>
          row(
            `\`${member}\`${required.includes(member) ? '' : ' (optional)'}`,
            typeOf(schema),
            schema.description ?? '',
          ),
        ),
        '',
      ].join('\n'),
    );
  return `## Objects\n\n${schemas.join('\n')}`;
}

/** @example typeOf({ type: 'integer', minimum: 1 }) // 'integer, at least 1' */
function typeOf(schema: Schema): string {
  const { $ref, type, allOf, oneOf, items, properties } = schema;
  if ($ref !== undefined) {
    const name = $ref.split('/').at(-1) ?? '';
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (allOf?.length === 1) return typeOf(allOf[0]);
  if (oneOf !== undefined) return oneOf.map(typeOf).join(' or ');
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (type === 'array' && items !== undefined) return `array of ${typeOf(items)}`;
  if (properties !== undefined)
    return `{${Object.entries(properties)
      .map(([name, member]) => `${name}: ${typeOf(member)}`)
      .join(', ')}}`;
  return [
    schema.format ?? type ?? 'any',
    ...limitsOf(schema),
    ...(schema.nullable === true ? ['or null'] : []),
  ].join(', ');
}

function limitsOf({ minimum, maximum, minLength, maxLength, ...schema }: Schema): string[] {
  return [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? [] : [`at most ${maximum}`]),
    ...(minLength === undefined ? [] : [`${minLength} characters or more`]),
    ...(maxLength === undefined ? [] : [`${maxLength} characters at most`]),
    ...(schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`]),
  ];
}

function row(...cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}
