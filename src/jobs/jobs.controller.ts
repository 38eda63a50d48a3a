import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiProperty, ApiTags } from '@nestjs/swagger';

import { AuditService } from '../audit/audit.service';
import { Requires } from '../auth/access';
import { DomainError } from '../common/errors/domain-error';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { QueryInteger } from '../common/validation/fields';
import { Database } from '../database/database';
import { JobsService } from './jobs.service';

class QueueResponse {
  @ApiProperty({ example: 'anomaly.fold-statistics' }) name: string;
  @ApiProperty({ type: 'integer' }) waiting: number;
  @ApiProperty({ type: 'integer' }) active: number;
  @ApiProperty({ type: 'integer' }) failed: number;
  @ApiProperty({ type: 'integer', description: 'Jobs that used up their attempts' }) dead_letters: number;
  @ApiProperty({ type: String, nullable: true, description: 'Schedule in UTC, where the job has one' }) cron:
    string | null;
}

class DeadLetterResponse {
  @ApiProperty() id: string;
  @ApiProperty() queue: string;
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true }) data: object | null;
  @ApiProperty({ type: String, nullable: true, description: 'What the last attempt said' }) error:
    string | null;
  @ApiProperty({ type: String, format: 'date-time' }) failed_at: Date;
}

class DeadLetterQuery {
  @QueryInteger(1, 1_000, { description: 'Default 100' })
  limit?: number;
}

@ApiTags('Administration')
@Controller('api/admin/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  @Get()
  @Requires('system:manage')
  @ApiOperation({ summary: 'Every job queue with what waits, runs and failed' })
  @Answers(200, { queues: [QueueResponse] })
  async listQueues() {
    return success({ queues: await this.jobs.listQueues() });
  }

  @Get('dead-letters')
  @Requires('system:manage')
  @ApiOperation({ summary: 'Jobs that used up their attempts, newest first' })
  @Answers(200, { dead_letters: [DeadLetterResponse] })
  async listDeadLetters(@Query() { limit }: DeadLetterQuery) {
    return success({ dead_letters: await this.jobs.listDeadLetters(limit ?? 100) });
  }

  @Post(':queue/redrive')
  @Requires('system:manage')
  @ApiOperation({ summary: "Send a queue's dead letters round again" })
  @ApiParam({ name: 'queue', type: String, example: 'anomaly.fold-statistics' })
  @Answers(201, { redriven: 'integer' }, 404)
  async redrive(@Param('queue') queue: string) {
    if (!this.jobs.has(queue))
      throw new DomainError('not_found', 'jobs/unknown-queue', `There is no queue ${queue}`);
    const redriven = await this.database.run(async () => {
      await this.audit.record({ action: 'jobs.redriven', subjectType: 'queue', subjectId: queue });
      return this.jobs.redrive(queue);
    });
    return success({ redriven }, 'Dead letters sent round again');
  }
}
