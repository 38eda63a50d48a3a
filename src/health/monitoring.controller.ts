import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';

import { Requires } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { AlertWatch } from './alert-watch';
import { Components } from './components';
import {
  MonitoredHealthResponse,
  PoolUsageResponse,
  ProcessResponse,
  QueueDepthResponse,
  RequestsResponse,
} from './monitoring.response';
import { ProcessReport } from './process-report';
import { Readiness } from './readiness';
import { SystemMetricsResponse } from './system-metrics.response';
import { SystemSampler } from './system-sampler';

/** The product's condition, for whoever operates it. */
@ApiTags('Health')
@Controller('monitoring')
export class MonitoringController {
  constructor(
    private readonly readiness: Readiness,
    private readonly components: Components,
    private readonly watch: AlertWatch,
    private readonly report: ProcessReport,
    private readonly sampler: SystemSampler,
  ) {}

  @Get('health')
  @Requires('system:read')
  @ApiOperation({ summary: 'Health as an operator sees it: readiness, parts, and how many alerts stand' })
  @Answers(200, { health: MonitoredHealthResponse })
  async health() {
    const [readiness, components, { alerts }] = await Promise.all([
      this.readiness.check(),
      this.components.states(),
      this.watch.evaluate(),
    ]);
    return success({ health: MonitoredHealthResponse.from(readiness, components, alerts.length) });
  }

  @Get('status')
  @Requires('system:read')
  @ApiOperation({ summary: 'This process, its database connections, and the job queues' })
  @Answers(200, {
    process: ProcessResponse,
    connection_pool: PoolUsageResponse,
    queues: [QueueDepthResponse],
  })
  async status() {
    return success({
      process: this.report.process(),
      connection_pool: this.report.connectionPool(),
      queues: await this.report.queues(),
    });
  }

  @Get('metrics')
  @Requires('system:read')
  @ApiOperation({ summary: 'The machine, this process and the requests it answered, in numbers' })
  @Answers(200, {
    system_metrics: SystemMetricsResponse,
    process: ProcessResponse,
    requests: RequestsResponse,
    timestamp: 'string',
  })
  async metrics() {
    const newest = this.sampler.newest();
    return success({
      system_metrics: SystemMetricsResponse.from(newest),
      process: this.report.process(),
      requests: await this.report.requests(),
      timestamp: newest.at.toISOString(),
    });
  }
}
