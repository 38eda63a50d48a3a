import { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync, ValidationError } from 'class-validator';

import { FieldError, InvalidInput } from '../errors/domain-error';
import { REQUIRED } from '../validation/fields';
import { refuseHostileInput } from './hostile-json';

const optionalBodies = new Set<object>();

/** Class decorator: the request may come without a body; elsewhere an empty one is "No data provided". */
export function OptionalBody(): ClassDecorator {
  return (target) => void optionalBodies.add(target);
}

/** Whether the DTO of this name may be absent; for the OpenAPI document, which knows DTOs by name. */
export function isOptionalBody(name: string): boolean {
  return [...optionalBodies].some((dto) => (dto as Type<unknown>).name === name);
}

/**
 * The one validation of everything a caller sends: refuses hostile input, drops unknown keys, takes null for missing,
 * and checks the DTO's rules: all required fields in declared order first, then each field's own rules in declared order.
 * Throws  InvalidInput whose message is the first broken rule, with all of them in `errors`.
 */
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (type === 'custom') return value;
    refuseHostileInput(value);
    if (metatype === undefined || !isDto(metatype)) return value;
    if (type === 'body' && !optionalBodies.has(metatype) && !hasFields(value))
      throw new InvalidInput('No data provided');
    return toDto(metatype, isPlainObject(value) ? value : {});
  }
}

/**
 * Builds and checks a DTO from a plain object; also for items inside a list and lines of a file.
 * Throws  InvalidInput as the pipe does.
 */
export function toDto<Dto extends object>(dto: Type<Dto>, plain: object): Dto {
  const instance = plainToInstance(dto, withoutNulls(plain));
  const failures = validateSync(instance, { whitelist: true, forbidUnknownValues: true });
  if (failures.length > 0) {
    const errors = orderedErrors(failures);
    throw new InvalidInput(errors[0].message, errors);
  }
  return instance;
}

function orderedErrors(failures: ValidationError[]): FieldError[] {
  const missing: FieldError[] = [];
  const broken: FieldError[] = [];
  for (const { property, constraints = {} } of failures) {
    for (const [name, message] of Object.entries(constraints)) {
      (name === REQUIRED ? missing : broken).push({ field: property, message });
    }
  }
  return [...missing, ...broken];
}

function withoutNulls(plain: object): object {
  return Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
}

function hasFields(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length > 0;
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDto(metatype: Type<unknown>): metatype is Type<object> {
  return !([String, Number, Boolean, Array, Object] as unknown[]).includes(metatype);
}
