import { AutonomyController } from './autonomy.controller';
import { AutonomySubscriber } from './autonomy.subscriber';
import { AutonomyHistoryRepository } from './autonomy-history.repository';
import { AutonomyJudge } from './autonomy-judge.service';
import { AutonomyPolicyController } from './autonomy-policy.controller';
import { AutonomyPolicyRepository } from './autonomy-policy.repository';
import { AutonomyPolicyService } from './autonomy-policy.service';
import { AutonomyRetention } from './autonomy-retention.service';
import { AutonomySettingsRepository } from './autonomy-settings.repository';
import { AutonomySettingsService } from './autonomy-settings.service';
import { AutonomyView } from './autonomy-view.service';
import { CellRepository } from './cell.repository';
import { MachineLoad } from './machine-load.service';
import { TrustService } from './trust.service';
import { UnattendedStart } from './unattended-start.service';

export const AUTONOMY_CONTROLLERS = [AutonomyController, AutonomyPolicyController];

/** What may begin by itself, and how that is earned and lost. */
export const AUTONOMY_PROVIDERS = [
  AutonomyHistoryRepository,
  AutonomyJudge,
  AutonomyPolicyRepository,
  AutonomyPolicyService,
  AutonomyRetention,
  AutonomySettingsRepository,
  AutonomySettingsService,
  AutonomySubscriber,
  AutonomyView,
  CellRepository,
  MachineLoad,
  TrustService,
  UnattendedStart,
];
