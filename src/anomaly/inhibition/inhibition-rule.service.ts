import { Injectable } from '@nestjs/common';

import { AuditService } from '../../audit/audit.service';
import { Database } from '../../database/database';
import { currentActor } from '../../observability/request-context';
import { TelemetryService } from '../../telemetry/telemetry.service';
import type { Rule } from './inhibition';
import { InhibitionRuleNameTaken, InhibitionRuleNotFound, InvalidInhibitionRule } from './inhibition.errors';
import { InhibitionRule } from './inhibition-rule.entity';
import { InhibitionRuleRepository, RuleTerms } from './inhibition-rule.repository';

const MAX_RULES = 200;

/** What a caller asks for; the matchers as Alertmanager writes them. */
export interface RequestedRule {
  readonly name: string;
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

/** A rule with its matchers as people write them. */
export type StatedRule = RequestedRule & Pick<InhibitionRule, 'id' | 'createdBy' | 'createdAt' | 'updatedAt'>;

/** Which symptoms keep quiet while their cause is active. */
@Injectable()
export class InhibitionRuleService {
  constructor(
    private readonly rules: InhibitionRuleRepository,
    private readonly telemetry: TelemetryService,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  async list(): Promise<StatedRule[]> {
    return (await this.rules.list()).map((rule) => this.stated(rule));
  }

  /** Throws InhibitionRuleNotFound. */
  async get(id: number): Promise<StatedRule> {
    const rule = await this.rules.find(id);
    if (rule === null) throw new InhibitionRuleNotFound(id);
    return this.stated(rule);
  }

  /** All rules, ready for use. */
  async listCompiled(): Promise<Rule[]> {
    return (await this.rules.list()).map(({ id, name, sourceMatchers, targetMatchers, equalLabels }) => ({
      id,
      name,
      isSource: this.telemetry.compile(sourceMatchers),
      isTarget: this.telemetry.compile(targetMatchers),
      equal: equalLabels,
    }));
  }

  /** Throws InvalidMatcher, InvalidInhibitionRule, InhibitionRuleNameTaken. */
  create(requested: RequestedRule): Promise<StatedRule> {
    const terms = this.termsOf(requested);
    return this.database.run(async () => {
      if ((await this.rules.count()) >= MAX_RULES)
        throw new InvalidInhibitionRule(`there are ${MAX_RULES} inhibition rules; delete some first`);
      if (await this.rules.isNameTaken(terms.name, null)) throw new InhibitionRuleNameTaken(terms.name);
      const id = await this.rules.insert(terms, currentActor().name);
      await this.audit.record({
        action: 'inhibition_rule.created',
        subjectType: 'inhibition_rule',
        subjectId: id,
        after: requested,
      });
      return this.get(id);
    });
  }

  /** Throws InhibitionRuleNotFound and what `create` throws. */
  change(id: number, requested: RequestedRule): Promise<StatedRule> {
    const terms = this.termsOf(requested);
    return this.database.run(async () => {
      const before = this.requestedOf(await this.lock(id));
      if (await this.rules.isNameTaken(terms.name, id)) throw new InhibitionRuleNameTaken(terms.name);
      await this.rules.update(id, terms);
      await this.audit.record({
        action: 'inhibition_rule.updated',
        subjectType: 'inhibition_rule',
        subjectId: id,
        before,
        after: requested,
      });
      return this.get(id);
    });
  }

  /** What it hides is released within seconds. Throws InhibitionRuleNotFound. */
  remove(id: number): Promise<void> {
    return this.database.run(async () => {
      const before = this.requestedOf(await this.lock(id));
      await this.rules.delete(id);
      await this.audit.record({
        action: 'inhibition_rule.deleted',
        subjectType: 'inhibition_rule',
        subjectId: id,
        before,
      });
    });
  }

  private termsOf({ name, source_matchers, target_matchers, equal }: RequestedRule): RuleTerms {
    const [sourceMatchers, targetMatchers] = [source_matchers, target_matchers].map((texts) =>
      this.telemetry.parseConditions(texts),
    );
    for (const [member, matchers] of [
      ['source_matchers', sourceMatchers],
      ['target_matchers', targetMatchers],
    ] as const)
      if (this.telemetry.compile(matchers)({}))
        throw new InvalidInhibitionRule(`${member} must have one that does not match the empty string`);
    return { name, sourceMatchers, targetMatchers, equalLabels: equal };
  }

  private requestedOf(rule: InhibitionRule): RequestedRule {
    return {
      name: rule.name,
      source_matchers: this.telemetry.writeConditions(rule.sourceMatchers),
      target_matchers: this.telemetry.writeConditions(rule.targetMatchers),
      equal: rule.equalLabels,
    };
  }

  private stated(rule: InhibitionRule): StatedRule {
    const { id, createdBy, createdAt, updatedAt } = rule;
    return { ...this.requestedOf(rule), id, createdBy, createdAt, updatedAt };
  }

  private async lock(id: number): Promise<InhibitionRule> {
    const rule = await this.rules.lock(id);
    if (rule === null) throw new InhibitionRuleNotFound(id);
    return rule;
  }
}
