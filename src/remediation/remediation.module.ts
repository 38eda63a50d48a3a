import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AnomalyModule } from '../anomaly/anomaly.module';
import { AuthModule } from '../auth/auth.module';
import { EgressModule } from '../egress/egress.module';
import { TelemetryModule } from '../telemetry/telemetry.module';
import { ACTION_CONTROLLERS, ACTION_PROVIDERS } from './actions/actions.providers';
import { AUTONOMY_CONTROLLERS, AUTONOMY_PROVIDERS } from './autonomy/autonomy.providers';
import { EXECUTION_CONTROLLERS, EXECUTION_PROVIDERS } from './execution/execution.providers';
import { FREEZE_CONTROLLERS, FREEZE_PROVIDERS } from './freezes/freezes.providers';
import { LEARNING_CONTROLLERS, LEARNING_PROVIDERS } from './learning/learning.providers';
import { POLICY_CONTROLLERS, POLICY_PROVIDERS } from './policy/policy.providers';
import { PROPOSAL_CONTROLLERS, PROPOSAL_PROVIDERS } from './proposals/proposals.providers';
import { REMEDIATION_ENTITIES } from './remediation.entities';
import { RemediationService } from './remediation.service';
import { RUNBOOK_CONTROLLERS, RUNBOOK_PROVIDERS } from './runbooks/runbooks.providers';
import { SCHEDULE_CONTROLLERS, SCHEDULE_PROVIDERS } from './schedules/schedules.providers';
import { TARGET_CONTROLLERS, TARGET_PROVIDERS } from './targets/targets.providers';
import { VERIFICATION_CONTROLLERS, VERIFICATION_PROVIDERS } from './verification/verification.providers';

/** One list a room: what stands in each folder says itself what it is made of. */
@Module({
  imports: [
    TypeOrmModule.forFeature(REMEDIATION_ENTITIES),
    AuthModule,
    EgressModule,
    TelemetryModule,
    AnomalyModule,
  ],
  controllers: [
    ...ACTION_CONTROLLERS,
    ...AUTONOMY_CONTROLLERS,
    ...EXECUTION_CONTROLLERS,
    ...FREEZE_CONTROLLERS,
    ...LEARNING_CONTROLLERS,
    ...POLICY_CONTROLLERS,
    ...PROPOSAL_CONTROLLERS,
    ...RUNBOOK_CONTROLLERS,
    ...SCHEDULE_CONTROLLERS,
    ...TARGET_CONTROLLERS,
    ...VERIFICATION_CONTROLLERS,
  ],
  providers: [
    ...ACTION_PROVIDERS,
    ...AUTONOMY_PROVIDERS,
    ...EXECUTION_PROVIDERS,
    ...FREEZE_PROVIDERS,
    ...LEARNING_PROVIDERS,
    ...POLICY_PROVIDERS,
    ...PROPOSAL_PROVIDERS,
    ...RUNBOOK_PROVIDERS,
    ...SCHEDULE_PROVIDERS,
    ...TARGET_PROVIDERS,
    ...VERIFICATION_PROVIDERS,
    RemediationService,
  ],
  exports: [RemediationService],
})
export class RemediationModule {}
