import { Injectable } from '@nestjs/common';

import { AnomalyService } from '../../anomaly/anomaly.service';
import { canonicalJson } from '../../common/canonical-json';
import { InvalidInput } from '../../common/errors/domain-error';
import { NotRendered, render, renderAction, type RenderedStep, type RenderFacts } from '../runbooks/render';
import { RunbookNotFound, RunbookRetired } from '../runbooks/runbook.errors';
import { RunbookRepository } from '../runbooks/runbook.repository';
import type { RunbookVersion } from '../runbooks/runbook-version.entity';
import { fillIn, MissingValue } from '../runbooks/template';
import type { VerificationTerms } from '../verification/verification-terms';
import { verificationTermsOf } from '../verification/verify.dto';
import { type AnomalyFacts, factsOf } from './anomaly-facts';
import type { BlockedRemedy, Choice, ChosenRunbook, ChosenStep, Remedy } from './choice';
import { Decisions } from './decisions.service';
import { issuesOf, needsRemediation } from './engine';
import { LimitsRepository } from './limits.repository';
import type { Parameters } from './parameter-schema';
import { type ChoosingRule, RuleService } from './rule.service';
import { type Candidate, judgeRules } from './rule-match';
import { type TargetResolution, TargetResolver } from './target-resolver.port';

/** What a runbook knows where it is asked for without an anomaly. */
const NO_ANOMALY: AnomalyFacts = {
  id: null,
  severity: 'normal',
  source: null,
  series: null,
  labels: {},
  metrics: {},
};

/** Chooses what an anomaly calls for. It only reads: to propose what was chosen is for others. */
@Injectable()
export class RemediationRules {
  constructor(
    private readonly rules: RuleService,
    private readonly runbooks: RunbookRepository,
    private readonly targets: TargetResolver,
    private readonly decisions: Decisions,
    private readonly limits: LimitsRepository,
    private readonly anomalies: AnomalyService,
  ) {}

  /** Throws AnomalyNotFound. */
  async chooseFor(anomalyId: number): Promise<Choice> {
    return this.choose(factsOf(await this.anomalies.get(anomalyId)));
  }

  /** What the rules choose, ready to be proposed, with what was found of every rule. Publishes nothing and writes nothing. */
  async choose(facts: AnomalyFacts): Promise<Choice> {
    const found = judgeRules(await this.rules.listCompiled(), facts);
    const chosen = found.filter(({ isMatched }) => isMatched);
    const { remedies, blocked } = await this.prepare(chosen, facts);
    return {
      facts,
      needsRemediation: needsRemediation(facts.severity),
      issues: issuesOf(facts.metrics),
      candidates: found.map(({ rule, isMatched, why }) => ({
        ruleId: rule.id,
        ruleName: rule.name,
        runbookId: rule.runbookId,
        actionType: rule.actionType,
        isMatched,
        why,
      })),
      remedies,
      blocked,
    };
  }

  /**
   * The steps of a runbook, filled in for an anomaly or for none, and what they would be done to.
   * Throws  RunbookNotFound, RunbookRetired, AnomalyNotFound, and InvalidInput where a placeholder has no value.
   */
  async prepareRunbook(
    runbookId: number,
    anomalyId: number | null,
    parameters: Parameters,
  ): Promise<{ runbook: ChosenRunbook; steps: ChosenStep[]; verify: VerificationTerms | null }> {
    const facts = anomalyId === null ? NO_ANOMALY : factsOf(await this.anomalies.get(anomalyId));
    const runbook = await this.runbooks.find(runbookId);
    if (runbook === null) throw new RunbookNotFound(runbookId);
    if (runbook.retiredAt !== null) throw new RunbookRetired(runbookId);
    const [version] = await this.runbooks.listLatest([runbookId]);
    const bound = await this.targets.resolve('bound', facts.labels);
    try {
      const steps = render(version.definition, {
        anomaly: facts,
        parameters,
        targetName: bound.target?.name ?? null,
      });
      return {
        runbook: chosenRunbook(version),
        steps: await this.resolved(steps, facts),
        verify: verificationTermsOf(version.definition.verify),
      };
    } catch (error) {
      if (error instanceof NotRendered) throw new InvalidInput(error.message, error.errors);
      throw error;
    }
  }

  private async prepare(
    chosen: readonly Candidate<ChoosingRule>[],
    facts: AnomalyFacts,
  ): Promise<{ remedies: Remedy[]; blocked: BlockedRemedy[] }> {
    const remedies: Remedy[] = [];
    const blocked: BlockedRemedy[] = [];
    if (chosen.length === 0) return { remedies, blocked };
    const bound = await this.targets.resolve('bound', facts.labels);
    const renderFacts: RenderFacts = {
      anomaly: facts,
      parameters: {},
      targetName: bound.target?.name ?? null,
    };
    const ids = chosen.flatMap(({ rule }) => (rule.runbookId === null ? [] : [rule.runbookId]));
    const latest = await this.runbooks.listLatest([...new Set(ids)]);
    const versions = new Map(latest.map((version) => [version.runbookId, version]));
    const firstToAsk = new Map<string, string>();
    for (const { rule, why } of chosen) {
      const version = rule.runbookId === null ? null : versions.get(rule.runbookId);
      const steps = stepsOf(rule, version ?? null, renderFacts);
      const refusal = typeof steps === 'string' ? steps : doubled(steps, firstToAsk, rule.name);
      if (refusal !== null) blocked.push({ ruleId: rule.id, ruleName: rule.name, why: refusal });
      else
        remedies.push(
          remedyOf(rule, why, version ?? null, await this.resolved(steps as RenderedStep[], facts)),
        );
    }
    return { remedies, blocked };
  }

  private async resolved(steps: readonly RenderedStep[], { labels }: AnomalyFacts): Promise<ChosenStep[]> {
    const resolutions: TargetResolution[] = [];
    for (const { target } of steps) resolutions.push(await this.targets.resolve(target, labels));
    const decisions = await this.decisions.ofEach(
      steps.map(({ action, parameters }, index) => ({
        actionType: action,
        parameters,
        target: resolutions[index].target,
      })),
      await this.limits.read(),
      'execute',
    );
    return steps.map((step, index) => ({
      ...step,
      resolution: resolutions[index],
      decision: decisions[index],
    }));
  }
}

/** What a rule asks for, filled in; or why it cannot be. */
function stepsOf(
  { actionType, parameters, runbookId }: ChoosingRule,
  version: RunbookVersion | null,
  facts: RenderFacts,
): RenderedStep[] | string {
  try {
    if (actionType !== null) return [renderAction(actionType, { ...facts, parameters })];
    if (version === null) return `runbook ${runbookId} cannot be read`;
    return render(version.definition, { ...facts, parameters: fillIn(parameters, facts) as Parameters });
  } catch (error) {
    if (error instanceof NotRendered || error instanceof MissingValue) return error.message;
    throw error;
  }
}

/** Why steps that an earlier rule asks for already are not asked for again; null where they are new. */
function doubled(
  steps: readonly RenderedStep[],
  firstToAsk: Map<string, string>,
  ruleName: string,
): string | null {
  const key = canonicalJson(steps.map(({ action, target, parameters }) => [action, target, parameters]));
  const first = firstToAsk.get(key);
  if (first !== undefined) return `${first} asks for the same`;
  firstToAsk.set(key, ruleName);
  return null;
}

function remedyOf(
  { id, name, priority, cooldownSeconds, verify }: ChoosingRule,
  reason: string,
  version: RunbookVersion | null,
  steps: readonly ChosenStep[],
): Remedy {
  return {
    ruleId: id,
    ruleName: name,
    priority,
    cooldownSeconds,
    verify: verify ?? verificationTermsOf(version?.definition.verify),
    reason,
    runbook: version && chosenRunbook(version),
    steps,
  };
}

function chosenRunbook({
  id: versionId,
  runbookId: id,
  version,
  sha256,
  definition: { name },
}: RunbookVersion): ChosenRunbook {
  return { id, name, version, versionId, sha256 };
}
