import { applyDecorators, HttpCode, Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';

import { ErrorResponse } from './error.response';

type SchemaType = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'pairs';
/** One member of `data`: a class, a list of a class, or a plain type. */
type Member = Type<unknown> | readonly [Type<unknown>] | SchemaType;

/** What each error status says of the request, in the document. */
export const ERROR_WORDS: Readonly<Record<number, string>> = {
  400: 'The input breaks a rule; the message names it',
  401: 'The credentials do not hold',
  404: 'There is no such record',
  409: 'The state does not allow it, or someone else was first',
  413: 'The body is too large',
  415: 'Only application/json is read here',
  429: 'Too many requests or attempts; wait as long as Retry-After says',
  500: 'A fault of ours; quote the request id',
  503: 'The database is away; try again as Retry-After says',
};

const SUCCESS_WORDS: Readonly<Record<number, string>> = {
  201: 'Created',
  202: 'Accepted: it is done in the background',
};

/**
 * A route's answers: the success status with the members of `data` in the envelope (a name ending in ? may be absent), and each
 * error it can give.
 * 401 and 403 come with the access decorator; 500 and 503 hold everywhere and are added to the document as a whole.
 * @example @Answers(200, { anomaly: AnomalyResponse }, 400, 404)
 */
export function Answers(
  status: number,
  data: Readonly<Record<string, Member>>,
  ...errors: number[]
): MethodDecorator {
  const members = Object.entries(data);
  const models = members.map(([, member]) => modelOf(member)).filter((model) => model !== null);
  const properties = Object.fromEntries(
    members.map(([name, member]) => [name.replace(/\?$/, ''), schemaOf(member)]),
  );
  const required = members.map(([name]) => name).filter((name) => !name.endsWith('?'));
  return applyDecorators(
    HttpCode(status),
    ApiExtraModels(...models),
    ApiResponse({
      status,
      description: SUCCESS_WORDS[status] ?? 'Success',
      schema: {
        type: 'object',
        required: ['status', 'data'],
        properties: {
          status: { type: 'string', enum: ['success'] },
          message: { type: 'string' },
          data: { type: 'object', ...(required.length > 0 && { required }), properties },
        },
      },
    }),
    ...errors.map((code) =>
      ApiResponse({ status: code, description: ERROR_WORDS[code] ?? 'Error', type: ErrorResponse }),
    ),
  );
}

function modelOf(member: Member): Type<unknown> | null {
  if (typeof member === 'string') return null;
  return Array.isArray(member) ? (member[0] as Type<unknown>) : (member as Type<unknown>);
}

function schemaOf(member: Member): object {
  if (member === 'object') return { type: 'object', additionalProperties: true };
  if (member === 'pairs')
    return {
      type: 'array',
      items: { type: 'array', items: {}, minItems: 2, maxItems: 2, description: '[time, value]' },
    };
  if (typeof member === 'string') return { type: member };
  const reference = { $ref: getSchemaPath(modelOf(member) as Type<unknown>) };
  return Array.isArray(member) ? { type: 'array', items: reference } : reference;
}
