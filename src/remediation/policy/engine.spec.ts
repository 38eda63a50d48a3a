import fc from 'fast-check';

import {
  type Issue,
  ISSUES,
  issuesOf,
  type JudgedSeverity,
  judgedSeverityOf,
  needsRemediation,
} from './engine';

describe('the engine of the contract', () => {
  it.each<[score: number, severity: JudgedSeverity, isNeeded: boolean]>([
    [0, 'normal', false],
    [0.199, 'normal', false],
    [0.2, 'low', false],
    [0.399, 'low', false],
    [0.4, 'medium', false],
    [0.599, 'medium', false],
    [0.6, 'high', true],
    [0.899, 'high', true],
    [0.9, 'critical', true],
    [1, 'critical', true],
  ])('takes a score of %d for %s', (score, severity, isNeeded) => {
    expect(judgedSeverityOf(score)).toBe(severity);
    expect(needsRemediation(severity)).toBe(isNeeded);
  });

  it.each<[metrics: Record<string, number>, issues: Issue[]]>([
    [{}, []],
    [{ cpu_usage_avg: 80 }, []],
    [{ cpu_usage_avg: 80.1 }, ['elevated_cpu_usage']],
    [{ cpu_usage_avg: 90 }, ['elevated_cpu_usage']],
    [{ cpu_usage_avg: 90.1 }, ['high_cpu_usage']],
    [{ memory_usage_pct: 85 }, []],
    [{ memory_usage_pct: 90 }, ['high_memory_usage']],
    [{ memory_usage_pct: 95.5 }, ['critical_memory_usage']],
    [{ disk_usage_pct: 86 }, ['high_disk_usage']],
    [{ disk_usage_pct: 99 }, ['critical_disk_usage']],
    [{ network_bytes_total: 1e9 }, []],
    [{ network_bytes_total: 1e9 + 1 }, ['high_network_usage']],
    [{ response_time_p95: 5 }, []],
    [{ response_time_p95: 5.01 }, ['slow_response_time']],
    [{ cpu_usage_avg: NaN, unheard_of: 1e12 }, []],
    [{ disk_usage_pct: 97, cpu_usage_avg: 99 }, ['high_cpu_usage', 'critical_disk_usage']],
  ])('sees in %j %j', (metrics, issues) => {
    expect(issuesOf(metrics)).toEqual(issues);
  });

  it('names no issue twice, whatever was measured', () => {
    const metric = fc.constantFrom(
      'cpu_usage_avg',
      'memory_usage_pct',
      'disk_usage_pct',
      'network_bytes_total',
      'response_time_p95',
      '__proto__',
      'toString',
    );
    fc.assert(
      fc.property(fc.dictionary(metric, fc.double()), (metrics) => {
        const issues = issuesOf(metrics);
        expect(new Set(issues).size).toBe(issues.length);
        expect(issues.filter((issue) => !ISSUES.includes(issue))).toEqual([]);
      }),
    );
  });
});
