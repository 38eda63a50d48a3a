import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';

import { EgressClient } from './egress.client';
import { EgressAllowList } from './egress-allow-list';
import { EgressRuleController } from './egress-rule.controller';
import { EgressRuleEntity } from './egress-rule.entity';
import { EgressRuleRepository } from './egress-rule.repository';
import { EgressRuleService } from './egress-rule.service';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([EgressRuleEntity])],
  controllers: [EgressRuleController],
  providers: [
    EgressRuleRepository,
    EgressRuleService,
    { provide: EgressAllowList, useExisting: EgressRuleRepository },
    EgressClient,
  ],
  exports: [EgressClient, EgressAllowList],
})
export class EgressModule {}
