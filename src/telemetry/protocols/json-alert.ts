import { isInstant } from '../../common/validation/fields';
import { InvalidAlert } from '../alerts/alert.errors';
import type { AlertSignal } from '../alerts/alert-signal';
import { type ChangeEvent, readSettleSeconds } from '../changes/change-event';
import type { Labels } from '../metrics/labels';
import { cut, MAX_ALERTS, readAnnotations, readLabels, readNumbers, readUrl } from './alert-reading';
import { InvalidEvent } from './event.errors';
import { isObject } from './event-body';
import type { EventMapping } from './event-mapping';
import { valueAt } from './json-pointer';

/** An alert, and what its sender calls it; null where they leave that to its labels. */
export interface KeyedSignal {
  readonly signal: AlertSignal;
  readonly key: string | null;
}

export interface KeyedReading {
  readonly keyed: readonly KeyedSignal[];
  readonly faults: readonly string[];
}

const MAX_KEY_LENGTH = 1_024;
const MAX_SUMMARY_LENGTH = 1_024;
/** Epoch numbers below this are seconds (until the year 5138), others milliseconds (from 1973 on). */
const FIRST_EPOCH_MS = 1e11;
const LAST_EPOCH_MS = 253_402_300_799_999;

/**
 * Reads alerts out of any JSON by a mapping: one, or a list of them.
 * Throws  InvalidEvent where the place of the list holds nothing.
 */
export function readJsonAlerts(body: unknown, mapping: EventMapping): KeyedReading {
  const found = valueAt(body, mapping.items);
  if (found === undefined)
    throw new InvalidEvent(`There is nothing at ${mapping.items}, where the mapping looks for alerts`);
  const items: unknown[] = Array.isArray(found) ? found : [found];
  if (items.length > MAX_ALERTS) throw new InvalidEvent(`A body has at most ${MAX_ALERTS} alerts`);
  const keyed: KeyedSignal[] = [];
  const faults: string[] = [];
  items.forEach((item, index) => {
    try {
      keyed.push(readJsonAlert(item, mapping));
    } catch (error) {
      if (!(error instanceof InvalidAlert)) throw error;
      faults.push(Array.isArray(found) ? `[${index}]: ${error.message}` : error.message);
    }
  });
  return { keyed, faults };
}

/** One alert by a mapping. Throws InvalidAlert. */
export function readJsonAlert(item: unknown, mapping: EventMapping): KeyedSignal {
  const title = scalarAt(item, mapping.title, 'title');
  const labels = textsAt(item, mapping.labels, 'labels');
  if (title === null && labels.alertname === undefined)
    throw new InvalidAlert(`has no title at ${mapping.title}`);
  const severity = scalarAt(item, mapping.severity, 'severity');
  const status = scalarAt(item, mapping.status, 'status')?.toLowerCase() ?? '';
  const key = scalarAt(item, mapping.key, 'key');
  if (key !== null && key.length > MAX_KEY_LENGTH)
    throw new InvalidAlert(`key must have at most ${MAX_KEY_LENGTH} characters`);
  const isResolved = mapping.resolved_words.some((word) => word.toLowerCase() === status);
  const endsAtMs = timeAt(item, mapping.ends_at, 'ends_at');
  return {
    key,
    signal: {
      labels: readLabels({
        ...labels,
        ...(title !== null && { alertname: title }),
        ...(severity !== null && { severity: wordOf(severity, mapping.severity_words) }),
        ...mapping.fixed_labels,
      }),
      annotations: readAnnotations(textsAt(item, mapping.annotations, 'annotations')),
      status: isResolved ? 'resolved' : 'firing',
      startsAtMs: timeAt(item, mapping.starts_at, 'starts_at'),
      endsAtMs,
      generatorUrl: readUrl(valueAt(item, mapping.url)),
      values: numbersAt(item, mapping.values),
    },
  };
}

/** A change by a mapping; what it does not tell is told by whoever brings it. Throws InvalidAlert. */
export function readJsonChange(
  item: unknown,
  mapping: EventMapping,
  fallback: Pick<ChangeEvent, 'source' | 'service' | 'summary' | 'atMs'>,
): ChangeEvent {
  const summary = scalarAt(item, mapping.summary, 'summary') ?? fallback.summary;
  return {
    source: fallback.source,
    service: scalarAt(item, mapping.service, 'service') ?? fallback.service,
    summary: cut(summary, MAX_SUMMARY_LENGTH),
    atMs: timeAt(item, mapping.starts_at, 'starts_at') ?? fallback.atMs,
    settleSeconds: isObject(item) ? readSettleSeconds(item.settle_seconds) : null,
    details: isObject(item) ? item : {},
  };
}

function wordOf(word: string, words: Readonly<Record<string, string>>): string {
  return Object.hasOwn(words, word) ? words[word] : word;
}

/** Numbers and truth values are texts here, as labels are; an absent value is null. */
function scalarAt(item: unknown, pointer: string, name: string): string | null {
  const value = valueAt(item, pointer);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new InvalidAlert(`${name} must be a text, at ${pointer}`);
}

function textsAt(item: unknown, places: string | Readonly<Record<string, string>>, name: string): Labels {
  if (typeof places !== 'string') {
    const texts = Object.entries(places).map(
      ([member, pointer]) => [member, scalarAt(item, pointer, `${name}.${member}`) ?? ''] as const,
    );
    return Object.fromEntries(texts);
  }
  const found = valueAt(item, places);
  if (found === undefined || found === null) return {};
  if (!isObject(found)) throw new InvalidAlert(`${name} must be an object, at ${places}`);
  const texts = Object.keys(found).map(
    (member) => [member, scalarAt(found, `/${escaped(member)}`, `${name}.${member}`) ?? ''] as const,
  );
  return Object.fromEntries(texts);
}

function numbersAt(
  item: unknown,
  places: string | Readonly<Record<string, string>>,
): Record<string, number> | null {
  const found =
    typeof places === 'string'
      ? valueAt(item, places)
      : Object.fromEntries(Object.entries(places).map(([name, pointer]) => [name, valueAt(item, pointer)]));
  return readNumbers(found);
}

/** A time as text, or as epoch seconds or milliseconds. */
function timeAt(item: unknown, pointer: string, name: string): number | null {
  const value = valueAt(item, pointer);
  if (value === undefined || value === null || value === '') return null;
  if (typeof value === 'number' && value > 0) {
    const ms = Math.round(value < FIRST_EPOCH_MS ? value * 1_000 : value);
    if (ms <= LAST_EPOCH_MS) return ms;
  }
  if (isInstant(value)) return Date.parse(value);
  throw new InvalidAlert(
    `${name} must be a time such as 2026-01-31T10:00:00Z or epoch seconds, at ${pointer}`,
  );
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
