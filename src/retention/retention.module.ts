import { Module } from '@nestjs/common';

import { AuthModule } from '../auth/auth.module';
import { RetentionService } from './retention.service';
import { RetentionRunRepository } from './retention-run.repository';
import { StorageController } from './storage.controller';
import { StorageService } from './storage.service';

/** Deletes what has had its time, and says what is stored. What that is, each module registers (`RetentionClasses`). */
@Module({
  imports: [AuthModule],
  controllers: [StorageController],
  providers: [RetentionService, RetentionRunRepository, StorageService],
})
export class RetentionModule {}
