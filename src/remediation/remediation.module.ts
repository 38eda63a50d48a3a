import { Module } from '@nestjs/common';

import { EXECUTION_PROVIDERS } from './execution/execution.providers';

@Module({ providers: [...EXECUTION_PROVIDERS] })
export class RemediationModule {}
