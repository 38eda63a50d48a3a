import type { FieldError } from '../../common/errors/domain-error';
import { isMissing, textRule } from '../../common/validation/fields';

/** A plain JSON object, as an action carries it. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What holds for a parameter of any kind. */
interface Named {
  readonly description: string;
  /** Default false. */
  readonly required?: boolean;
  /** Another parameter that may not stand beside it. */
  readonly excludes?: string;
}

/** One parameter: what it may be. No patterns: whatever a caller writes there would be run against others' input. */
export type Parameter =
  | (Named & { readonly kind: 'integer' | 'number'; readonly min: number; readonly max: number })
  | (Named & { readonly kind: 'text'; readonly maxLength: number })
  | (Named & { readonly kind: 'choice'; readonly words: readonly string[] })
  | (Named & { readonly kind: 'flag' });

export const PARAMETER_KINDS = ['integer', 'number', 'text', 'choice', 'flag'] as const satisfies readonly [
  ...Parameter['kind'][],
];

/** The parameters that are known of something, by name. */
export type ParameterSchema = Readonly<Record<string, Parameter>>;

const MAX_BYTES = 16_384;
const MAX_DEPTH = 8;

/**
 * What is wrong with the value of a parameter that was given: the contract's sentence, or null.
 * @example parameterProblem({ kind: 'integer', min: 1, max: 9, description: '' }, 12, 'by') // 'by must be an integer between 1 and 9'
 */
export function parameterProblem(parameter: Parameter, value: unknown, field: string): string | null {
  switch (parameter.kind) {
    case 'integer':
    case 'number': {
      const { kind, min, max } = parameter;
      const isOne = kind === 'integer' ? Number.isInteger(value) : Number.isFinite(value);
      if (isOne && (value as number) >= min && (value as number) <= max) return null;
      return `${field} must be ${kind === 'integer' ? 'an integer' : 'a number'} between ${min} and ${max}`;
    }
    case 'text':
      return textRule(parameter.maxLength)(value, field);
    case 'choice':
      return typeof value === 'string' && parameter.words.includes(value)
        ? null
        : `Invalid ${field}. Must be one of: ${parameter.words.join(', ')}`;
    case 'flag':
      return typeof value === 'boolean' ? null : `${field} must be true or false`;
  }
}

/**
 * Every rule that parameters break, first those that are missing, then the rest in the order of the schema; null counts as missing.
 * Parameters that the schema does not know are left alone: whoever receives them may know them.
 */
export function schemaProblems(schema: ParameterSchema, parameters: Parameters, path: string): FieldError[] {
  const missing: FieldError[] = [];
  const broken: FieldError[] = [];
  for (const [name, parameter] of Object.entries(schema)) {
    const field = `${path}.${name}`;
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (parameter.required === true ? isMissing(value) : value === undefined || value === null) {
      if (parameter.required === true) missing.push({ field, message: `Missing required field: ${field}` });
      continue;
    }
    const { excludes } = parameter;
    const other = excludes !== undefined && Object.hasOwn(parameters, excludes) ? parameters[excludes] : null;
    const message =
      other === null || other === undefined
        ? parameterProblem(parameter, value, field)
        : `${field} must not stand beside ${path}.${excludes}`;
    if (message !== null) broken.push({ field, message });
  }
  return [...missing, ...broken];
}

/**
 * What is wrong with a value as parameters of anything, whatever they mean: a plain object of bounded size and depth; or null.
 * Before any walk over them that is recursive.
 */
export function shapeProblem(parameters: unknown, path: string): string | null {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters))
    return `${path} must be an object`;
  if (isDeeper(parameters, MAX_DEPTH)) return `${path} must not be nested deeper than ${MAX_DEPTH} levels`;
  if (Buffer.byteLength(JSON.stringify(parameters)) > MAX_BYTES)
    return `${path} must be at most ${MAX_BYTES} bytes as JSON`;
  return null;
}

/** Walks level by level: a recursive walk is what deep input attacks. */
function isDeeper(value: object, levels: number): boolean {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > levels) return true;
    level = level.flatMap((each) =>
      (Object.values(each) as unknown[]).filter(
        (inner): inner is object => typeof inner === 'object' && inner !== null,
      ),
    );
  }
  return false;
}
