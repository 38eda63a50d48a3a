import { ArgumentMetadata, PipeTransform, Type } from '@nestjs/common';

import { FieldError, InvalidInput } from '../errors/domain-error';
import { DeclaredField, declaredFields, isMissing } from '../validation/fields';
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
 * Builds and checks a DTO from a plain object; also for items inside a list and lines of a file. Walks the fields that the class
 * declares: what class-transformer and class-validator make of the same decorators (a test holds the two equal), without asking their
 * registries anew for every request.
 * Throws  InvalidInput as the pipe does.
 */
export function toDto<Dto extends object>(dto: Type<Dto>, plain: object): Dto {
  const instance = new dto() as Dto & Record<string, unknown>;
  const missing: FieldError[] = [];
  const broken: FieldError[] = [];
  for (const { field, rule, required, requiredMessage, read } of fieldsOf(dto)) {
    const sent = (plain as Record<string, unknown>)[field];
    if (Object.hasOwn(plain, field) && sent !== null)
      (instance as Record<string, unknown>)[field] = read === null ? sent : read(sent);
    const value = instance[field];
    if (required ? isMissing(value) : value === undefined || value === null) {
      if (required) missing.push({ field, message: requiredMessage });
      continue;
    }
    const message = rule(value, field);
    if (message !== null) broken.push({ field, message });
  }
  const errors = [...missing, ...broken];
  if (errors.length > 0) throw new InvalidInput(errors[0].message, errors);
  return instance;
}

const fieldsByDto = new Map<object, readonly DeclaredField[]>();

function fieldsOf(dto: Type<object>): readonly DeclaredField[] {
  const known = fieldsByDto.get(dto) ?? declaredFields(dto);
  fieldsByDto.set(dto, known);
  return known;
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
