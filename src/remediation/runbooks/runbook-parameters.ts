import type { FieldError } from '../../common/errors/domain-error';
import { oneOfRule, textRule } from '../../common/validation/fields';
import {
  type Parameter,
  PARAMETER_KINDS,
  parameterProblem,
  type Parameters,
  type ParameterSchema,
  schemaProblems,
} from '../policy/parameter-schema';

/** A parameter of a runbook, with its members as the document has them. */
export interface RunbookParameter {
  readonly type: Parameter['kind'];
  readonly description?: string;
  readonly required?: boolean;
  readonly default?: unknown;
  readonly min?: number;
  readonly max?: number;
  readonly max_length?: number;
  readonly words?: readonly string[];
}

export type RunbookParameters = Readonly<Record<string, RunbookParameter>>;

const MAX_PARAMETERS = 20;
const MAX_DESCRIPTION_LENGTH = 500;
const MAX_TEXT_LENGTH = 4_096;
const DEFAULT_TEXT_LENGTH = 1_000;
const MAX_WORDS = 50;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** The members that a parameter of a kind may have besides those of every kind. */
const OF_KIND: Readonly<Record<Parameter['kind'], readonly string[]>> = {
  integer: ['min', 'max'],
  number: ['min', 'max'],
  text: ['max_length'],
  choice: ['words'],
  flag: [],
};
const OF_EVERY_KIND = ['type', 'description', 'required', 'default'];

/** The parameters that a document declares; what is wrong with them is added to the errors. */
export function readRunbookParameters(value: unknown, errors: FieldError[]): RunbookParameters {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    errors.push({ field: 'parameters', message: 'parameters must be an object' });
    return {};
  }
  const declared = Object.entries(value as Record<string, unknown>);
  if (declared.length > MAX_PARAMETERS)
    errors.push({ field: 'parameters', message: `parameters must be at most ${MAX_PARAMETERS}` });
  const read: Record<string, RunbookParameter> = {};
  for (const [name, parameter] of declared.slice(0, MAX_PARAMETERS)) {
    const field = `parameters.${name}`;
    const message = NAME.test(name)
      ? declarationProblem(parameter, field)
      : `${field} must be named by letters, digits and _, beginning with no digit`;
    if (message === null)
      read[name] = Object.fromEntries(
        Object.entries(parameter as object).filter(([, member]) => member !== null),
      ) as unknown as RunbookParameter;
    else errors.push({ field, message });
  }
  return read;
}

/**
 * The parameters that a runbook runs with: those that were given, and defaults for the rest; or what is wrong with them. Here, unlike at a
 * target, nobody could know one that is not declared.
 */
export function settleParameters(
  declared: RunbookParameters,
  given: Parameters,
  path: string,
): { readonly parameters: Parameters } | { readonly errors: readonly FieldError[] } {
  const unknown = Object.keys(given)
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => ({ field: `${path}.${name}`, message: `${path}.${name} is no parameter of the runbook` }));
  const schema: ParameterSchema = Object.fromEntries(
    Object.entries(declared).map(([name, parameter]) => [name, schemaOf(parameter)]),
  );
  const errors = [...schemaProblems(schema, given, path), ...unknown];
  if (errors.length > 0) return { errors };
  const defaults = Object.entries(declared).map(([name, parameter]) => [name, parameter.default ?? null]);
  const present = Object.entries(given).filter(([, value]) => value !== null);
  return { parameters: Object.fromEntries([...defaults, ...present]) as Parameters };
}

function declarationProblem(value: unknown, field: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${field} must be an object with a type`;
  const sent = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null));
  const problem =
    oneOfRule(PARAMETER_KINDS)(sent.type, `${field}.type`) ??
    unknownMemberProblem(sent, field) ??
    ('description' in sent
      ? textRule(MAX_DESCRIPTION_LENGTH)(sent.description, `${field}.description`)
      : null) ??
    ('required' in sent && typeof sent.required !== 'boolean'
      ? `${field}.required must be true or false`
      : null) ??
    limitsProblem(sent, field);
  if (problem !== null || !('default' in sent)) return problem;
  if (sent.required === true) return `${field}.default has no place where it is required`;
  return parameterProblem(schemaOf(sent as unknown as RunbookParameter), sent.default, `${field}.default`);
}

function unknownMemberProblem(sent: object, field: string): string | null {
  const known = [...OF_EVERY_KIND, ...OF_KIND[(sent as RunbookParameter).type]];
  const stray = Object.keys(sent).find((name) => !known.includes(name));
  return stray === undefined ? null : `${field}.${stray} is not known; there are ${known.join(', ')}`;
}

function limitsProblem(sent: Readonly<Record<string, unknown>>, field: string): string | null {
  for (const name of ['min', 'max'])
    if (name in sent && !Number.isFinite(sent[name])) return `${field}.${name} must be a number`;
  if ((sent.min as number) > (sent.max as number)) return `${field}.min must not be above max`;
  const length = sent.max_length;
  if (
    'max_length' in sent &&
    !(Number.isInteger(length) && (length as number) >= 1 && (length as number) <= MAX_TEXT_LENGTH)
  )
    return `${field}.max_length must be an integer between 1 and ${MAX_TEXT_LENGTH}`;
  if (sent.type !== 'choice') return null;
  const { words } = sent;
  return Array.isArray(words) &&
    words.length > 0 &&
    words.length <= MAX_WORDS &&
    words.every((word) => typeof word === 'string' && word !== '' && word.length <= 100)
    ? null
    : `${field}.words must be a list of 1 to ${MAX_WORDS} texts`;
}

function schemaOf({ type, description = '', required = false, ...limits }: RunbookParameter): Parameter {
  const named = { description, required };
  switch (type) {
    case 'integer':
    case 'number': {
      const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = limits;
      return { ...named, kind: type, min, max };
    }
    case 'text':
      return { ...named, kind: type, maxLength: limits.max_length ?? DEFAULT_TEXT_LENGTH };
    case 'choice':
      return { ...named, kind: type, words: limits.words ?? [] };
    case 'flag':
      return { ...named, kind: type };
  }
}
