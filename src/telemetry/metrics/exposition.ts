import { LineCursor } from './exposition-line';
import { ExpositionTooLarge, InvalidExposition } from './metrics.errors';
import { readDecimalNumber } from './number-text';
import { isSampleTimeMs } from './sample-time';

export type FamilyType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped' | 'info';

export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Absent on almost every page: the scraper's clock then says when. */
  readonly timeMs?: number;
  /** The type of the family that the sample belongs to: `histogram` for its buckets, its sum and its count. */
  readonly type: FamilyType;
  /** How the number itself moves: a counter only rises (or restarts), a gauge goes both ways. */
  readonly behaviour: 'counter' | 'gauge' | 'untyped';
}

const MAX_EXPOSED_SAMPLES = 50_000;
export const MAX_EXPOSITION_BYTES = 10_000_000;
const MAX_LINE_CHARACTERS = 100_000;

/** OpenMetrics' types, and Prometheus' own, in the words we use. */
const FAMILY_TYPES: ReadonlyMap<string, FamilyType> = new Map([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'histogram'],
  ['summary', 'summary'],
  ['untyped', 'untyped'],
  ['unknown', 'untyped'],
  ['info', 'info'],
  ['stateset', 'gauge'],
]);

/** Which sample names belong to a family of a type, by their suffix, and how those samples behave. */
const SUFFIXES: Readonly<
  Record<FamilyType, readonly (readonly [suffix: string, ExposedSample['behaviour']])[]>
> = {
  counter: [
    ['_total', 'counter'],
    ['_created', 'gauge'],
  ],
  gauge: [],
  histogram: [
    ['_bucket', 'counter'],
    ['_sum', 'counter'],
    ['_count', 'counter'],
    ['_created', 'gauge'],
    ['_gsum', 'gauge'],
    ['_gcount', 'gauge'],
  ],
  summary: [
    ['_sum', 'counter'],
    ['_count', 'counter'],
    ['_created', 'gauge'],
  ],
  untyped: [],
  info: [['_info', 'gauge']],
};
const OWN_BEHAVIOUR: Readonly<Record<FamilyType, ExposedSample['behaviour']>> = {
  counter: 'counter',
  gauge: 'gauge',
  histogram: 'untyped',
  // The family's bare name is its quantiles.
  summary: 'gauge',
  untyped: 'untyped',
  info: 'gauge',
};

const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NOT_FINITE = /^(?:nan|[+-]?inf(?:inity)?)$/i;

/**
 * The samples of a page in Prometheus' text format, in its order.
 * Shape   text: one page. OpenMetrics is accepted too (`# EOF`, `# UNIT`, exemplars passed over); a page that ends in `# EOF` has its
 *         timestamps in seconds, any other in milliseconds.
 * Gaps    Samples that are NaN or infinite are left out: an idle summary exposes NaN quantiles by the dozen.
 * Limits  50,000 samples, 10 MB, 100,000 characters a line.
 * Throws  InvalidExposition naming the first malformed line; ExpositionTooLarge.
 * Source  Prometheus text format 0.0.4; OpenMetrics 1.0.
 * @example parseExposition('# TYPE up gauge\nup{job="api"} 1\n')
 *          // [{ name: 'up', labels: { job: 'api' }, value: 1, type: 'gauge', behaviour: 'gauge' }]
 */
export function parseExposition(text: string): ExposedSample[] {
  if (text.length > MAX_EXPOSITION_BYTES || Buffer.byteLength(text) > MAX_EXPOSITION_BYTES) {
    throw new ExpositionTooLarge(`the page is larger than ${MAX_EXPOSITION_BYTES} bytes`);
  }
  const millisecondsPerUnit = /(?:^|\n)# EOF\s*$/.test(text.slice(-16)) ? 1000 : 1;
  const types = new Map<string, FamilyType>();
  const samples: ExposedSample[] = [];
  let exposed = 0;
  let line = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    line++;
    if (end - start > MAX_LINE_CHARACTERS)
      throw new InvalidExposition(line, `longer than ${MAX_LINE_CHARACTERS} characters`);
    const row = text.slice(start, end).trim();
    start = end + 1;
    if (row === '') continue;
    if (row[0] === '#') {
      readType(row, line, types);
      continue;
    }
    if (++exposed > MAX_EXPOSED_SAMPLES) {
      throw new ExpositionTooLarge(`the page has more than ${MAX_EXPOSED_SAMPLES} samples`);
    }
    const sample = readSample(row, line, types, millisecondsPerUnit);
    if (Number.isFinite(sample.value)) samples.push(sample);
  }
  return samples;
}

/** Takes `# TYPE name type`; HELP, UNIT, EOF and free comments say nothing that we keep. */
function readType(row: string, line: number, types: Map<string, FamilyType>): void {
  const [hash, keyword, name, type, ...rest] = row.split(/[ \t]+/);
  if (hash !== '#' || keyword !== 'TYPE') return;
  const known = FAMILY_TYPES.get(type?.toLowerCase() ?? '');
  if (name === undefined || !METRIC_NAME.test(name) || known === undefined || rest.length > 0) {
    throw new InvalidExposition(
      line,
      `expected # TYPE name type, the type one of ${[...FAMILY_TYPES.keys()].join(', ')}`,
    );
  }
  types.set(name, known);
}

function readSample(
  row: string,
  line: number,
  types: ReadonlyMap<string, FamilyType>,
  millisecondsPerUnit: number,
): ExposedSample {
  const cursor = new LineCursor(row, line);
  const name = cursor.metricName();
  const labels = cursor.labels();
  const value = readValue(cursor.word(), line);
  const time = cursor.atEnd() ? undefined : readTimeMs(cursor.word(), line, millisecondsPerUnit);
  cursor.expectEnd();
  const sample = { name, labels, value, ...familyOf(name, types) };
  return time === undefined ? sample : { ...sample, timeMs: time };
}

function readValue(word: string, line: number): number {
  const value = readDecimalNumber(word);
  if (!Number.isNaN(value) || NOT_FINITE.test(word)) return value;
  throw new InvalidExposition(line, `value ${shorten(word)} is not a number, NaN, +Inf or -Inf`);
}

function readTimeMs(word: string, line: number, millisecondsPerUnit: number): number {
  const timeMs = Math.round(readDecimalNumber(word) * millisecondsPerUnit);
  if (isSampleTimeMs(timeMs)) return timeMs;
  const unit = millisecondsPerUnit === 1 ? 'milliseconds' : 'seconds';
  throw new InvalidExposition(line, `timestamp ${shorten(word)} is not ${unit} within 1970 to 2100`);
}

function familyOf(
  name: string,
  types: ReadonlyMap<string, FamilyType>,
): Pick<ExposedSample, 'type' | 'behaviour'> {
  const own = types.get(name);
  if (own !== undefined) return { type: own, behaviour: OWN_BEHAVIOUR[own] };
  const underscore = name.lastIndexOf('_');
  const type = underscore > 0 ? types.get(name.slice(0, underscore)) : undefined;
  const member = type && SUFFIXES[type].find(([suffix]) => suffix === name.slice(underscore));
  return type && member ? { type, behaviour: member[1] } : { type: 'untyped', behaviour: 'untyped' };
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
