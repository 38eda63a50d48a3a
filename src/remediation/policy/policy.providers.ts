import { Decisions } from './decisions.service';
import { EvaluationController } from './evaluation.controller';
import { LimitsRepository } from './limits.repository';
import { LimitsService } from './limits.service';
import { PolicyController } from './policy.controller';
import { PolicyRepository } from './policy.repository';
import { PolicyService } from './policy.service';
import { RemediationRules } from './remediation-rules.service';
import { RuleController } from './rule.controller';
import { RuleRepository } from './rule.repository';
import { RuleService } from './rule.service';

export const POLICY_CONTROLLERS = [EvaluationController, PolicyController, RuleController];

/** What may be done, and what is called for. Somebody provides a TargetResolver. */
export const POLICY_PROVIDERS = [
  Decisions,
  LimitsRepository,
  LimitsService,
  PolicyRepository,
  PolicyService,
  RuleRepository,
  RuleService,
  RemediationRules,
];
