import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { VerificationResponse } from './verification.response';
import { VerificationService } from './verification.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id/verification')
export class VerificationController {
  constructor(private readonly verifications: VerificationService) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'Whether an action has helped: what is looked at, what was seen, and what is said of it',
  })
  @Answers(200, { verification: VerificationResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ verification: VerificationResponse.from(await this.verifications.get(id)) });
  }
}
