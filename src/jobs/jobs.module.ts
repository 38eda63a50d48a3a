import { Global, Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';
import { JobsRetention } from './jobs-retention';

@Global()
@Module({
  imports: [AuthModule],
  controllers: [JobsController],
  providers: [JobsRetention, JobsService],
  exports: [JobsService],
})
export class JobsModule {}
