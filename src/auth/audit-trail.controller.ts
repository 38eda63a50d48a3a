import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { AuditTrailService } from '../audit/audit-trail.service';
import { AuditVerifier, SealRange } from '../audit/audit-verifier';
import { InvalidInput } from '../common/errors/domain-error';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { pageRequest, Pagination } from '../common/http/pagination';
import { Requires } from './access';
import { AuditTrailQuery, AuditVerifyQuery, MAX_VERIFIED } from './audit-trail.dto';
import { AuditEntryResponse, AuditVerificationResponse } from './audit-trail.response';

const DEFAULT_VERIFIED = 10_000;

/** Stands here and not in audit/, which comes before auth and so cannot say what its routes demand of their callers. */
@ApiTags('Administration')
@Controller('api/audit')
export class AuditTrailController {
  constructor(
    private readonly trail: AuditTrailService,
    private readonly verifier: AuditVerifier,
  ) {}

  @Get()
  @Requires('audit:read')
  @ApiOperation({ summary: 'Who did what when, newest first' })
  @Answers(200, { entries: [AuditEntryResponse], pagination: Pagination }, 400)
  async list(@Query() query: AuditTrailQuery) {
    const { entries, pagination } = await this.trail.list(
      {
        actor: query.actor,
        action: query.action,
        subjectType: query.subject_type,
        subjectId: query.subject_id,
        requestId: query.request_id,
        ...range(query),
      },
      pageRequest(query),
      query.cursor,
    );
    return success({ entries: entries.map((entry) => AuditEntryResponse.from(entry)), pagination });
  }

  @Get('verify')
  @Requires('audit:read')
  @ApiOperation({ summary: 'Hold part of the audit log against its hash chain and its checkpoint' })
  @Answers(200, { verification: AuditVerificationResponse }, 400)
  async verify(@Query() query: AuditVerifyQuery) {
    const found = await this.verifier.verify(sealRange(query));
    return success({ verification: AuditVerificationResponse.from(found) });
  }
}

function range({ from, to }: AuditTrailQuery): { from?: Date; to?: Date } {
  const times = {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
  if (times.from !== undefined && times.to !== undefined && times.from >= times.to)
    throw new InvalidInput('from must be before to');
  return times;
}

function sealRange({ last, from_seq, to_seq }: AuditVerifyQuery): SealRange {
  if (from_seq === undefined && to_seq === undefined) return { last: last ?? DEFAULT_VERIFIED };
  if (last !== undefined) throw new InvalidInput('Give last, or from_seq and to_seq');
  const from = from_seq ?? Math.max(1, (to_seq as number) - MAX_VERIFIED + 1);
  const to = to_seq ?? from + MAX_VERIFIED - 1;
  if (to < from) throw new InvalidInput('from_seq must not be after to_seq');
  if (to - from >= MAX_VERIFIED)
    throw new InvalidInput(
      `At most ${MAX_VERIFIED} rows at a time; npm run audit:verify looks at all of them`,
    );
  return { from, to };
}
