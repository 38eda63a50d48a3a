import type { OpenAPIObject } from '@nestjs/swagger';

import { resolve, Schema } from '../../src/docs/api-document';

/** Where and how a value is not what its schema says, or null where it is; a member that the schema does not know counts as well. */
export function mismatchOf(document: OpenAPIObject, schema: Schema, value: unknown, at = '$'): string | null {
  const { allOf, oneOf, ...own } = resolve(document, schema);
  if (value === null && (own.nullable || schema.nullable)) return null;
  for (const part of allOf ?? []) {
    const mismatch = mismatchOf(document, part, value, at);
    if (mismatch !== null) return mismatch;
  }
  if (oneOf !== undefined)
    return oneOf.some((one) => mismatchOf(document, one, value, at) === null)
      ? null
      : `${at} is none of its kinds`;
  if (own.enum !== undefined && !own.enum.includes(value))
    return `${at} is ${JSON.stringify(value)}, not one of ${own.enum.join()}`;
  if (own.type === undefined) return null;
  if (!isOfType(own.type, value)) return `${at} is ${JSON.stringify(value)?.slice(0, 80)}, no ${own.type}`;
  if (own.format === 'date-time' && Number.isNaN(Date.parse(String(value))))
    return `${at} is ${String(value)}, no instant`;
  if (
    typeof value === 'number' &&
    !(value >= (own.minimum ?? -Infinity) && value <= (own.maximum ?? Infinity))
  )
    return `${at} is ${value}, out of range`;
  if (Array.isArray(value))
    return firstOf(
      value.map((item, index) => mismatchOf(document, own.items ?? {}, item, `${at}[${index}]`)),
    );
  return own.type === 'object' ? mismatchInObject(document, own, value as Record<string, unknown>, at) : null;
}

function isOfType(type: string, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function mismatchInObject(
  document: OpenAPIObject,
  { properties, required = [], additionalProperties }: Schema,
  value: Record<string, unknown>,
  at: string,
): string | null {
  const missing = required.find((name) => !(name in value));
  if (missing !== undefined) return `${at}.${missing} is missing`;
  return firstOf(
    Object.entries(value).map(([name, member]) => {
      const known = properties?.[name];
      if (known !== undefined) return mismatchOf(document, known, member, `${at}.${name}`);
      if (typeof additionalProperties === 'object')
        return mismatchOf(document, additionalProperties, member, `${at}.${name}`);
      return properties === undefined || additionalProperties === true
        ? null
        : `${at}.${name} is not in the document`;
    }),
  );
}

const firstOf = (mismatches: (string | null)[]): string | null =>
  mismatches.find((mismatch) => mismatch !== null) ?? null;
