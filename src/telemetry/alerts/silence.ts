import { LabelMatcher } from '../metrics/label-matcher';
import type { Labels } from '../metrics/labels';
import { InvalidSilence } from './alert.errors';

const MAX_MATCHERS = 30;
const MAX_AUTHOR_LENGTH = 256;
const MAX_COMMENT_LENGTH = 8_192;

/** A condition of a silence, as it is stored. */
export interface SilenceMatcher {
  readonly name: string;
  readonly operator: LabelMatcher['operator'];
  readonly value: string;
}

/** What a silence says: which alerts it keeps quiet, from when to when, and why. */
export interface SilenceTerms {
  readonly matchers: readonly SilenceMatcher[];
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** As the client says; who really did it stands in the audit trail. */
  readonly createdBy: string;
  readonly comment: string;
}

export const SILENCE_STATES = ['pending', 'active', 'expired'] as const;
export type SilenceState = (typeof SILENCE_STATES)[number];

/**
 * Terms under which a silence can be kept, or a refusal.
 * Throws  InvalidSilence or InvalidMatcher, naming the first rule broken: without a matcher that asks for something it would silence everything.
 */
export function checkTerms(terms: SilenceTerms, now: Date): SilenceTerms {
  const { matchers, startsAt, endsAt, createdBy, comment } = terms;
  if (matchers.length === 0 || matchers.length > MAX_MATCHERS)
    throw new InvalidSilence(`a silence has 1 to ${MAX_MATCHERS} matchers`);
  if (compileMatchers(matchers).every((matcher) => matcher.accepts('')))
    throw new InvalidSilence('at least one matcher must not match the empty string');
  if (endsAt < startsAt) throw new InvalidSilence('start time must be before end time');
  if (endsAt < now) throw new InvalidSilence("end time can't be in the past");
  checkText('createdBy', createdBy, MAX_AUTHOR_LENGTH);
  checkText('comment', comment, MAX_COMMENT_LENGTH);
  return terms;
}

/** The matchers ready for use. Throws  InvalidMatcher. */
export function compileMatchers(matchers: readonly SilenceMatcher[]): LabelMatcher[] {
  return matchers.map(({ name, operator, value }) => new LabelMatcher(name, operator, value));
}

/** Whether all matchers accept an alert's labels. */
export function isMatched(matchers: readonly LabelMatcher[], labels: Labels): boolean {
  return matchers.every((matcher) => matcher.matches(labels));
}

/**
 * Whether new terms can take the place of a silence's old ones, so that it keeps its id; otherwise the old one ends and a new one begins, so
 * that what was silenced in the past stays on record (Alertmanager's rule).
 */
export function canChangeInPlace(
  state: SilenceState,
  before: SilenceTerms,
  after: SilenceTerms,
  now: Date,
): boolean {
  if (textOf(before.matchers) !== textOf(after.matchers)) return false;
  switch (state) {
    case 'active':
      // Clients give seconds; a fraction is no change.
      return Math.floor(+before.startsAt / 1_000) === Math.floor(+after.startsAt / 1_000);
    case 'pending':
      return after.startsAt >= now;
    case 'expired':
      return false;
  }
}

/** The same for the same conditions; the database keeps members in an order of its own. */
function textOf(matchers: readonly SilenceMatcher[]): string {
  return JSON.stringify(matchers.map(({ name, operator, value }) => [name, operator, value]));
}

function checkText(what: string, text: string, maxLength: number): void {
  if (text.length > maxLength || !text.isWellFormed() || text.includes('\0'))
    throw new InvalidSilence(
      `${what} must be at most ${maxLength} characters of well-formed Unicode without NUL`,
    );
}
