import { Body, Controller, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../../auth/access';
import { InvalidInput } from '../../common/errors/domain-error';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { pageRequest, Pagination } from '../../common/http/pagination';
import {
  CellQuery,
  DecisionQuery,
  EvaluateAutonomyDto,
  RevokeDto,
  settingsEditOf,
  StatisticsQuery,
  UpdateAutonomySettingsDto,
} from './autonomy.dto';
import {
  AutonomyEvaluationResponse,
  AutonomySettingsResponse,
  AutonomyStatisticsResponse,
  CellResponse,
  DecisionResponse,
  PolicyInShortResponse,
  RevokedCellResponse,
} from './autonomy.response';
import { AutonomyPolicyService } from './autonomy-policy.service';
import { AutonomySettingsService } from './autonomy-settings.service';
import { AutonomyView } from './autonomy-view.service';
import { TrustService } from './trust.service';

const HISTORY_PAGE = 50;
const DEFAULT_DAYS = 30;

@ApiTags('Remediation')
@Controller('api/remediation/autonomy')
export class AutonomyController {
  constructor(
    private readonly view: AutonomyView,
    private readonly settings: AutonomySettingsService,
    private readonly policies: AutonomyPolicyService,
    private readonly trust: TrustService,
  ) {}

  @Get()
  @Requires('remediation:read')
  @ApiOperation({
    summary: 'How much the product may do by itself: the mode, and every cell with its level and evidence',
    description:
      'A cell is one remedy against one class of anomalies on one group of targets. Its level is computed from its evidence each time, and kept nowhere.',
  })
  @Answers(
    200,
    {
      settings: AutonomySettingsResponse,
      policies: [PolicyInShortResponse],
      cells: [CellResponse],
      pagination: Pagination,
    },
    400,
  )
  async show(@Query() query: CellQuery) {
    const filter = {
      actionType: query.action_type,
      anomalyClass: query.anomaly_class,
      targetGroup: query.target_group,
    };
    const { settings, cells, pagination } = await this.view.listCells(filter, pageRequest(query));
    const policies = await this.policies.list();
    return success({
      settings: AutonomySettingsResponse.from(settings),
      policies: policies.map((policy) => PolicyInShortResponse.from(policy)),
      cells: cells.map((cell) => CellResponse.from(cell)),
      pagination,
    });
  }

  @Put('settings')
  @Requires('policies:manage')
  @ApiOperation({ summary: 'Set the mode and what it takes to earn a level; what is left out stays' })
  @Answers(200, { settings: AutonomySettingsResponse }, 400, 409)
  async update(@Body() body: UpdateAutonomySettingsDto) {
    const settings = await this.settings.update(settingsEditOf(body), body.version);
    return success(
      { settings: AutonomySettingsResponse.from(settings) },
      'Autonomy settings updated successfully',
    );
  }

  @Get('history')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'What began by itself or was left to people, and why, the latest first' })
  @Answers(200, { decisions: [DecisionResponse], pagination: Pagination }, 400)
  async listDecisions(@Query() query: DecisionQuery) {
    const filter = { outcome: query.outcome, actionId: query.action_id, anomalyId: query.anomaly_id };
    const perPage = query.per_page ?? query.limit ?? HISTORY_PAGE;
    const page = pageRequest({ page: query.page, per_page: perPage });
    const { decisions, pagination } = await this.view.listDecisions(filter, page);
    return success({ decisions: decisions.map((one) => DecisionResponse.from(one)), pagination });
  }

  @Get('statistics')
  @Requires('remediation:read')
  @ApiOperation({ summary: 'How often something began by itself, and what became of it' })
  @Answers(200, { statistics: AutonomyStatisticsResponse }, 400)
  async statistics(@Query() { days }: StatisticsQuery) {
    return success({
      statistics: AutonomyStatisticsResponse.from(await this.view.statistics(days ?? DEFAULT_DAYS)),
    });
  }

  @Post('cells/revoke')
  @HttpCode(200)
  @Requires('policies:manage')
  @ApiOperation({
    summary: 'Take the trust of a cell away: it is manual from now on, and counting begins anew',
    description: 'What began by itself there and has not been sent yet is stopped.',
  })
  @Answers(200, { cell: RevokedCellResponse }, 400, 404)
  async revoke(@Body() { reason, ...body }: RevokeDto) {
    const cell = {
      actionType: body.action_type,
      remedy: body.remedy ?? body.action_type,
      anomalyClass: body.anomaly_class,
      targetGroup: body.target_group,
    };
    const standing = await this.trust.revoke(cell, reason);
    return success({ cell: RevokedCellResponse.from(cell, standing) }, 'Trust was taken away');
  }

  @Post('evaluate')
  @HttpCode(200)
  @Requires('remediation:propose')
  @ApiOperation({
    summary: 'What would become of an action that the product proposed, and why; nothing is changed',
    description:
      'Whether its anomaly is over or kept quiet, or another action comes first, is looked at when it is proposed.',
  })
  @Answers(200, { evaluation: AutonomyEvaluationResponse }, 400, 404)
  async evaluate(@Body() body: EvaluateAutonomyDto) {
    const { cell, judgement } = await this.supposed(body);
    return success({ evaluation: AutonomyEvaluationResponse.from(cell, judgement) });
  }

  private supposed(body: EvaluateAutonomyDto) {
    const { action_id: actionId, anomaly_id: anomalyId, action_type: actionType } = body;
    if (actionId !== undefined) return this.view.supposeExisting(actionId);
    if (anomalyId === undefined || actionType === undefined)
      throw new InvalidInput('Give either action_id, or anomaly_id and action_type');
    const { target_id: targetId, parameters } = body;
    return this.view.suppose({ anomalyId, actionType, targetId, parameters });
  }
}
