import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { pageRequest, paginate, Pagination } from '../../common/http/pagination';
import { CreateTargetDto, ListTargetsQuery, ReplaceTargetDto, statementOf } from './target.dto';
import { TargetCheckResponse, TargetResponse } from './target.response';
import { TargetService } from './target.service';
import { TargetAdministration } from './target-administration.service';
import { TargetCheck } from './target-check.service';
import { TARGET_KINDS, type TargetKind } from './target-kind';

@ApiTags('Remediation')
@Controller('api/remediation/targets')
export class TargetController {
  constructor(
    private readonly targets: TargetService,
    private readonly administration: TargetAdministration,
    private readonly checks: TargetCheck,
  ) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What can be acted on, by name' })
  @Answers(200, { targets: [TargetResponse], pagination: Pagination }, 400)
  async list(@Caller() caller: Principal, @Query() query: ListTargetsQuery) {
    const page = pageRequest(query);
    if (query.kind !== undefined && !isKind(query.kind))
      return success({ targets: [], pagination: paginate(page, 0) });
    const [targets, total] = await this.targets.list(page, query.kind ?? null);
    return success({
      targets: targets.map((target) => TargetResponse.from(target, mayManage(caller))),
      pagination: paginate(page, total),
    });
  }

  @Get(':id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One target' })
  @Answers(200, { target: TargetResponse }, 400, 404)
  async get(@Caller() caller: Principal, @Param('id', IdPipe) id: number) {
    return success({ target: TargetResponse.from(await this.targets.get(id), mayManage(caller)) });
  }

  @Post()
  @Requires('targets:manage')
  @ApiOperation({
    summary: 'Add something that can be acted on',
    description:
      'Settings are those of its kind. Its host must be on the egress allow-list (POST /api/admin/egress) before anything is sent there. ' +
      'Secrets are sealed, and never shown again.',
  })
  @Answers(201, { target: TargetResponse }, 400, 409)
  async create(@Body() body: CreateTargetDto) {
    const id = await this.administration.create(body.kind, statementOf(body), body.secrets ?? {});
    return success(
      { target: TargetResponse.from(await this.targets.get(id), true) },
      'Remediation target created successfully',
    );
  }

  @Put(':id')
  @Requires('targets:manage')
  @ApiOperation({
    summary: 'Replace what is stated of a target',
    description:
      'What is left out is stated as its default; secrets that are not named stay, unless the target leads to another host: then they ' +
      'must be stated again. Approvals of what was planned for the version before no longer hold.',
  })
  @Answers(200, { target: TargetResponse }, 400, 404, 409)
  async replace(@Param('id', IdPipe) id: number, @Body() body: ReplaceTargetDto) {
    await this.administration.change(id, body.version, statementOf(body), body.secrets ?? {});
    return success(
      { target: TargetResponse.from(await this.targets.get(id), true) },
      'Remediation target updated successfully',
    );
  }

  @Post(':id/check')
  @Requires('targets:manage', { isIdempotent: false })
  @ApiOperation({
    summary: 'Try whether a target can be used, without any effect on it',
    description:
      'A webhook is connected to and told nothing; a cluster says what the identity may do; AWS describes what it would act on; ' +
      'scripts are compared with their digests.',
  })
  @Answers(200, { check: TargetCheckResponse }, 400, 404)
  async check(@Param('id', IdPipe) id: number) {
    return success({ check: TargetCheckResponse.from(await this.checks.run(id)) });
  }

  @Delete(':id')
  @Requires('targets:manage')
  @ApiOperation({ summary: 'Remove a target with its secrets; one that has actions is switched off instead' })
  @Answers(200, {}, 400, 404, 409)
  async remove(@Param('id', IdPipe) id: number) {
    await this.administration.remove(id);
    return success({}, `Remediation target with ID ${id} deleted successfully`);
  }
}

function mayManage({ permissions }: Principal): boolean {
  return permissions.has('targets:manage');
}

function isKind(text: string): text is TargetKind {
  return TARGET_KINDS.some((kind) => kind === text);
}
