import { readCsvRecords } from './csv-records';
import { InvalidCsv, InvalidSampleTime } from './metrics.errors';
import { readDecimalNumber } from './number-text';
import { parseSampleTime } from './sample-time';

export interface CsvSample {
  /** The line of the file on which the row starts, counted from 1. */
  readonly line: number;
  readonly timeMs: number;
  readonly value: number;
}

/** How far a reading has come; the reader updates it in place, so that a caller can show it between rows. */
export interface CsvProgress {
  bytes: number;
  /** Rows given out. */
  rows: number;
  /** Rows without a value (empty, NaN, null, NA): gaps in the series, skipped. */
  missingRows: number;
}

interface Columns {
  readonly count: number;
  readonly time: number;
  /** Null until the first row with a number has shown which column it is. */
  readonly value: number | null;
  readonly candidates: readonly number[];
}

const TIME_ALIASES = new Set(['timestamp', 'time', 'ts', 'date', 'datetime']);
const VALUE_NAME = 'value';
const MISSING_VALUES = new Set(['', 'nan', 'null', 'na', 'n/a']);

/**
 * The samples of a CSV file, row by row, in constant memory.
 * Shape   chunks: text or UTF-8 bytes, cut anywhere. The first line names the columns, in any order and case: one of timestamp, time,
 *         ts, date, datetime; and `value`, or else the only column whose first value is a number. Other columns are passed over.
 *         Fields may be quoted; lines end in LF or CRLF; a byte order mark and blank lines are skipped.
 * Units   Times as `parseSampleTime` reads them. Rows come in the file's order, which need not be that of time.
 * Gaps    A row without a value is skipped and counted in `progress.missingRows`.
 * Throws  InvalidCsv at the first bad row, with its line and what would be accepted.
 * @example for await (const { timeMs, value } of readCsvSamples(request.body, progress)) …
 */
export async function* readCsvSamples(
  chunks: AsyncIterable<string | Uint8Array>,
  progress: CsvProgress = { bytes: 0, rows: 0, missingRows: 0 },
): AsyncGenerator<CsvSample, void, undefined> {
  let columns: Columns | null = null;
  for await (const { line, fields } of readCsvRecords(chunks, (bytes) => (progress.bytes += bytes))) {
    if (columns === null) {
      columns = readHeader(fields, line);
      continue;
    }
    if (fields.length !== columns.count) {
      throw new InvalidCsv(line, `has ${fields.length} fields; the header names ${columns.count} columns`);
    }
    columns = columns.value === null ? settleValueColumn(columns, fields, line) : columns;
    const text = columns.value === null ? '' : fields[columns.value].trim();
    if (MISSING_VALUES.has(text.toLowerCase())) {
      progress.missingRows++;
      continue;
    }
    const sample = { line, timeMs: readTime(fields[columns.time], line), value: readValue(text, line) };
    progress.rows++;
    yield sample;
  }
  if (columns === null)
    throw new InvalidCsv(1, 'the file is empty; the first line must be a header such as timestamp,value');
}

function readHeader(fields: readonly string[], line: number): Columns {
  const names = fields.map((field) => field.trim().toLowerCase());
  const times = names.flatMap((name, index) => (TIME_ALIASES.has(name) ? [index] : []));
  if (times.length === 0) {
    throw new InvalidCsv(
      line,
      `the header ${shorten(names.join(','))} names no time column; accepted are ${[...TIME_ALIASES].join(', ')}, for example timestamp,value`,
    );
  }
  // `date,timestamp,value` names two; the order of the aliases says which of them is the more exact.
  const time = [...TIME_ALIASES].map((alias) => names.indexOf(alias)).find((index) => index >= 0) ?? times[0];
  const candidates = names.flatMap((_, index) => (times.includes(index) ? [] : [index]));
  if (candidates.length === 0)
    throw new InvalidCsv(line, 'the header names no column beside the time; call one value');
  const named = names.indexOf(VALUE_NAME);
  if (named >= 0) return { count: names.length, time, value: named, candidates };
  return { count: names.length, time, value: candidates.length === 1 ? candidates[0] : null, candidates };
}

function settleValueColumn(columns: Columns, fields: readonly string[], line: number): Columns {
  const numeric = columns.candidates.filter(
    (index) => !Number.isNaN(readDecimalNumber(fields[index].trim())),
  );
  if (numeric.length === 1) return { ...columns, value: numeric[0] };
  const hasGap = columns.candidates.some((index) => MISSING_VALUES.has(fields[index].trim().toLowerCase()));
  if (numeric.length === 0 && hasGap) return columns;
  throw new InvalidCsv(
    line,
    `${numeric.length === 0 ? 'no column holds a number' : `${numeric.length} columns hold numbers`}; call the one to import value`,
  );
}

function readTime(field: string, line: number): number {
  try {
    return parseSampleTime(field);
  } catch (error) {
    if (error instanceof InvalidSampleTime) throw new InvalidCsv(line, error.message);
    throw error;
  }
}

function readValue(text: string, line: number): number {
  const value = readDecimalNumber(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidCsv(
    line,
    `value ${shorten(text)} is not a finite number such as 12, -0.5 or 1.2e3; leave it empty for a gap`,
  );
}

function shorten(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
