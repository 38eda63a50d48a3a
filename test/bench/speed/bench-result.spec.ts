import { readmeTable, regressions, resultTable, Row } from './bench-result';
import { spread } from './verdict';

const row = (id: string, processor: number): Row => ({
  id,
  title: `row ${id}`,
  goal: { kind: 'at least', ratio: 0.8 },
  verdict: 'pass',
  remarks: [],
  ratio: spread([0.9]),
  cpuRatio: spread([processor]),
});
const notRun: Row = {
  id: '5',
  title: 'remote_write',
  goal: null,
  verdict: 'not run',
  remarks: ['not built yet'],
};

describe('a result', () => {
  it('is a regression where a row needs over a fifth more processor time against its baseline than it did', () => {
    expect(regressions({ rows: [row('1', 0.79)] }, { rows: [row('1', 1)] })).toEqual([
      'row 1 (row 1): processor ratio 0.79, saved 1.00',
    ]);
    expect(
      regressions({ rows: [row('1', 0.81), row('2', 0.1), notRun] }, { rows: [row('1', 1), notRun] }),
    ).toEqual([]);
  });

  it('says of a row that was not run that it was not, and why', () => {
    expect(resultTable({ rows: [notRun] })).toMatch(/^5 +remote_write .*not run\n {2}row 5: not built yet$/m);
    expect(readmeTable({ rows: [row('1', 1), notRun] })).not.toContain('remote_write');
  });
});
