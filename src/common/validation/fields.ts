import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, ApiPropertyOptions } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { registerDecorator } from 'class-validator';

import { isTimeZone } from '../time/local-time';

/** The constraint name by which the pipe tells an absent field from a wrong one. */
export const REQUIRED = 'required';

/** A rule about one field's value: null when it holds, else the contract's sentence. */
export type FieldRule = (value: unknown, field: string) => string | null;

export interface FieldOptions {
  /** Default true. An empty string counts as missing for a required field; null always counts as missing. */
  required?: boolean;
  /** The sentence for an absent field, where the contract has one of its own. */
  requiredMessage?: string;
  description?: string;
  example?: unknown;
  /** Makes of what was sent what the rule looks at: in query strings everything is text. */
  read?: (value: unknown) => unknown;
}

/** A field as `Field` declared it. */
export interface DeclaredField {
  readonly field: string;
  readonly rule: FieldRule;
  readonly required: boolean;
  readonly requiredMessage: string;
  readonly read: ((value: unknown) => unknown) | null;
}

const declared = new Map<object, DeclaredField[]>();

/** The fields of a DTO class: its own in declared order, then those that it inherits, from the first class on (class-validator's order). */
export function declaredFields(dto: object): readonly DeclaredField[] {
  const inherited: DeclaredField[] = [];
  for (let parent = parentOf(dto); parent !== null; parent = parentOf(parent))
    inherited.unshift(...(declared.get(parent) ?? []));
  return [...(declared.get(dto) ?? []), ...inherited];
}

/**
 * One field, its meaning and its documentation: presence, rule and OpenAPI in a single decorator.
 * All the decorators below are made of it.
 */
export function Field(
  rule: FieldRule,
  api: ApiPropertyOptions,
  options: FieldOptions = {},
): PropertyDecorator {
  const { required = true, description, example, read } = options;
  const documented = {
    ...api,
    ...(description && { description }),
    ...(example !== undefined && { example }),
  };
  return applyDecorators(
    required ? ApiProperty(documented) : ApiPropertyOptional(documented),
    ...(read === undefined ? [] : [Transform(({ value }: { value: unknown }) => read(value))]),
    (target: object, key: string | symbol) => {
      const field = String(key);
      const requiredMessage = options.requiredMessage ?? `Missing required field: ${field}`;
      declare(target.constructor, { field, rule, required, requiredMessage, read: read ?? null });
      if (required) {
        registerDecorator({
          name: REQUIRED,
          target: target.constructor,
          propertyName: field,
          options: { message: requiredMessage },
          validator: { validate: (value: unknown) => !isMissing(value) },
        });
      }
      registerDecorator({
        name: 'rule',
        target: target.constructor,
        propertyName: field,
        validator: {
          validate: (value: unknown) => isAbsent(value, required) || rule(value, field) === null,
          defaultMessage: (args) => rule(args?.value, field) ?? '',
        },
      });
    },
  );
}

function parentOf(dto: object): object | null {
  return Object.getPrototypeOf(dto) as object | null;
}

function declare(dto: object, field: DeclaredField): void {
  declared.set(dto, [...(declared.get(dto) ?? []), field]);
}

/** Whether a required field counts as not sent. */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function isAbsent(value: unknown, required: boolean): boolean {
  return required ? isMissing(value) : value === undefined || value === null;
}

/** Text of at most `max` characters, stored exactly as sent. */
export const textRule =
  (max: number): FieldRule =>
  (value, field) =>
    typeof value === 'string' && value.length <= max
      ? null
      : `${field} must be a string of at most ${max} characters`;

export function Text(max: number, options: FieldOptions & { format?: string } = {}): PropertyDecorator {
  return Field(
    textRule(max),
    { type: String, maxLength: max, ...(options.format && { format: options.format }) },
    options,
  );
}

/** A time zone by its name in the IANA database. */
export function TimeZone(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) =>
      typeof value === 'string' && isTimeZone(value)
        ? null
        : `${field} must be a time zone such as Europe/Berlin`,
    { type: String },
    { example: 'Europe/Berlin', ...options },
  );
}

/** A number from 0 to 1. */
export const unitIntervalRule: FieldRule = (value, field) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? null : `${field} must be between 0 and 1`;

export function UnitInterval(options: FieldOptions = {}): PropertyDecorator {
  return Field(unitIntervalRule, { type: Number, minimum: 0, maximum: 1 }, options);
}

/** One of a closed set of words; `message` defaults to the contract's form. */
export const oneOfRule =
  (words: readonly string[], message?: string): FieldRule =>
  (value, field) =>
    typeof value === 'string' && words.includes(value)
      ? null
      : (message ?? `Invalid ${field}. Must be one of: ${words.join(', ')}`);

export function OneOf(
  words: readonly string[],
  options: FieldOptions & { message?: string } = {},
): PropertyDecorator {
  return Field(oneOfRule(words, options.message), { type: String, enum: [...words] }, options);
}

/** A whole number in a closed range. */
export const integerRule =
  (min: number, max: number): FieldRule =>
  (value, field) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? null
      : `${field} must be an integer between ${min} and ${max}`;

export function Integer(min: number, max: number, options: FieldOptions = {}): PropertyDecorator {
  return Field(integerRule(min, max), { type: 'integer', minimum: min, maximum: max }, options);
}

export function Flag(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) => (typeof value === 'boolean' ? null : `${field} must be true or false`),
    { type: Boolean },
    options,
  );
}

/** A plain JSON object, stored as sent. */
export function JsonObject(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? null
        : `${field} must be an object`,
    { type: 'object', additionalProperties: true },
    options,
  );
}

/** A list of record ids. */
export function IdList(maxItems: number, options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) =>
      Array.isArray(value) && value.length > 0 && value.length <= maxItems && value.every((id) => isId(id))
        ? null
        : `${field} must be a list of 1 to ${maxItems} ids`,
    { type: 'array', items: { type: 'integer', minimum: 1 }, minItems: 1, maxItems },
    options,
  );
}

const ISO_INSTANT =
  // Nothing in it repeats without a bound, so no text makes it run long.
  // eslint-disable-next-line security/detect-unsafe-regex
  /^(?!0000)\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-](0\d|1[0-4]):\d{2}))?$/;

/**
 * Whether a text is an ISO 8601 date or instant with its zone, of a day that exists. Whatever passes is one to JavaScript and to
 * Postgres alike, which knows no year 0 and no offset beyond sixteen hours.
 */
export function isInstant(value: unknown): value is string {
  if (typeof value !== 'string' || !ISO_INSTANT.test(value) || Number.isNaN(Date.parse(value))) return false;
  const day = value.slice(0, 10);
  // JavaScript takes the 30th of February for the 2nd of March; every month has its first days.
  return Number(day.slice(8)) <= 28 || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** An ISO 8601 instant (`2026-01-31T10:00:00Z`) or date (midnight UTC). */
export function Instant(options: FieldOptions = {}): PropertyDecorator {
  return Field(
    (value, field) =>
      isInstant(value) ? null : `${field} must be an ISO 8601 time such as 2026-01-31T10:00:00Z`,
    { type: String, format: 'date-time' },
    options,
  );
}

/** Whether a number can be a record's id (a positive integer that Postgres' bigint and JavaScript both hold). */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** Query strings are text: reads a whole number, leaves anything else for the rule to refuse. */
export function QueryInteger(min: number, max: number, options: FieldOptions = {}): PropertyDecorator {
  const read = (value: unknown): unknown =>
    typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  return Integer(min, max, { required: false, read, ...options });
}
