import type { AnomalyService } from '../../anomaly/anomaly.service';
import type { RunbookRepository } from '../runbooks/runbook.repository';
import { readDocument } from '../runbooks/runbook-document';
import type { RunbookVersion } from '../runbooks/runbook-version.entity';
import type { AnomalyFacts } from './anomaly-facts';
import type { Decision } from './decision';
import type { Decisions } from './decisions.service';
import type { LimitsRepository } from './limits.repository';
import { RemediationRules } from './remediation-rules.service';
import type { ChoosingRule, RuleService } from './rule.service';
import { type TargetResolution, TargetResolver } from './target-resolver.port';

const RULE: ChoosingRule = {
  id: 1,
  name: 'A rule',
  isEnabled: true,
  continues: true,
  minSeverity: 'low',
  maxSeverity: 'critical',
  sources: [],
  series: null,
  issues: [],
  matchers: [],
  hasLabels: () => true,
  runbookId: null,
  actionType: null,
  parameters: {},
  priority: 'high',
  cooldownSeconds: 60,
  verify: null,
};
const FACTS: AnomalyFacts = {
  id: 7,
  severity: 'high',
  source: 'ml_model',
  series: null,
  labels: { service: 'checkout' },
  metrics: {},
};

/** What policies would say is no matter of choosing. */
const ASKED: Decision = { verdict: 'ask', approvals: 1, policyId: null, reasons: ['people are asked'] };

/** An inventory that binds by the label `service`. */
class Inventory extends TargetResolver {
  constructor(private readonly services: readonly string[]) {
    super();
  }

  resolve(wanted: object | string, labels: Readonly<Record<string, string>>): Promise<TargetResolution> {
    const { service } =
      typeof wanted === 'object' && 'labels' in wanted ? (wanted.labels as typeof labels) : labels;
    const id = this.services.indexOf(service) + 1;
    return Promise.resolve(
      id === 0
        ? { target: null, why: `nothing is bound to service ${service}` }
        : {
            target: { id, name: `${service}-production`, kind: 'webhook', group: null, isProtected: false },
            why: `service is ${service}`,
          },
    );
  }
}

const versionOf = (runbookId: number, steps: object[]): RunbookVersion =>
  Object.assign(
    {} as RunbookVersion,
    readDocument({ definition: { name: `runbook ${runbookId}`, description: 'd', steps } }),
    {
      id: runbookId * 10,
      runbookId,
      version: 3,
    },
  );

/** The rules as they would be stored, with runbooks and targets beside them. */
function rulesOf(
  rules: Partial<ChoosingRule>[],
  versions: RunbookVersion[] = [],
  services = ['checkout', 'pager'],
): RemediationRules {
  const stated = rules.map((rule, index) => ({ ...RULE, id: index + 1, name: `rule ${index + 1}`, ...rule }));
  return new RemediationRules(
    { listCompiled: () => Promise.resolve(stated) } as unknown as RuleService,
    {
      listLatest: (ids: readonly number[]) =>
        Promise.resolve(versions.filter(({ runbookId }) => ids.includes(runbookId))),
    } as unknown as RunbookRepository,
    new Inventory(services),
    { ofEach: (steps: readonly object[]) => Promise.resolve(steps.map(() => ASKED)) } as unknown as Decisions,
    { read: () => Promise.resolve({}) } as unknown as LimitsRepository,
    {
      get: (id: number) =>
        Promise.resolve({
          id,
          severity: 'critical',
          source: 'manual',
          labels: { service: 'checkout' },
          metric: null,
          metricsData: { cpu_usage_avg: 99 },
        }),
    } as unknown as AnomalyService,
  );
}

describe('choosing a remedy', () => {
  it('makes of an action one step on the target that our own inventory binds', async () => {
    const { remedies } = await rulesOf([
      { actionType: 'custom', parameters: { text: '{{ anomaly.id }} on {{ target.name }}' } },
    ]).choose(FACTS);
    expect(remedies).toMatchObject([
      {
        ruleId: 1,
        priority: 'high',
        cooldownSeconds: 60,
        reason: 'severity is high',
        runbook: null,
        steps: [
          {
            action: 'custom',
            parameters: { text: '7 on checkout-production' },
            resolution: { target: { id: 1, name: 'checkout-production' }, why: 'service is checkout' },
          },
        ],
      },
    ]);
  });

  it('follows the latest version of a runbook, each step to its own target', async () => {
    const version = versionOf(5, [
      { name: 'Restart', action: 'restart_service' },
      { name: 'Tell', action: 'custom', target: { labels: { service: 'pager' } } },
      { name: 'Lost', action: 'custom', target: { labels: { service: 'nobody' } } },
    ]);
    const { remedies, blocked } = await rulesOf([{ runbookId: 5 }], [version]).choose(FACTS);
    expect(blocked).toEqual([]);
    expect(remedies[0].runbook).toEqual({
      id: 5,
      name: 'runbook 5',
      version: 3,
      versionId: 50,
      sha256: version.sha256,
    });
    expect(
      remedies[0].steps.map(({ resolution }) => [resolution.target?.name ?? null, resolution.why]),
    ).toEqual([
      ['checkout-production', 'service is checkout'],
      ['pager-production', 'service is pager'],
      [null, 'nothing is bound to service nobody'],
    ]);
  });

  it('chooses the action without a target too, and says why there is none', async () => {
    const { remedies } = await rulesOf([{ actionType: 'restart_service' }], [], []).choose(FACTS);
    expect(remedies[0].steps[0].resolution).toEqual({
      target: null,
      why: 'nothing is bound to service checkout',
    });
  });

  it('blocks what cannot be filled in, and goes on with the rest', async () => {
    const { remedies, blocked } = await rulesOf(
      [
        { actionType: 'custom', parameters: { text: '{{ target.name }}' } },
        { actionType: 'scale_up', parameters: { by: '{{ anomaly.labels.service }}' } },
        { runbookId: 9, parameters: { a: '{{ anomaly.labels.pod }}' } },
        { runbookId: 10 },
        { actionType: 'cleanup_logs' },
      ],
      [versionOf(9, [{ name: 'a', action: 'custom' }])],
      [],
    ).choose(FACTS);
    expect(blocked.map(({ ruleId, why }) => [ruleId, why])).toEqual([
      [1, '{{ target.name }} has no value'],
      [2, 'parameters.by must be an integer between 1 and 100'],
      [3, '{{ anomaly.labels.pod }} has no value'],
      [4, 'runbook 10 cannot be read'],
    ]);
    expect(remedies.map(({ ruleId }) => ruleId)).toEqual([5]);
  });

  it('asks once for what two rules ask for, in whatever order their parameters stand', async () => {
    const { remedies, blocked } = await rulesOf([
      { actionType: 'custom', parameters: { a: 1, b: 2 } },
      { actionType: 'custom', parameters: { b: 2, a: 1 } },
      { actionType: 'custom', parameters: { a: 1, b: 3 } },
    ]).choose(FACTS);
    expect(remedies.map(({ ruleId }) => ruleId)).toEqual([1, 3]);
    expect(blocked).toEqual([{ ruleId: 2, ruleName: 'rule 2', why: 'rule 1 asks for the same' }]);
  });

  it('looks at an anomaly on record with what its reporter measured', async () => {
    const choice = await rulesOf([{ actionType: 'restart_service', issues: ['high_cpu_usage'] }]).chooseFor(
      3,
    );
    expect(choice).toMatchObject({
      facts: { id: 3, severity: 'critical' },
      needsRemediation: true,
      issues: ['high_cpu_usage'],
    });
    expect(choice.remedies).toHaveLength(1);
  });
});
