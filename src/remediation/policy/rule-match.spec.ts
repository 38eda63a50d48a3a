import fc from 'fast-check';

import { SEVERITIES } from '../../anomaly/anomaly.types';
import type { AnomalyFacts } from './anomaly-facts';
import { ISSUES } from './engine';
import { judgeRules, type Rule } from './rule-match';

const RULE: Rule = {
  id: 1,
  name: 'A rule',
  isEnabled: true,
  continues: false,
  minSeverity: 'low',
  maxSeverity: 'critical',
  sources: [],
  series: null,
  issues: [],
  matchers: [],
  hasLabels: () => true,
};
const FACTS: AnomalyFacts = {
  id: 1,
  severity: 'high',
  source: 'ml_model',
  series: 'cpu_usage_avg',
  labels: { service: 'checkout' },
  metrics: { cpu_usage_avg: 95 },
};
const ofService = (service: string): Partial<Rule> => ({
  matchers: [`service="${service}"`],
  hasLabels: (labels) => labels.service === service,
});

describe('a rule', () => {
  it.each<[Partial<Rule>, Partial<AnomalyFacts>, boolean, string]>([
    [{}, {}, true, 'severity is high'],
    [{ isEnabled: false }, {}, false, 'it is disabled'],
    [{}, { severity: 'normal' }, false, 'nothing is out of the ordinary'],
    [{ minSeverity: 'high' }, {}, true, 'severity is high'],
    [{ minSeverity: 'critical' }, {}, false, 'severity is high, below critical'],
    [{ maxSeverity: 'medium' }, {}, false, 'severity is high, above medium'],
    [{ sources: ['ml_model', 'manual'] }, {}, true, 'severity is high; source is ml_model'],
    [{ sources: ['manual'] }, {}, false, 'source is ml_model, none of manual'],
    [{ sources: ['manual'] }, { source: null }, false, 'source is unknown, none of manual'],
    [{ series: 'cpu_*' }, {}, true, 'severity is high; series is cpu_usage_avg'],
    [{ series: 'disk_*' }, {}, false, 'series is cpu_usage_avg, which is not disk_*'],
    [{ series: '*' }, { series: null }, false, 'it was seen on no series, and * is asked for'],
    [ofService('checkout'), {}, true, 'severity is high; labels are service="checkout"'],
    [ofService('web'), {}, false, 'its labels are not service="web"'],
    [
      { issues: ['high_cpu_usage', 'high_memory_usage'] },
      {},
      true,
      'severity is high; high_cpu_usage is seen',
    ],
    [
      { issues: ['high_cpu_usage', 'high_memory_usage'] },
      { metrics: { cpu_usage_avg: 91, memory_usage_pct: 90 } },
      true,
      'severity is high; high_cpu_usage, high_memory_usage are seen',
    ],
    [{ issues: ['high_disk_usage'] }, {}, false, 'none of high_disk_usage is seen'],
    [{ issues: ['high_cpu_usage'], ...ofService('web') }, {}, false, 'its labels are not service="web"'],
  ])('%j about %j matches: %s, since %s', (rule, facts, isMatched, why) => {
    expect(judgeRules([{ ...RULE, ...rule }], { ...FACTS, ...facts })[0]).toMatchObject({ isMatched, why });
  });

  it('that matches ends the search unless it says that it goes on', () => {
    const named = (name: string, rule: Partial<Rule> = {}): Rule => ({ ...RULE, ...rule, name });
    const found = judgeRules(
      [named('a', { continues: true }), named('b', { minSeverity: 'critical' }), named('c'), named('d')],
      FACTS,
    );
    expect(found.map(({ rule, isMatched }) => [rule.name, isMatched])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
      ['d', false],
    ]);
    expect(found[3].why).toBe('c comes first and ends the search');
  });

  it('is never chosen below the severity that it asks for, nor twice, and always with a reason', () => {
    const rule = fc.record({
      minSeverity: fc.constantFrom(...SEVERITIES),
      maxSeverity: fc.constantFrom(...SEVERITIES),
      isEnabled: fc.boolean(),
      continues: fc.boolean(),
      issues: fc.subarray([...ISSUES]),
    });
    const severity = fc.constantFrom(...SEVERITIES, 'normal' as const);
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        severity,
        fc.double({ min: 0, max: 100 }),
        (terms, judged, cpu) => {
          const rules = terms.map((each, id) => ({ ...RULE, ...each, id, name: `rule ${id}` }));
          const found = judgeRules(rules, { ...FACTS, severity: judged, metrics: { cpu_usage_avg: cpu } });
          expect(found.map((candidate) => candidate.rule)).toEqual(rules);
          const chosen = found.filter(({ isMatched }) => isMatched);
          expect(chosen.slice(0, -1).every((candidate) => candidate.rule.continues)).toBe(true);
          for (const { why } of found) expect(why).not.toBe('');
          for (const candidate of chosen) {
            expect(candidate.rule.isEnabled && judged !== 'normal').toBe(true);
            expect(SEVERITIES.indexOf(judged as 'low')).toBeGreaterThanOrEqual(
              SEVERITIES.indexOf(candidate.rule.minSeverity),
            );
          }
        },
      ),
    );
  });
});
