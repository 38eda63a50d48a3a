import { createHash } from 'node:crypto';

import { InvalidLabels } from './metrics.errors';

export type Labels = Readonly<Record<string, string>>;

/** What makes a series: two samples belong together exactly when both parts are equal. */
export interface SeriesIdentity {
  readonly name: string;
  readonly labels: Labels;
}

/** `classic` names are ASCII letters, digits, _ and, for a metric, `:`; `utf8` names are any text (Prometheus 3, remote write 2.0). */
export type Naming = 'classic' | 'utf8';

const MAX_LABELS = 30;
const MAX_NAME_LENGTH = 256;
const MAX_LABEL_VALUE_BYTES = 2048;
const FINGERPRINT_BYTES = 16;
const UTF8_NAMES = `1 to ${MAX_NAME_LENGTH} bytes of UTF-8 without NUL`;

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The series that a sender means, or a refusal: nothing that passes can fail in Postgres or change on the way back.
 * Shape   labels: a plain object of strings. Returns name and labels without the empty ones.
 * Names   `classic` unless the protocol allows more.
 * Gaps    A label with an empty value is the same as no label (Prometheus' rule) and does not count.
 * Throws  InvalidLabels, naming the first rule broken.
 * @example checkSeries('up', { job: 'api', zone: '' }) // { name: 'up', labels: { job: 'api' } }
 */
export function checkSeries(
  name: unknown,
  labels: Readonly<Record<string, unknown>>,
  naming: Naming = 'classic',
): SeriesIdentity {
  if (typeof name !== 'string' || !isName(name, METRIC_NAME, naming)) {
    throw new InvalidLabels(
      `metric name ${quote(name)} is not accepted; a name is ${
        naming === 'utf8'
          ? UTF8_NAMES
          : `at most ${MAX_NAME_LENGTH} letters, digits, _ or :, and does not start with a digit`
      }`,
    );
  }
  const kept: [string, string][] = [];
  for (const [label, value] of Object.entries(labels)) {
    checkLabelName(label, name, naming);
    if (typeof value !== 'string') {
      throw new InvalidLabels(
        `label ${label} of ${name} must be a string, not ${value === null ? 'null' : typeof value}`,
      );
    }
    if (value === '') continue;
    checkLabelValue(value, label, name);
    kept.push([label, value]);
    if (kept.length > MAX_LABELS) {
      throw new InvalidLabels(
        `${name} has more than ${MAX_LABELS} labels; a series has at most ${MAX_LABELS}`,
      );
    }
  }
  return { name, labels: Object.fromEntries(kept) };
}

/**
 * The one text of a series, whatever order its labels came in; different series never share it.
 * Shape   name and labels as `checkSeries` gives them. Empty label values are left out.
 * @example canonicalSeries('up', { b: '2', a: '1' }) // '["up","a","1","b","2"]'
 */
export function canonicalSeries(name: string, labels: Labels): string {
  return JSON.stringify([name, ...sortedLabels(labels).flat()]);
}

/**
 * The series' identity in storage: the first 16 bytes of the SHA-256 of its canonical text.
 * A cryptographic hash, because senders choose the labels and two series forced onto one id would mix their samples.
 * @example seriesFingerprint('up', { job: 'api' }).length // 16
 */
export function seriesFingerprint(name: string, labels: Labels): Buffer {
  return createHash('sha256').update(canonicalSeries(name, labels)).digest().subarray(0, FINGERPRINT_BYTES);
}

/**
 * The series as people write it, labels sorted, values escaped as in Prometheus' text format.
 * Names   One that is not classic stands in quotes, as in Prometheus 3: `{"cpu.util","host.name"="a"}`.
 * @example seriesTitle('http_requests_total', { host: 'a', code: '200' }) // 'http_requests_total{code="200",host="a"}'
 */
export function seriesTitle(name: string, labels: Labels): string {
  const pairs = sortedLabels(labels).map(
    ([label, value]) => `${LABEL_NAME.test(label) ? label : quoted(label)}=${quoted(value)}`,
  );
  if (!METRIC_NAME.test(name)) return `{${[quoted(name), ...pairs].join(',')}}`;
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function checkLabelName(label: string, name: string, naming: Naming): void {
  if (label === '__name__') {
    throw new InvalidLabels(
      `label __name__ of ${name} is not accepted; the metric's name stands beside the labels, not among them`,
    );
  }
  // It matches the pattern, and a careless copy of the labels later would lose it or change a prototype.
  if (label === '__proto__') {
    throw new InvalidLabels(`label __proto__ of ${name} is not accepted; it is a reserved word`);
  }
  if (!isName(label, LABEL_NAME, naming)) {
    throw new InvalidLabels(
      `label name ${quote(label)} of ${name} is not accepted; a label name is ${
        naming === 'utf8'
          ? UTF8_NAMES
          : `at most ${MAX_NAME_LENGTH} letters, digits or _, and does not start with a digit`
      }`,
    );
  }
}

function isName(text: string, classic: RegExp, naming: Naming): boolean {
  if (text.length > MAX_NAME_LENGTH) return false;
  if (naming === 'classic') return classic.test(text);
  return (
    text !== '' &&
    Buffer.byteLength(text) <= MAX_NAME_LENGTH &&
    !text.includes('\0') &&
    !LONE_SURROGATE.test(text)
  );
}

function checkLabelValue(value: string, label: string, name: string): void {
  if (value.length > MAX_LABEL_VALUE_BYTES || Buffer.byteLength(value) > MAX_LABEL_VALUE_BYTES) {
    throw new InvalidLabels(
      `label ${label} of ${name} is longer than ${MAX_LABEL_VALUE_BYTES} bytes of UTF-8`,
    );
  }
  if (value.includes('\0')) {
    throw new InvalidLabels(`label ${label} of ${name} contains a NUL character; any other text is accepted`);
  }
  if (LONE_SURROGATE.test(value)) {
    throw new InvalidLabels(`label ${label} of ${name} is not valid Unicode (half of a surrogate pair)`);
  }
}

/** By code units, the same order everywhere; a locale's order would not be. */
function sortedLabels(labels: Labels): [string, string][] {
  return Object.entries(labels)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function quote(input: unknown): string {
  if (typeof input !== 'string') return `of type ${typeof input}`;
  return JSON.stringify(input.length > 64 ? `${input.slice(0, 64)}…` : input);
}
