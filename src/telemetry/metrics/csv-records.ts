import { TextDecoder } from 'node:util';

import { InvalidCsv } from './metrics.errors';

export interface CsvRecord {
  /** The line on which the record starts, counted from 1; a quoted field may run over several. */
  readonly line: number;
  readonly fields: string[];
}

/** Two columns need a tenth of it; the bound is for a file without line ends, or a quote that never closes. */
const MAX_RECORD_CHARACTERS = 8192;

/**
 * The records of a CSV stream, holding no more than one chunk and one record in memory.
 * Shape   chunks: text or UTF-8 bytes, cut anywhere, also inside a character. Blank lines give no record.
 * Throws  InvalidCsv when a record is longer than 8,192 characters, a quote is misplaced or never closed, or bytes are not UTF-8.
 * Source  RFC 4180, with bare LF accepted too.
 */
export async function* readCsvRecords(
  chunks: AsyncIterable<string | Uint8Array>,
  onBytes: (bytes: number) => void = () => undefined,
): AsyncGenerator<CsvRecord, void, undefined> {
  // `fatal`, since a replacement character in a date or number would be reported as something the file does not contain.
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const lines = new RecordSplitter();
  for await (const chunk of chunks) {
    onBytes(typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength);
    yield* lines.push(typeof chunk === 'string' ? chunk : decode(decoder, chunk, lines.line));
  }
  yield* lines.push(decode(decoder, undefined, lines.line));
  yield* lines.end();
}

function decode(decoder: TextDecoder, bytes: Uint8Array | undefined, line: number): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch {
    throw new InvalidCsv(line, 'near here the file is not UTF-8; save it as UTF-8');
  }
}

/** Cuts text at the line ends that stand outside of quotes. */
class RecordSplitter {
  line = 1;
  private pending = '';
  /** Up to here `pending` was searched, so that a record arriving byte by byte is not searched again and again. */
  private searched = 0;
  private insideQuotes = false;
  private linesInPending = 0;
  private atStart = true;

  *push(text: string): Generator<CsvRecord, void, undefined> {
    if (text === '') return;
    this.pending += this.atStart && text.startsWith('\uFEFF') ? text.slice(1) : text;
    this.atStart = false;
    let start = 0;
    for (;;) {
      const newline = this.pending.indexOf('\n', this.searched);
      const stop = newline < 0 ? this.pending.length : newline;
      if (hasOddQuotes(this.pending, this.searched, stop)) this.insideQuotes = !this.insideQuotes;
      if (stop - start > MAX_RECORD_CHARACTERS) {
        throw new InvalidCsv(
          this.line,
          `a row is longer than ${MAX_RECORD_CHARACTERS} characters; is a quote left open?`,
        );
      }
      if (newline < 0) break;
      this.searched = newline + 1;
      this.linesInPending++;
      if (this.insideQuotes) continue;
      yield* this.record(this.pending.slice(start, newline));
      start = newline + 1;
    }
    this.pending = this.pending.slice(start);
    this.searched = this.pending.length;
  }

  *end(): Generator<CsvRecord, void, undefined> {
    if (this.insideQuotes) throw new InvalidCsv(this.line, 'a quoted field is never closed; end it with "');
    yield* this.record(this.pending);
  }

  private *record(text: string): Generator<CsvRecord, void, undefined> {
    const line = this.line;
    this.line += this.linesInPending;
    this.linesInPending = 0;
    const row = text.endsWith('\r') ? text.slice(0, -1) : text;
    if (row.trim() !== '')
      yield { line, fields: row.includes('"') ? splitQuoted(row, line) : row.split(',') };
  }
}

function hasOddQuotes(text: string, from: number, to: number): boolean {
  let odd = false;
  for (let at = text.indexOf('"', from); at >= 0 && at < to; at = text.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function splitQuoted(row: string, line: number): string[] {
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    const [field, end] =
      row[position] === '"' ? readQuoted(row, position, line) : readPlain(row, position, line);
    fields.push(field);
    if (end >= row.length) return fields;
    position = end + 1;
  }
}

function readPlain(row: string, start: number, line: number): [string, number] {
  const comma = row.indexOf(',', start);
  const end = comma < 0 ? row.length : comma;
  const field = row.slice(start, end);
  if (field.includes('"'))
    throw new InvalidCsv(
      line,
      'a quote stands inside an unquoted field; quote the whole field and double the quote',
    );
  return [field, end];
}

function readQuoted(row: string, start: number, line: number): [string, number] {
  let close = row.indexOf('"', start + 1);
  while (close >= 0 && row[close + 1] === '"') close = row.indexOf('"', close + 2);
  const end = close + 1;
  if (close < 0 || (end < row.length && row[end] !== ',')) {
    throw new InvalidCsv(
      line,
      'text follows the closing quote of a field; only a comma or the end of the line may',
    );
  }
  return [row.slice(start + 1, close).replaceAll('""', '"'), end];
}
