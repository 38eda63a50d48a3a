import type { RunbookParameters } from '../runbooks/runbook-parameters';
import { type RequestedRule, ruleProblems } from './rule-terms';

const DECLARED: RunbookParameters = {
  size: { type: 'integer', min: 1, max: 3, required: true },
  note: { type: 'text', max_length: 5 },
};

const problemsOf = (rule: Partial<RequestedRule>, declared: RunbookParameters | null = null): string[] =>
  ruleProblems({ name: 'x', ...rule }, declared).map(({ message }) => message);

describe('what a rule says', () => {
  it.each<[Partial<RequestedRule>, string[]]>([
    [{ action_type: 'custom' }, []],
    [{}, ['Give either runbook_id or action_type']],
    [{ action_type: 'custom', runbook_id: 1 }, ['Give either runbook_id or action_type']],
    [{ action_type: 'custom', min_severity: 'high' }, []],
    [{ action_type: 'custom', max_severity: 'low' }, []],
    [
      { action_type: 'custom', min_severity: 'critical', max_severity: 'high' },
      ['min_severity must not be above max_severity'],
    ],
    [
      { action_type: 'scale_up', parameters: { by: 0 } },
      ['parameters.by must be an integer between 1 and 100'],
    ],
    [{ action_type: 'scale_up', parameters: { by: '{{ anomaly.labels.by }}' } }, []],
    [
      { action_type: 'update_config', parameters: { key: '{{ anomaly.id }}' } },
      ['Missing required field: parameters.value'],
    ],
    [
      { action_type: 'custom', parameters: { a: [{ b: '{{ parameters.size }}' }] } },
      ['parameters.a[0].b: {{ parameters.size }} is no parameter; there are none'],
    ],
    [
      { action_type: 'custom', parameters: { a: 'x'.repeat(20_000) } },
      ['parameters must be at most 16384 bytes as JSON'],
    ],
  ])('%j has the problems %j', (rule, problems) => {
    expect(problemsOf(rule)).toEqual(problems);
  });

  it.each<[object, string[]]>([
    [{ size: 2 }, []],
    [{ size: '{{ anomaly.labels.size }}', note: null }, []],
    [{}, ['Missing required field: parameters.size']],
    [{ size: 4 }, ['parameters.size must be an integer between 1 and 3']],
    [{ size: 1, note: 'too long' }, ['parameters.note must be a string of at most 5 characters']],
    [{ size: 1, other: 1 }, ['parameters.other is no parameter of the runbook']],
    [{ size: 1, other: '{{ anomaly.id }}' }, ['parameters.other is no parameter of the runbook']],
  ])('to its runbook, %j, has the problems %j', (parameters, problems) => {
    expect(problemsOf({ runbook_id: 1, parameters: { ...parameters } }, DECLARED)).toEqual(problems);
  });
});
