import { isInstant } from '../../common/validation/fields';
import { InvalidAlert } from '../alerts/alert.errors';
import { checkAlertLabels } from '../alerts/alert-labels';
import type { AlertSignal } from '../alerts/alert-signal';
import type { Labels } from '../metrics/labels';
import { isObject } from './event-body';

/** What a body told: its alerts, and what is wrong with those that cannot be taken. One bad alert never costs the others. */
export interface AlertReading {
  readonly signals: readonly AlertSignal[];
  readonly faults: readonly string[];
}

/** More alerts than this in one body are no notification any more. */
export const MAX_ALERTS = 10_000;

const MAX_ANNOTATIONS = 64;
const MAX_NAME_LENGTH = 256;
/** In characters, of which each has at most four bytes: what we keep of an annotation always passes. */
const MAX_ANNOTATION_LENGTH = 16_384;
const MAX_VALUES = 64;
const MAX_URL_LENGTH = 2_048;

/**
 * Reads a list of alerts one by one: what cannot be read becomes a fault that names its place.
 * @example readEach([1], 'alerts', () => { throw new InvalidAlert('no') }).faults // ['alerts[0]: no']
 */
export function readEach(
  items: readonly unknown[],
  name: string,
  read: (item: unknown) => AlertSignal,
): AlertReading {
  const signals: AlertSignal[] = [];
  const faults: string[] = [];
  items.forEach((item, index) => {
    try {
      signals.push(read(item));
    } catch (error) {
      if (!(error instanceof InvalidAlert)) throw error;
      faults.push(`${name}[${index}]: ${error.message}`);
    }
  });
  return { signals, faults };
}

/**
 * The labels of an alert. They are its identity, so they are kept whole or refused, never cut; empty ones are none.
 * Throws  InvalidAlert, naming the rule.
 */
export function readLabels(value: unknown): Labels {
  return checkAlertLabels(texts(value, 'labels'));
}

/** The annotations of an alert: words for people, so a long one is cut rather than the alert refused. Throws InvalidAlert. */
export function readAnnotations(value: unknown): Labels {
  const annotations = Object.entries(texts(value ?? {}, 'annotations')).filter(([name]) => name !== '');
  return Object.fromEntries(
    annotations.slice(0, MAX_ANNOTATIONS).map(([name, text]) => [name.slice(0, MAX_NAME_LENGTH), cut(text)]),
  );
}

/** The numbers among some values: as many as we keep, null where there are none. */
export function readNumbers(values: unknown): Readonly<Record<string, number>> | null {
  if (!isObject(values)) return null;
  const numbers = Object.entries(values).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0].length <= MAX_NAME_LENGTH,
  );
  return numbers.length === 0 ? null : Object.fromEntries(numbers.slice(0, MAX_VALUES));
}

/** A text that people read, at the length that we keep. */
export function cut(text: string, length = MAX_ANNOTATION_LENGTH): string {
  // Half of a surrogate pair could not be stored.
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`.toWellFormed();
}

function texts(value: unknown, name: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw new InvalidAlert(`${name} must be an object of texts`);
  for (const [key, text] of Object.entries(value))
    if (typeof text !== 'string') throw new InvalidAlert(`${name}.${key} must be a text`);
  return value as Record<string, string>;
}

/**
 * A time as Go programs write it; their zero time (year 1) and an absent one are null.
 * Throws  InvalidAlert where it is no time.
 * @example readTime('0001-01-01T00:00:00Z', 'endsAt') // null
 */
export function readTime(value: unknown, name: string): number | null {
  if (value === undefined || value === null || value === '') return null;
  // An offset without a colon is ISO 8601's basic form, which PagerDuty's own examples have.
  const text = typeof value === 'string' ? value.replace(/([+-]\d{2})(\d{2})$/, '$1:$2') : value;
  if (!isInstant(text)) throw new InvalidAlert(`${name} must be a time such as 2026-01-31T10:00:00Z`);
  return text.startsWith('0001-01-01') ? null : Date.parse(text);
}

/** A link for people: kept where it is one that a browser opens as a page, otherwise left out. */
export function readUrl(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > MAX_URL_LENGTH) return null;
  return /^https?:\/\/[^\s]+$/i.test(value) ? value : null;
}
