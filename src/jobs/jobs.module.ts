import { Global, Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module';
import { HousekeepingJob } from './housekeeping.job';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';

@Global()
@Module({
  imports: [AuthModule],
  controllers: [JobsController],
  providers: [HousekeepingJob, JobsService],
  exports: [JobsService],
})
export class JobsModule {}
