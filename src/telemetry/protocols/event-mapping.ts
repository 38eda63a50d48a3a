import { isObject } from './event-body';
import { isJsonPointer } from './json-pointer';

/**
 * Where in a sender's JSON the parts of an alert stand. Every place is a JSON pointer; nothing in a mapping is evaluated. What a mapping
 * leaves out stands where `DEFAULT_MAPPING` has it.
 */
export interface EventMapping {
  /** The list of alerts, or the one alert; the whole body where absent. */
  readonly items: string;
  /** Becomes the label `alertname`. */
  readonly title: string;
  readonly status: string;
  /** The words for an alert that is over; any other word, or none, is one that fires. */
  readonly resolved_words: readonly string[];
  /** Becomes the label `severity`. */
  readonly severity: string;
  /** What the sender's severities are called here; others stay as they are. */
  readonly severity_words: Readonly<Record<string, string>>;
  /** The place of an object of texts, or places by the names of labels. */
  readonly labels: string | Readonly<Record<string, string>>;
  /** Labels with the same text for every alert. */
  readonly fixed_labels: Readonly<Record<string, string>>;
  readonly annotations: string | Readonly<Record<string, string>>;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly url: string;
  readonly values: string | Readonly<Record<string, string>>;
  /** What the sender calls the alert: with it an end is matched to its beginning although other labels have changed. */
  readonly key: string;
  /** Of changes: what was changed, and the sentence about it. */
  readonly service: string;
  readonly summary: string;
  /** Of CloudEvents: what each type is, by its name or by a beginning that ends in `*`. Any other type is let go. */
  readonly types: Readonly<Record<string, EventMeaning>>;
}

/** What an event stands for. */
export type EventMeaning = 'alert' | 'change';

export const DEFAULT_MAPPING: EventMapping = {
  items: '',
  title: '/title',
  status: '/status',
  resolved_words: ['resolved', 'ok', 'closed', 'recovered'],
  severity: '/severity',
  severity_words: {},
  labels: '/labels',
  fixed_labels: {},
  annotations: '/annotations',
  starts_at: '/starts_at',
  ends_at: '/ends_at',
  url: '/url',
  values: '/values',
  key: '/key',
  service: '/service',
  summary: '/summary',
  types: { '*': 'alert' },
};

const POINTERS = [
  'items',
  'title',
  'status',
  'severity',
  'starts_at',
  'ends_at',
  'url',
  'key',
  'service',
  'summary',
] as const;
const POINTER_SETS = ['labels', 'annotations', 'values'] as const;
const MAX_ENTRIES = 64;
const MAX_WORD_LENGTH = 256;

/** Everything that is wrong with a mapping as somebody writes it; nothing where it can be used. */
export function mappingFaults(mapping: Readonly<Record<string, unknown>>): string[] {
  const faults: string[] = [];
  for (const name of Object.keys(mapping))
    if (!Object.hasOwn(DEFAULT_MAPPING, name)) faults.push(`mapping.${name} is not a part of a mapping`);
  for (const name of POINTERS)
    if (mapping[name] !== undefined && !isJsonPointer(mapping[name])) faults.push(pointerFault(name));
  for (const name of POINTER_SETS) {
    const set = mapping[name];
    if (set === undefined || isJsonPointer(set)) continue;
    if (!isObject(set) || !isSmall(set) || !Object.values(set).every(isJsonPointer))
      faults.push(`${pointerFault(name)}, or an object of them`);
  }
  for (const name of ['severity_words', 'fixed_labels'] as const)
    if (mapping[name] !== undefined && !isWords(mapping[name]))
      faults.push(`mapping.${name} must be an object of at most ${MAX_ENTRIES} short texts`);
  const { resolved_words: words, types } = mapping;
  if (
    words !== undefined &&
    !(Array.isArray(words) && words.length <= MAX_ENTRIES && words.every((word) => isWord(word)))
  )
    faults.push(`mapping.resolved_words must be a list of at most ${MAX_ENTRIES} short texts`);
  const meanings: unknown[] = isObject(types) ? Object.values(types) : [null];
  if (
    types !== undefined &&
    !(
      isObject(types) &&
      isSmall(types) &&
      meanings.every((meaning) => meaning === 'alert' || meaning === 'change')
    )
  )
    faults.push('mapping.types must say alert or change of each type');
  return faults;
}

/** The meaning of a CloudEvent's type: an exact name wins, then the longest beginning. Null where the mapping has none for it. */
export function meaningOf(type: string, { types }: Pick<EventMapping, 'types'>): EventMeaning | null {
  if (Object.hasOwn(types, type)) return types[type];
  const beginnings = Object.keys(types)
    .filter((name) => name.endsWith('*') && type.startsWith(name.slice(0, -1)))
    .sort((a, b) => b.length - a.length);
  return beginnings.length === 0 ? null : types[beginnings[0]];
}

function pointerFault(name: string): string {
  return `mapping.${name} must be a JSON pointer such as /alert/title`;
}

function isSmall(value: object): boolean {
  return Object.keys(value).length <= MAX_ENTRIES;
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_WORD_LENGTH;
}

function isWords(value: unknown): boolean {
  return isObject(value) && isSmall(value) && Object.values(value).every((word) => isWord(word));
}
