import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { PageQuery, pageRequest, Pagination } from '../../common/http/pagination';
import { ChangeRunbookDto, ListRunbooksQuery, RetireRunbookQuery, RunbookDto } from './runbook.dto';
import { RunbookResponse, RunbookVersionResponse } from './runbook.response';
import { RunbookService } from './runbook.service';
import { readDocument } from './runbook-document';

@ApiTags('Remediation')
@Controller('api/remediation/runbooks')
export class RunbookController {
  constructor(private readonly runbooks: RunbookService) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Runbooks by name, each with its latest version' })
  @Answers(200, { runbooks: [RunbookResponse], pagination: Pagination }, 400)
  async list(@Query() query: ListRunbooksQuery) {
    const { status, search } = query;
    const { runbooks, pagination } = await this.runbooks.list(
      { isRetired: status === undefined ? undefined : status === 'retired', search },
      pageRequest(query),
    );
    return success({ runbooks: runbooks.map((runbook) => RunbookResponse.from(runbook)), pagination });
  }

  @Post()
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Save a new runbook, as an object or as YAML',
    description:
      'It is checked before it is kept, and every fault is told with its place. Values may hold `{{ anomaly.id }}`, `{{ anomaly.severity }}`, ' +
      '`{{ anomaly.labels.NAME }}`, `{{ parameters.NAME }}` and `{{ target.name }}`; nothing is ever evaluated.',
  })
  @Answers(201, { runbook: RunbookResponse }, 400, 409, 413, 415)
  async create(@Body() body: RunbookDto) {
    const runbook = await this.runbooks.create(readDocument(body));
    return success({ runbook: RunbookResponse.from(runbook) }, 'Runbook created successfully');
  }

  @Get(':id')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One runbook with its latest version' })
  @Answers(200, { runbook: RunbookResponse }, 400, 404)
  async get(@Param('id', IdPipe) id: number) {
    return success({ runbook: RunbookResponse.from(await this.runbooks.get(id)) });
  }

  @Get(':id/versions')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'Versions of a runbook with their texts, newest first' })
  @Answers(200, { versions: [RunbookVersionResponse], pagination: Pagination }, 400, 404)
  async listVersions(@Param('id', IdPipe) id: number, @Query() query: PageQuery) {
    const { versions, pagination } = await this.runbooks.listVersions(id, pageRequest(query));
    return success({ versions: versions.map((version) => RunbookVersionResponse.from(version)), pagination });
  }

  @Get(':id/versions/:version')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'One version of a runbook with its text' })
  @Answers(200, { version: RunbookVersionResponse }, 400, 404)
  async getVersion(@Param('id', IdPipe) id: number, @Param('version', IdPipe) number: number) {
    const { version } = await this.runbooks.get(id, number);
    return success({ version: RunbookVersionResponse.from(version) });
  }

  @Put(':id')
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Save the next version of a runbook',
    description:
      'What was proposed or runs keeps the version it was made of. The same text again is no new version.',
  })
  @Answers(200, { runbook: RunbookResponse }, 400, 404, 409, 413, 415)
  async change(@Param('id', IdPipe) id: number, @Body() { version, ...sent }: ChangeRunbookDto) {
    const runbook = await this.runbooks.change(id, readDocument(sent), version);
    return success({ runbook: RunbookResponse.from(runbook) }, 'Runbook updated successfully');
  }

  @Delete(':id')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Retire a runbook that no rule chooses; its versions stay' })
  @Answers(200, {}, 400, 404, 409)
  async retire(@Param('id', IdPipe) id: number, @Query() { version }: RetireRunbookQuery) {
    await this.runbooks.retire(id, version);
    return success({}, `Runbook with ID ${id} retired successfully`);
  }
}
