import type { SeriesType } from '../telemetry.types';
import { LineCursor } from './exposition-line';
import { FAMILY_TYPES, FamilyMember, findFamily } from './metric-family';
import { ExpositionTooLarge, InvalidExposition } from './metrics.errors';
import { readDecimalNumber } from './number-text';
import { isSampleTimeMs } from './sample-time';

export interface ExposedSample extends FamilyMember {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** Absent on almost every page: the scraper's clock then says when. */
  readonly timeMs?: number;
}

const MAX_EXPOSED_SAMPLES = 50_000;
export const MAX_EXPOSITION_BYTES = 10_000_000;
const MAX_LINE_CHARACTERS = 100_000;

const UNKNOWN_FAMILY: FamilyMember = { type: 'untyped', behaviour: 'untyped' };

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
  const types = new Map<string, SeriesType>();
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
function readType(row: string, line: number, types: Map<string, SeriesType>): void {
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
  types: ReadonlyMap<string, SeriesType>,
  millisecondsPerUnit: number,
): ExposedSample {
  const cursor = new LineCursor(row, line);
  const name = cursor.metricName();
  const labels = cursor.labels();
  const value = readValue(cursor.word(), line);
  const time = cursor.atEnd() ? undefined : readTimeMs(cursor.word(), line, millisecondsPerUnit);
  cursor.expectEnd();
  const sample = { name, labels, value, ...(findFamily(name, types) ?? UNKNOWN_FAMILY) };
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

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
