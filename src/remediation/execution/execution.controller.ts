import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { IdPipe } from '../../common/http/id.pipe';
import { ExecuteDto, ReconcileDto } from '../actions/action.dto';
import { ActionResponse } from '../actions/action.response';
import { ExecutionService } from './execution.service';

@ApiTags('Remediation')
@Controller('api/remediation/actions/:id')
export class ExecutionController {
  constructor(private readonly execution: ExecutionService) {}

  @Post('execute')
  @Requires('remediation:execute')
  @ApiOperation({
    summary: 'Let an action begin',
    description:
      'Answers at once; `execution_result` stands in the action when it has ended. From pending only where a policy allows its type and target without approval. What its limits hold up waits, and fails where it waits too long.',
  })
  @Answers(200, { remediation_action: ActionResponse, execution_result: 'object' }, 400, 404, 409)
  async execute(@Caller() caller: Principal, @Param('id', IdPipe) id: number, @Body() body: ExecuteDto) {
    const action = await this.execution.execute(caller, id, body);
    return success(
      { remediation_action: ActionResponse.from(action), execution_result: action.executionResult ?? {} },
      'Remediation action executed successfully',
    );
  }

  // Whoever stops things is never told to wait.
  @Post('cancel')
  @Requires('remediation:execute', { tier: null })
  @ApiOperation({
    summary: 'Stop an action',
    description:
      'Answered with 200, nothing of it will be sent any more. Too late for a step that has been sent: 409, its worker is asked to stop, and retries and later steps do not begin.',
  })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async cancel(@Param('id', IdPipe) id: number) {
    return success(
      { remediation_action: ActionResponse.from(await this.execution.cancel(id)) },
      'Remediation action cancelled successfully',
    );
  }

  @Post('reconcile')
  @Requires('remediation:approve')
  @ApiOperation({ summary: 'Say what became of a step whose end nobody knew' })
  @Answers(200, { remediation_action: ActionResponse }, 400, 404, 409)
  async reconcile(@Param('id', IdPipe) id: number, @Body() { end, note }: ReconcileDto) {
    return success(
      { remediation_action: ActionResponse.from(await this.execution.reconcile(id, end, note ?? null)) },
      'Remediation action reconciled successfully',
    );
  }
}
