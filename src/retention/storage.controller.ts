import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { RetentionService } from './retention.service';
import { StorageResponse } from './storage.response';
import { StorageService } from './storage.service';

@ApiTags('Administration')
@Controller('api/admin/storage')
export class StorageController {
  constructor(
    private readonly storage: StorageService,
    private readonly retention: RetentionService,
  ) {}

  @Get()
  @Requires('system:manage')
  @ApiOperation({
    summary: 'What is stored, how large it is, how long it is kept, and what was deleted when',
  })
  @Answers(200, { storage: StorageResponse })
  async report() {
    return success({ storage: StorageResponse.from(await this.storage.report()) });
  }

  @Post('retention/run')
  @Requires('system:manage')
  @ApiOperation({
    summary: 'Delete now what has had its time, instead of at the next run; goes on in the background',
  })
  @Answers(202, {})
  async run() {
    await this.retention.request();
    return success({}, 'A run was asked for; GET /api/admin/storage shows what came of it');
  }
}
