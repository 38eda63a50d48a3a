import { RemediationAction } from './actions/action.entity';
import { Approval } from './actions/approval.entity';
import { ActionLogEntry } from './execution/log-entry.entity';
import { RemediationStep } from './execution/step.entity';
import { RemediationLimits } from './policy/limits.entity';
import { RemediationPolicy } from './policy/policy.entity';
import { RemediationRule } from './policy/rule.entity';
import { Runbook } from './runbooks/runbook.entity';
import { RunbookVersion } from './runbooks/runbook-version.entity';
import { RemediationSchedule } from './schedules/schedule.entity';
import { ScheduleFiring } from './schedules/schedule-firing.entity';
import { RemediationTarget } from './targets/target.entity';
import { TargetSecret } from './targets/target-secret.entity';
import { RemediationEvidence } from './verification/evidence.entity';
import { RemediationVerification } from './verification/verification.entity';

export const REMEDIATION_ENTITIES = [
  RemediationAction,
  RemediationStep,
  Approval,
  ActionLogEntry,
  RemediationPolicy,
  RemediationLimits,
  RemediationRule,
  Runbook,
  RunbookVersion,
  RemediationSchedule,
  ScheduleFiring,
  RemediationTarget,
  TargetSecret,
  RemediationVerification,
  RemediationEvidence,
];
