import { RemediationAction } from './actions/action.entity';
import { Approval } from './actions/approval.entity';
import { AutonomyChange } from './autonomy/autonomy-change.entity';
import { AutonomyDecision } from './autonomy/autonomy-decision.entity';
import { AutonomyPolicy } from './autonomy/autonomy-policy.entity';
import { AutonomySettings } from './autonomy/autonomy-settings.entity';
import { ActionLogEntry } from './execution/log-entry.entity';
import { RemediationStep } from './execution/step.entity';
import { FreezeCalendar } from './freezes/freeze-calendar.entity';
import { FreezePeriod } from './freezes/freeze-period.entity';
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
  FreezeCalendar,
  FreezePeriod,
  RemediationTarget,
  TargetSecret,
  RemediationVerification,
  RemediationEvidence,
  AutonomySettings,
  AutonomyPolicy,
  AutonomyDecision,
  AutonomyChange,
];
