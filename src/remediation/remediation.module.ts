import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AnomalyModule } from '../anomaly/anomaly.module';
import { TelemetryModule } from '../telemetry/telemetry.module';
import { NoTargets } from './policy/no-targets.service';
import { POLICY_CONTROLLERS, POLICY_PROVIDERS } from './policy/policy.providers';
import { TargetResolver } from './policy/target-resolver.port';
import { REMEDIATION_ENTITIES } from './remediation.entities';
import { RUNBOOK_CONTROLLERS, RUNBOOK_PROVIDERS } from './runbooks/runbooks.providers';

@Module({
  imports: [TypeOrmModule.forFeature(REMEDIATION_ENTITIES), TelemetryModule, AnomalyModule],
  controllers: [...RUNBOOK_CONTROLLERS, ...POLICY_CONTROLLERS],
  providers: [...RUNBOOK_PROVIDERS, ...POLICY_PROVIDERS, { provide: TargetResolver, useClass: NoTargets }],
})
export class RemediationModule {}
