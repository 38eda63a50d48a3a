import fc from 'fast-check';

import { CsvProgress, CsvSample, readCsvSamples } from './csv-samples';
import { InvalidCsv } from './metrics.errors';

async function* stream(...chunks: readonly (string | Uint8Array)[]): AsyncGenerator<string | Uint8Array> {
  yield* chunks;
}

function noProgress(): CsvProgress {
  return { bytes: 0, rows: 0, missingRows: 0 };
}

async function readAll(text: string | Uint8Array, progress?: CsvProgress): Promise<CsvSample[]> {
  const rows: CsvSample[] = [];
  for await (const row of readCsvSamples(stream(text), progress)) rows.push(row);
  return rows;
}

const T0 = Date.UTC(2026, 0, 1);
const FIRST = { line: 2, timeMs: T0, value: 1.5 };

describe('readCsvSamples', () => {
  it.each<[string, string]>([
    ['the usual form', 'timestamp,value\n2026-01-01 00:00:00,1.5\n'],
    ['no line end at the end', 'timestamp,value\n2026-01-01 00:00:00,1.5'],
    ['CRLF line ends', 'timestamp,value\r\n2026-01-01 00:00:00,1.5\r\n'],
    ['a byte order mark', '\uFEFFtimestamp,value\n2026-01-01 00:00:00,1.5\n'],
    ['the columns exchanged', 'value,timestamp\n1.5,2026-01-01 00:00:00\n'],
    ['capitals and blanks in the header', ' Timestamp , VALUE \n2026-01-01 00:00:00, 1.5 \n'],
    ['the alias time', 'time,value\n1767225600,1.5\n'],
    ['the alias ts', 'ts,value\n1767225600000,1.5\n'],
    ['the alias date', 'date,value\n2026-01-01,1.5\n'],
    ['a date beside the exact timestamp', 'date,timestamp,value\n2026-01-01,1767225600,1.5\n'],
    ['another name for the only other column', 'timestamp,cpu_percent\n1767225600,1.5\n'],
    ['one numeric column among texts', 'host,timestamp,load,note\nweb,1767225600,1.5,ok\n'],
    ['quoted fields', '"timestamp","value"\n"2026-01-01 00:00:00","1.5"\n'],
    [
      'a comma, a quote and a line end in a quoted text',
      'timestamp,value,note\n1767225600,1.5,"a, ""b""\nc"\n',
    ],
    ['blank lines after the data', 'timestamp,value\n1767225600,1.5\n\n \n'],
  ])('reads %s', async (_, text) => {
    await expect(readAll(text)).resolves.toEqual([FIRST]);
    await expect(readAll(Buffer.from(text))).resolves.toEqual([FIRST]);
  });

  it('skips and counts rows without a value', async () => {
    const progress = noProgress();
    const text =
      'timestamp,value\n1767225600,1\n1767225660,\n1767225720,NaN\n1767225780,null\n1767225840,5\n';
    const rows = await readAll(text, progress);
    expect(rows.map(({ line, value }) => [line, value])).toEqual([
      [2, 1],
      [6, 5],
    ]);
    expect(progress).toEqual({ bytes: Buffer.byteLength(text), rows: 2, missingRows: 3 });
  });

  it('waits for the first number to find the value column', async () => {
    const progress = noProgress();
    const rows = await readAll('ts,host,load\n1767225600,web,\n1767225660,web,2\n', progress);
    expect(rows).toEqual([{ line: 3, timeMs: T0 + 60_000, value: 2 }]);
    expect(progress.missingRows).toBe(1);
  });

  it('counts lines right after a quoted field with line ends', async () => {
    const text = 'timestamp,value,note\n1767225600,1,"a\nb\nc"\n1767225660,x,\n';
    await expect(readAll(text)).rejects.toThrow('line 5: value "x" is not a finite number');
  });

  it.each<[string, string, string]>([
    [
      'an empty file',
      '',
      'line 1: the file is empty; the first line must be a header such as timestamp,value',
    ],
    [
      'a file without a header',
      '1767225600,1.5\n',
      'line 1: the header "1767225600,1.5" names no time column',
    ],
    [
      'a header without a second column',
      'timestamp\n1\n',
      'line 1: the header names no column beside the time',
    ],
    [
      'a bad time',
      'timestamp,value\n1767225600,1\nnoon,2\n',
      'line 3: time "noon" cannot be read; accepted are',
    ],
    ['a missing time', 'timestamp,value\n,2\n', 'line 2: time "" cannot be read'],
    [
      'a bad value',
      'timestamp,value\n1767225600,1;5\n',
      'line 2: value "1;5" is not a finite number such as',
    ],
    [
      'a value out of range',
      'timestamp,value\n1767225600,1e400\n',
      'line 2: value "1e400" is not a finite number',
    ],
    ['a field too few', 'timestamp,value\n1767225600\n', 'line 2: has 1 fields; the header names 2 columns'],
    [
      'a field too many',
      'timestamp,value\n1767225600,1,5\n',
      'line 2: has 3 fields; the header names 2 columns',
    ],
    [
      'two numeric columns',
      'timestamp,a,b\n1767225600,1,5\n',
      'line 2: 2 columns hold numbers; call the one to import value',
    ],
    ['no numeric column', 'timestamp,a,b\n1767225600,x,y\n', 'line 2: no column holds a number'],
    ['an open quote', 'timestamp,value\n"1767225600,1\n', 'line 2: a quoted field is never closed'],
    [
      'text after a closing quote',
      'timestamp,value\n"1767225600"x,1\n',
      'line 2: text follows the closing quote',
    ],
    [
      'a quote inside a field',
      'timestamp,value\n17672"25600",1\n',
      'line 2: a quote stands inside an unquoted field',
    ],
    [
      'a line without end',
      `timestamp,value\n${'1'.repeat(9000)}`,
      'line 2: a row is longer than 8192 characters',
    ],
  ])('stops at %s and says why', async (_, text, message) => {
    await expect(readAll(text)).rejects.toThrow(InvalidCsv);
    await expect(readAll(text)).rejects.toThrow(message);
  });

  it('stops at bytes that are not UTF-8', async () => {
    const latin1 = Buffer.concat([
      Buffer.from('timestamp,value,note\n1767225600,1,'),
      Buffer.of(0xe9),
      Buffer.from('\n'),
    ]);
    await expect(readAll(latin1)).rejects.toThrow('not UTF-8');
    await expect(
      readAll(Buffer.concat([Buffer.from('timestamp,value\n'), Buffer.of(0xe2, 0x82)])),
    ).rejects.toThrow('not UTF-8');
  });

  it('stops a stream that never ends a line before it fills the memory', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<string> {
      for (;;) {
        given++;
        yield 'x'.repeat(1000);
      }
    }
    await expect(readCsvSamples(endless()).next()).rejects.toThrow('longer than 8192');
    expect(given).toBeLessThan(12);
  });

  it('gives the same rows wherever the stream is cut, also inside a character', async () => {
    const text = Buffer.from(
      '\uFEFFtimestamp,note,value\r\n1767225600,"é, ""🙂""\r\nz",1.5\r\n1767225660,é,\r\n1767225720,🙂,2\r\n',
    );
    const whole = await readAll(text);
    expect(whole.map(({ line, value }) => [line, value])).toEqual([
      [2, 1.5],
      [5, 2],
    ]);
    const cuts = fc
      .array(fc.nat(text.length), { maxLength: 30 })
      .map((list) => [0, ...list.sort((a, b) => a - b), text.length]);
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const rows: CsvSample[] = [];
        const chunks = at.slice(1).map((end, i) => text.subarray(at[i], end));
        for await (const row of readCsvSamples(stream(...chunks))) rows.push(row);
        expect(rows).toEqual(whole);
      }),
    );
  });

  it('brings back whatever numbers a file holds', async () => {
    const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(numbers, async (values) => {
        const rows = await readAll(
          `ts,value\n${values.map((value, i) => `${1767225600 + i},${value}`).join('\n')}`,
        );
        expect(rows.map(({ value }) => value + 0)).toEqual(values.map((value) => value + 0));
      }),
    );
  });
});
