import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { Measurements } from '../../telemetry/measurements.service';
import { TelemetryService } from '../../telemetry/telemetry.service';
import type { LabelCondition } from '../../telemetry/telemetry.types';
import { RunbookNotFound, RunbookRetired } from '../runbooks/runbook.errors';
import { RunbookRepository } from '../runbooks/runbook.repository';
import type { RunbookParameters } from '../runbooks/runbook-parameters';
import { verificationTermsOf } from '../verification/verify.dto';
import { RemediationRule } from './rule.entity';
import { InvalidRule, RuleNameTaken, RuleNotFound, RuleVersionConflict } from './rule.errors';
import { RuleRepository, type RuleTerms } from './rule.repository';
import type { Rule } from './rule-match';
import { type RequestedRule, ruleProblems } from './rule-terms';

const MAX_RULES = 200;
const DEFAULT_POSITION = 100;

/** A rule with its matchers as people write them. */
export type StatedRule = Omit<RemediationRule, 'matchers'> & { readonly matchers: readonly string[] };

/** A rule, ready for use, with what it asks for. */
export type ChoosingRule = Rule &
  Pick<
    RemediationRule,
    'runbookId' | 'actionType' | 'parameters' | 'priority' | 'cooldownSeconds' | 'verify'
  >;

type CompiledMatchers = Pick<Rule, 'matchers' | 'hasLabels'>;

/** Which anomalies call for which remedy, as people state it. */
@Injectable()
export class RuleService {
  private compiled: ReadonlyMap<string, CompiledMatchers> = new Map();

  constructor(
    private readonly rules: RuleRepository,
    private readonly runbooks: RunbookRepository,
    private readonly telemetry: TelemetryService,
    private readonly measurements: Measurements,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** In the order in which they are looked at. */
  async list(): Promise<StatedRule[]> {
    return (await this.rules.list()).map((rule) => this.stated(rule));
  }

  /** Throws RuleNotFound. */
  async get(id: number): Promise<StatedRule> {
    const rule = await this.rules.find(id);
    if (rule === null) throw new RuleNotFound(id);
    return this.stated(rule);
  }

  /** All rules in their order, ready for use. What was compiled of conditions is kept for as long as a rule has them. */
  async listCompiled(): Promise<ChoosingRule[]> {
    const rules = await this.rules.list();
    const compiled = new Map<string, CompiledMatchers>();
    const ready = rules.map((rule) => {
      const key = JSON.stringify(rule.matchers);
      const conditions = compiled.get(key) ?? this.compiled.get(key) ?? this.compile(rule.matchers);
      compiled.set(key, conditions);
      return { ...rule, ...conditions };
    });
    this.compiled = compiled;
    return ready;
  }

  /** Throws InvalidRule, InvalidMatcher, RunbookNotFound, RunbookRetired, RuleNameTaken. */
  create(requested: RequestedRule): Promise<StatedRule> {
    return this.database.run(async () => {
      await this.rules.lockAll();
      const terms = await this.termsOf(requested);
      if ((await this.rules.list()).length >= MAX_RULES)
        throw new InvalidRule(`There are ${MAX_RULES} remediation rules; delete some first`);
      if (await this.rules.isNameTaken(terms.name, null)) throw new RuleNameTaken(terms.name);
      const id = await this.rules.insert(terms, currentActor().name);
      await this.audit.record({
        action: 'remediation_rule.created',
        subjectType: 'remediation_rule',
        subjectId: id,
        after: terms,
      });
      return this.get(id);
    });
  }

  /** Replaces what a rule says. Throws RuleNotFound, RuleVersionConflict and what `create` throws. */
  change(id: number, requested: RequestedRule, expected?: number): Promise<StatedRule> {
    return this.database.run(async () => {
      await this.rules.lockAll();
      const before = await this.expect(id, expected);
      const terms = await this.termsOf(requested);
      if (await this.rules.isNameTaken(terms.name, id)) throw new RuleNameTaken(terms.name);
      await this.rules.update(id, terms, before.version + 1);
      await this.audit.record({
        action: 'remediation_rule.updated',
        subjectType: 'remediation_rule',
        subjectId: id,
        before: termsIn(before),
        after: terms,
      });
      return this.get(id);
    });
  }

  /** Throws RuleNotFound, RuleVersionConflict. */
  remove(id: number, expected?: number): Promise<void> {
    return this.database.run(async () => {
      await this.rules.lockAll();
      const before = await this.expect(id, expected);
      await this.rules.delete(id);
      await this.audit.record({
        action: 'remediation_rule.deleted',
        subjectType: 'remediation_rule',
        subjectId: id,
        before: termsIn(before),
      });
    });
  }

  private async termsOf(requested: RequestedRule): Promise<RuleTerms> {
    const errors = ruleProblems(requested, await this.holdParameters(requested.runbook_id));
    if (errors.length > 0) throw new InvalidRule(errors[0].message, errors);
    const verify = verificationTermsOf(requested.verify);
    if (verify?.query) this.measurements.checkSelector(verify.query.selector);
    return {
      name: requested.name,
      position: requested.position ?? DEFAULT_POSITION,
      isEnabled: requested.enabled ?? true,
      continues: requested.continues ?? false,
      minSeverity: requested.min_severity ?? 'low',
      maxSeverity: requested.max_severity ?? 'critical',
      sources: requested.sources ?? [],
      matchers: this.telemetry.parseConditions(requested.matchers ?? []),
      series: requested.series === undefined || requested.series === '' ? null : requested.series,
      issues: requested.issues ?? [],
      runbookId: requested.runbook_id ?? null,
      actionType: requested.action_type ?? null,
      parameters: requested.parameters ?? {},
      priority: requested.priority ?? 'medium',
      cooldownSeconds: requested.cooldown_seconds ?? null,
      verify,
    };
  }

  /** The parameters of a runbook, which is not retired before the rule that chooses it stands. */
  private async holdParameters(runbookId: number | undefined): Promise<RunbookParameters | null> {
    if (runbookId === undefined) return null;
    const runbook = await this.runbooks.hold(runbookId);
    if (runbook === null) throw new RunbookNotFound(runbookId);
    if (runbook.retiredAt !== null) throw new RunbookRetired(runbookId);
    const version = await this.runbooks.findVersion(runbookId, runbook.version);
    return version?.definition.parameters ?? {};
  }

  private compile(conditions: readonly LabelCondition[]): CompiledMatchers {
    return {
      matchers: this.telemetry.writeConditions(conditions),
      hasLabels: this.telemetry.compile(conditions),
    };
  }

  private stated(rule: RemediationRule): StatedRule {
    return { ...rule, matchers: this.telemetry.writeConditions(rule.matchers) };
  }

  /** For a change, under the lock of all rules. */
  private async expect(id: number, expected?: number): Promise<RemediationRule> {
    const rule = await this.rules.find(id);
    if (rule === null) throw new RuleNotFound(id);
    if (expected !== undefined && expected !== rule.version)
      throw new RuleVersionConflict(id, expected, rule.version);
    return rule;
  }
}

/** What people state of a rule, as the audit trail keeps it. */
function termsIn(rule: RemediationRule): Partial<RuleTerms> {
  const serverOwned = ['id', 'version', 'createdBy', 'createdAt', 'updatedAt'];
  return Object.fromEntries(Object.entries(rule).filter(([name]) => !serverOwned.includes(name)));
}
