import { OutputCap } from './output-cap';

describe('the cap on what a program prints', () => {
  const told = (maxBytes: number, chunks: (string | Uint8Array)[]): string[] => {
    const lines: string[] = [];
    const cap = new OutputCap(maxBytes, (line) => lines.push(line));
    for (const chunk of chunks) cap.write(Buffer.from(chunk));
    cap.end();
    return lines;
  };

  it('tells lines as they are complete, and what is left at the end', () =>
    expect(told(100, ['one\ntw', 'o\n\nthr', 'ee'])).toEqual(['one', 'two', 'three']));

  it('joins a character whose bytes arrive apart', () =>
    expect(told(100, [Buffer.from('é').subarray(0, 1), Buffer.from('é\n').subarray(1)])).toEqual(['é']));

  it('lets go what comes after the cap, and says how much', () =>
    expect(told(5, ['abc\ndefgh\n', 'more'])).toEqual([
      'abc',
      'd',
      '… 9 more bytes of output were not kept',
    ]));

  it('cuts a line that never ends', () => {
    const [line] = told(10_000, ['x'.repeat(5_000)]);
    expect(line).toHaveLength(1_000);
  });
});
