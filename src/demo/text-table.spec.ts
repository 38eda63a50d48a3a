import { textTable } from './text-table';

describe('a table', () => {
  it('aligns its columns under an underlined head', () => {
    expect(
      textTable([
        ['fault', 'opened'],
        ['memory leak', '33 s'],
        ['latency', 'never'],
      ]),
    ).toEqual(['fault         opened', '───────────   ──────', 'memory leak   33 s', 'latency       never']);
  });

  it('is a head alone where there are no rows', () => {
    expect(textTable([['a', 'b']])).toEqual(['a   b', '─   ─']);
  });
});
