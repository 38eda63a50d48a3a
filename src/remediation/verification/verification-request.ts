import { STEP_FUNCTIONS } from '../../telemetry/telemetry.types';
import {
  COMBINATIONS,
  type Comparison,
  COMPARISONS,
  LABEL_NAME_LENGTH,
  ROLL_BACK_FROM,
  type VerificationQuery,
  type VerificationTerms,
} from './verification-terms';

/** What a declaration may hold, and what it holds where it says nothing. */
export const LIMITS = {
  selectorLength: 4_096,
  sameLabels: 10,
  stepSeconds: 3_600,
  forSeconds: 86_400,
  timeoutSeconds: 7 * 86_400,
} as const;
export const DEFAULTS = { forSeconds: 60, timeoutSeconds: 600, rollBack: 'made_worse' } as const;
/** Steps over which a condition has to hold: where nobody says how long one is, and at most. */
const STEPS_A_HOLD = 10;
const MOST_STEPS_A_HOLD = 2_000;

const MEMBERS = ['series', 'query', 'same_labels', 'op', 'threshold', 'for', 'timeout', 'roll_back'] as const;
const QUERY_MEMBERS = ['selector', 'function', 'step_seconds', 'across'] as const;

/** What a caller declares, read; or what is wrong with it, in the contract's words. */
export type VerificationReading = { readonly terms: VerificationTerms } | { readonly problem: string };

/**
 * Reads what has to be seen for an action to have helped. Seconds throughout. `series` is short for a query of its latest values, of which the
 * worst counts.
 * @example readVerification({ series: 'up{job="api"}', op: '>=', threshold: 1, for: 30 }, 'verify') // { terms: { … } }
 */
export function readVerification(value: unknown, field: string): VerificationReading {
  if (!isObject(value)) return { problem: `${field} must be an object` };
  const strange = Object.keys(value).find((name) => !(MEMBERS as readonly string[]).includes(name));
  if (strange !== undefined)
    return { problem: `${field}.${strange} is not known; there are ${MEMBERS.join(', ')}` };
  const {
    same_labels: sameLabels = [],
    op,
    threshold,
    for: forSeconds = DEFAULTS.forSeconds,
    timeout: timeoutSeconds = DEFAULTS.timeoutSeconds,
    roll_back: rollBack = DEFAULTS.rollBack,
  } = value;
  for (const [name, given] of Object.entries({ op, threshold }))
    if (given === undefined || given === null) return { problem: `Missing required field: ${field}.${name}` };
  if (!isOneOf(COMPARISONS, op)) return { problem: choice(`${field}.op`, COMPARISONS) };
  if (!Number.isFinite(threshold)) return { problem: `${field}.threshold must be a number` };
  if (!isInteger(forSeconds, 0, LIMITS.forSeconds))
    return { problem: `${field}.for must be an integer between 0 and ${LIMITS.forSeconds}` };
  if (!isInteger(timeoutSeconds, 1, LIMITS.timeoutSeconds))
    return { problem: `${field}.timeout must be an integer between 1 and ${LIMITS.timeoutSeconds}` };
  if (timeoutSeconds < forSeconds)
    return { problem: `${field}.timeout must not be shorter than ${field}.for` };
  if (!isOneOf(ROLL_BACK_FROM, rollBack)) return { problem: choice(`${field}.roll_back`, ROLL_BACK_FROM) };
  if (
    !Array.isArray(sameLabels) ||
    sameLabels.length > LIMITS.sameLabels ||
    !sameLabels.every((name) => typeof name === 'string' && name !== '' && name.length <= LABEL_NAME_LENGTH)
  )
    return { problem: `${field}.same_labels must be a list of at most ${LIMITS.sameLabels} names of labels` };
  const query = readQuery(value, field, op, forSeconds);
  if ('problem' in query) return query;
  return {
    terms: {
      query: query.query,
      sameLabels: sameLabels as string[],
      op,
      threshold: threshold as number,
      forSeconds,
      timeoutSeconds,
      rollBack: rollBack,
    },
  };
}

/** What is read back is what was declared, with what had been left out. */
export function statedVerification({
  query,
  sameLabels,
  op,
  threshold,
  forSeconds,
  timeoutSeconds,
  rollBack,
}: VerificationTerms): object {
  return {
    ...(query !== null && {
      query: {
        selector: query.selector,
        function: query.function,
        step_seconds: query.stepSeconds,
        across: query.across,
      },
    }),
    same_labels: sameLabels,
    op,
    threshold,
    for: forSeconds,
    timeout: timeoutSeconds,
    roll_back: rollBack,
  };
}

/** How long a step is, in seconds, where nobody says so. */
export function usualStepSeconds(forSeconds: number): number {
  return Math.min(LIMITS.stepSeconds, Math.max(1, Math.round(forSeconds / STEPS_A_HOLD)));
}

function readQuery(
  { series, query }: Record<string, unknown>,
  field: string,
  op: Comparison,
  forSeconds: number,
): { query: VerificationQuery | null } | { problem: string } {
  const hasSeries = series !== undefined && series !== null;
  const hasQuery = query !== undefined && query !== null;
  if (hasSeries && hasQuery) return { problem: `${field} takes either series or query` };
  const worst = op === '<' || op === '<=' ? 'max' : 'min';
  const usualStep = usualStepSeconds(forSeconds);
  if (hasSeries)
    return isSelector(series)
      ? { query: { selector: series, function: 'last', stepSeconds: usualStep, across: worst } }
      : { problem: `${field}.series must be a selector such as up{job="api"}` };
  if (!hasQuery) return { query: null };
  if (!isObject(query)) return { problem: `${field}.query must be an object` };
  const strange = Object.keys(query).find((name) => !(QUERY_MEMBERS as readonly string[]).includes(name));
  if (strange !== undefined)
    return { problem: `${field}.query.${strange} is not known; there are ${QUERY_MEMBERS.join(', ')}` };
  const { selector, function: stepFunction = 'mean', step_seconds: step = usualStep, across = worst } = query;
  if (!isSelector(selector))
    return { problem: `${field}.query.selector must be a selector such as up{job="api"}` };
  if (!isOneOf(STEP_FUNCTIONS, stepFunction))
    return { problem: choice(`${field}.query.function`, STEP_FUNCTIONS) };
  if (!isInteger(step, 1, LIMITS.stepSeconds))
    return { problem: `${field}.query.step_seconds must be an integer between 1 and ${LIMITS.stepSeconds}` };
  if (forSeconds / step > MOST_STEPS_A_HOLD)
    return {
      problem: `${field}.query.step_seconds is too short for ${field}.for: at most ${MOST_STEPS_A_HOLD} steps`,
    };
  if (!isOneOf(COMBINATIONS, across)) return { problem: choice(`${field}.query.across`, COMBINATIONS) };
  return { query: { selector, function: stepFunction, stepSeconds: step, across } };
}

function isSelector(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= LIMITS.selectorLength;
}

function isInteger(value: unknown, min: number, max: number): value is number {
  return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
}

function isOneOf<Word extends string>(words: readonly Word[], value: unknown): value is Word {
  return (words as readonly unknown[]).includes(value);
}

function choice(field: string, words: readonly string[]): string {
  return `Invalid ${field}. Must be one of: ${words.join(', ')}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
