import { failed, notRun, Report, summaryOf } from './summary';

const killed: Report = {
  title: 'kill -9',
  goal: '0 lost',
  count: 1_200,
  figures: { acknowledged: 20_113, 'slowest exit ms': 912 },
  breaches: [],
  verdict: 'pass',
  seconds: 61.4,
};

describe('the summary of a torture run', () => {
  it('says of each scenario what was done, what for, and what was found', () => {
    expect(summaryOf([killed])[2].split(/ {3,}/)).toEqual([
      'kill -9',
      '1,200',
      '0 lost',
      '20,113 acknowledged, slowest exit 912 ms, 0 breaches',
      'pass',
      '61',
    ]);
  });

  it('lets nothing pass that was not run', () => {
    const report = notRun({ title: 'overload', goal: 'refused in time', count: 0 }, 'not built yet');
    expect(summaryOf([report])[2]).toMatch(/not built yet +not run$/);
    expect([report, killed, { ...killed, verdict: 'FAILED' as const }].map(failed)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
