import fc from 'fast-check';

import { CsvRecord, readCsvRecords } from './csv-records';

async function recordsOf(text: string): Promise<CsvRecord[]> {
  async function* stream(): AsyncGenerator<string> {
    yield text;
  }
  const records: CsvRecord[] = [];
  for await (const record of readCsvRecords(stream())) records.push(record);
  return records;
}

describe('readCsvRecords', () => {
  it('brings back any fields that were quoted by the rules', async () => {
    const field = fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\r', ''));
    const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 5 }), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(rows, async (expected) => {
        const text = expected
          .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
          .join('\r\n');
        expect((await recordsOf(text)).map(({ fields }) => fields)).toEqual(expected);
      }),
    );
  });

  it.each([
    ['a,b', ['a', 'b']],
    ['a,', ['a', '']],
    [',', ['', '']],
    ['"",""', ['', '']],
    ['"a",', ['a', '']],
    ['a,"b"', ['a', 'b']],
    ['"a""b",c', ['a"b', 'c']],
  ])('splits %j', async (row, fields) => {
    await expect(recordsOf(row)).resolves.toEqual([{ line: 1, fields }]);
  });
});
