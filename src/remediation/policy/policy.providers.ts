import { EvaluationController } from './evaluation.controller';
import { RemediationRules } from './remediation-rules.service';
import { RuleController } from './rule.controller';
import { RuleRepository } from './rule.repository';
import { RuleService } from './rule.service';

/** Besides them, somebody provides a TargetResolver. */
export const POLICY_PROVIDERS = [RuleRepository, RuleService, RemediationRules];
export const POLICY_CONTROLLERS = [EvaluationController, RuleController];
