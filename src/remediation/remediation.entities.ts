import { RemediationAction } from './actions/action.entity';
import { Approval } from './actions/approval.entity';
import { ActionLogEntry } from './execution/log-entry.entity';
import { RemediationStep } from './execution/step.entity';
import { RemediationLimits } from './policy/limits.entity';
import { RemediationPolicy } from './policy/policy.entity';
import { RemediationTarget } from './targets/target.entity';

export const REMEDIATION_ENTITIES = [
  RemediationTarget,
  RemediationAction,
  RemediationStep,
  Approval,
  RemediationPolicy,
  RemediationLimits,
  ActionLogEntry,
];
