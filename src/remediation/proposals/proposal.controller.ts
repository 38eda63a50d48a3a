import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { OptionalBody } from '../../common/http/validation.pipe';
import { Integer, JsonObject, OneOf, Text } from '../../common/validation/fields';
import { ActionResponse } from '../actions/action.response';
import { PRIORITIES, type Priority } from '../actions/priority';
import { ProposalService } from './proposal.service';

class ProposeForDto {
  @Integer(1, Number.MAX_SAFE_INTEGER, { example: 1 })
  anomaly_id: number;
}

@OptionalBody()
class ProposeRunbookDto {
  @Integer(1, Number.MAX_SAFE_INTEGER, {
    required: false,
    description: 'The anomaly that its placeholders speak of',
  })
  anomaly_id?: number;

  @JsonObject({ required: false, description: 'Values of the parameters that the runbook declares' })
  parameters?: Record<string, unknown>;

  @OneOf(PRIORITIES, { required: false, description: 'Default medium' })
  priority?: Priority;

  @Text(10_000, { required: false })
  description?: string;
}

@ApiTags('Remediation')
@Controller('api/remediation')
export class ProposalController {
  constructor(private readonly proposals: ProposalService) {}

  @Post('proposals')
  @Requires('remediation:propose')
  @ApiOperation({
    summary: 'Propose what the rules choose for an anomaly now; evaluate shows the same without proposing it',
  })
  @Answers(201, { remediation_actions: [ActionResponse] }, 400, 404)
  async proposeFor(@Caller() caller: Principal, @Body() { anomaly_id }: ProposeForDto) {
    const actions = await this.proposals.proposeFor(caller, anomaly_id);
    return success(
      { remediation_actions: actions.map((action) => ActionResponse.from(action)) },
      `${actions.length} remediation actions created successfully`,
    );
  }

  @Post('runbooks/:id/actions')
  @Requires('remediation:propose')
  @ApiOperation({ summary: 'Propose the steps of a runbook as one action' })
  @Answers(201, { remediation_action: ActionResponse }, 400, 404, 409)
  async proposeRunbook(
    @Caller() caller: Principal,
    @Param('id', IdPipe) id: number,
    @Body() body: ProposeRunbookDto,
  ) {
    const action = await this.proposals.proposeRunbook(caller, {
      runbookId: id,
      anomalyId: body.anomaly_id ?? null,
      parameters: body.parameters ?? {},
      priority: body.priority ?? 'medium',
      description: body.description ?? null,
    });
    return success(
      { remediation_action: ActionResponse.from(action) },
      'Remediation action created successfully',
    );
  }
}
