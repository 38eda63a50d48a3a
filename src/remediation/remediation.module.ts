import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { AuthModule } from '../auth/auth.module';
import { EXECUTION_PROVIDERS } from './execution/execution.providers';
import { REMEDIATION_ENTITIES } from './remediation.entities';
import { TargetController } from './targets/target.controller';
import { TARGET_PROVIDERS } from './targets/targets.providers';

@Module({
  imports: [TypeOrmModule.forFeature(REMEDIATION_ENTITIES), AuthModule],
  controllers: [TargetController],
  providers: [...EXECUTION_PROVIDERS, ...TARGET_PROVIDERS],
})
export class RemediationModule {}
