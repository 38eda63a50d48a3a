import { Controller, Get, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { AlertWatch } from './alert-watch';
import { EvaluationResponse, OperationalAlertResponse } from './alerts.response';

/** What is wrong with the product itself; what it watches for others are anomalies. */
@ApiTags('Health')
@Controller('monitoring/alerts')
export class AlertsController {
  constructor(private readonly watch: AlertWatch) {}

  @Get()
  @Requires('system:read')
  @ApiOperation({ summary: 'Alerts about the product: readiness, connections, job queues, disk, memory' })
  @Answers(200, {
    alerts: [OperationalAlertResponse],
    ended: [OperationalAlertResponse],
    evaluated_at: 'string',
  })
  async listAlerts() {
    return success(EvaluationResponse.from(await this.watch.evaluate()));
  }

  @Post()
  @Requires('system:manage')
  @ApiOperation({ summary: 'Evaluate the alerts now, with the job queues counted anew' })
  @Answers(200, {
    alerts: [OperationalAlertResponse],
    ended: [OperationalAlertResponse],
    evaluated_at: 'string',
  })
  async evaluate() {
    return success(
      EvaluationResponse.from(await this.watch.evaluate({ countQueues: true })),
      'Alerts evaluated',
    );
  }
}
