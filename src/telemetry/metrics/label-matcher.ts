import { RE2JS, RE2JSException } from 're2js';

import type { Labels, SeriesIdentity } from './labels';
import { InvalidMatcher } from './metrics.errors';

export const MATCH_OPERATORS = ['=', '!=', '=~', '!~'] as const;
export type MatchOperator = (typeof MATCH_OPERATORS)[number];

/** The label that stands for the metric's name. */
export const METRIC_NAME = '__name__';

export const MAX_PATTERN_BYTES = 256;
const MAX_LABEL_LENGTH = 256;
const MAX_VALUE_BYTES = 2048;
/** RE2 takes time in proportion to program x text: at this size the worst pattern needs about 0.1 s for the longest label value. */
const MAX_PROGRAM_SIZE = 300;

const BARE_LABEL = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const BARE_METRIC = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/**
 * One condition on a label, as Prometheus and Alertmanager write it: `code=~"5.."`.
 * Absent    A label that is not there has the empty value: `zone=""` accepts series without a zone, `zone!=""` those with one.
 * Patterns  RE2's syntax (no back references, no look-around), so that time grows with the text and never explodes. They match the
 *           whole value, and `.` matches line ends too, as since Prometheus 3.
 * Throws    InvalidMatcher: an empty or overlong name or value, a pattern past 256 bytes, one that RE2 does not know, or one whose
 *           repetitions make it too large.
 * @example new LabelMatcher('code', '=~', '5..').matches({ code: '503' }) // true
 */
export class LabelMatcher {
  private readonly pattern: RE2JS | null;

  constructor(
    readonly label: string,
    readonly operator: MatchOperator,
    readonly value: string,
  ) {
    if (label === '' || label.length > MAX_LABEL_LENGTH || !isText(label)) {
      throw new InvalidMatcher(
        `label name ${shown(label)} is not accepted; a name has 1 to ${MAX_LABEL_LENGTH} characters of valid Unicode without NUL`,
      );
    }
    if (!isText(value))
      throw new InvalidMatcher(`the value for label ${label} must be valid Unicode without NUL`);
    if (operator === '=' || operator === '!=') {
      if (Buffer.byteLength(value) > MAX_VALUE_BYTES) {
        throw new InvalidMatcher(`the value for label ${label} is longer than ${MAX_VALUE_BYTES} bytes`);
      }
      this.pattern = null;
    } else {
      this.pattern = compile(value, label);
    }
  }

  /** Whether a label with this value is accepted; give '' for one that is absent. */
  accepts(value: string): boolean {
    const isMatch = this.pattern === null ? value === this.value : this.pattern.testExact(value);
    return this.operator === '=' || this.operator === '=~' ? isMatch : !isMatch;
  }

  /** Whether a label set is accepted; only own properties count as labels. */
  matches(labels: Labels): boolean {
    return this.accepts(Object.hasOwn(labels, this.label) ? labels[this.label] : '');
  }

  /** Whether a series is accepted; the label `__name__` is its metric name. */
  matchesSeries({ name, labels }: SeriesIdentity): boolean {
    return this.label === METRIC_NAME ? this.accepts(name) : this.matches(labels);
  }

  /** The matcher as people write it; `parseMatcher` reads it back. */
  toString(): string {
    const label = BARE_LABEL.test(this.label) ? this.label : quoted(this.label);
    return `${label}${this.operator}${quoted(this.value)}`;
  }
}

/**
 * Matchers as one selector, the metric's name in front where it is an ordinary one; `parseSelector` reads it back.
 * @example formatSelector(parseSelector('up{ job = "api", }')) // 'up{job="api"}'
 */
export function formatSelector(matchers: readonly LabelMatcher[]): string {
  const [first, ...others] = matchers;
  const hasName =
    first?.label === METRIC_NAME &&
    first.operator === '=' &&
    BARE_METRIC.test(first.value) &&
    others.every(({ label }) => label !== METRIC_NAME);
  const braced = hasName ? others : matchers;
  if (hasName && braced.length === 0) return first.value;
  return `${hasName ? first.value : ''}{${braced.join(',')}}`;
}

function compile(pattern: string, label: string): RE2JS {
  if (Buffer.byteLength(pattern) > MAX_PATTERN_BYTES) {
    throw new InvalidMatcher(
      `the pattern for label ${label} is longer than ${MAX_PATTERN_BYTES} bytes; use several matchers or =`,
    );
  }
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern, RE2JS.DOTALL);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new InvalidMatcher(
      `the pattern ${shown(pattern)} for label ${label} cannot be read: ${error.message}; patterns have RE2's syntax`,
    );
  }
  if (compiled.programSize() > MAX_PROGRAM_SIZE) {
    throw new InvalidMatcher(
      `the pattern ${shown(pattern)} for label ${label} is too large once its repetitions are written out ` +
        `(${compiled.programSize()} steps, ${MAX_PROGRAM_SIZE} are accepted); repeat fewer times, or use * or +`,
    );
  }
  return compiled;
}

/** What Postgres can store and compare. */
function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
