import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Public } from '../auth/access';
import { Answers } from '../common/http/answers';
import { success } from '../common/http/envelope';
import { Clock } from '../common/time/clock';
import { ENVIRONMENT } from '../config/environment-name';
import { VERSION } from '../config/version';
import { areHealthy, Components } from './components';
import {
  ApiStatusResponse,
  DetailedHealthResponse,
  HealthResponse,
  NotReadyResponse,
  StatusResponse,
} from './probe.response';
import { Readiness } from './readiness';
import { uptimeText } from './uptime-text';

/** Seconds after which a caller may look again. */
const RETRY_AFTER_SECONDS = 5;

/** What balancers, supervisors and people ask: is it alive, may it be sent requests, how is it. */
@ApiTags('Health')
@Controller()
export class ProbeController {
  constructor(
    private readonly readiness: Readiness,
    private readonly components: Components,
    private readonly clock: Clock,
  ) {}

  @Get('health')
  @Public()
  @ApiOperation({
    summary: 'Alive, with the database check beside; always 200, for people and MLflow clients',
  })
  @ApiOkResponse({ type: HealthResponse })
  async health(): Promise<HealthResponse> {
    const { reachable } = await this.readiness.database();
    return { status: 'healthy', version: VERSION, timestamp: this.now(), checks: { database: reachable } };
  }

  @Get('healthz')
  @Public()
  @ApiOperation({ summary: 'Liveness: answers as long as the process lives, and asks nobody' })
  @Answers(200, { live: 'boolean' })
  live() {
    return success({ live: true });
  }

  @Get('readyz')
  @Public()
  @ApiOperation({ summary: 'Readiness: whether this process should be sent requests' })
  @Answers(200, { ready: 'boolean' })
  @ApiResponse({ status: 503, description: 'Not ready, and why', type: NotReadyResponse })
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const { ready, reasons } = await this.readiness.check();
    if (ready) return success({ ready: true });
    unavailable(reply);
    const message = `Not ready: ${reasons.join(', ')}`;
    return { status: 'error', message, code: 'health/not-ready', reasons, request_id: reply.request.id };
  }

  @Get('api/health')
  @Public()
  @ApiOperation({ summary: 'Health in detail; 503 when unhealthy' })
  @ApiOkResponse({ type: DetailedHealthResponse })
  @ApiResponse({ status: 503, description: 'Unhealthy, and why', type: DetailedHealthResponse })
  async detailedHealth(@Res({ passthrough: true }) reply: FastifyReply): Promise<DetailedHealthResponse> {
    const [{ ready, reasons }, { reachable, migrated }] = await Promise.all([
      this.readiness.check(),
      this.readiness.database(),
    ]);
    if (!ready) unavailable(reply);
    return {
      status: ready ? 'healthy' : 'unhealthy',
      timestamp: this.now(),
      version: VERSION,
      services: { database: reachable ? 'healthy' : 'unhealthy' },
      checks: { database: reachable, migrations: migrated, accepting_requests: !this.readiness.isDraining },
      reasons,
    };
  }

  @Get('status')
  @Public()
  @ApiOperation({ summary: 'How the product and its parts are, with the time in epoch seconds' })
  @ApiOkResponse({ type: StatusResponse })
  async status(): Promise<StatusResponse> {
    const components = await this.components.states();
    return {
      status: areHealthy(components) ? 'operational' : 'degraded',
      uptime: uptimeText(process.uptime()),
      version: VERSION,
      components,
      timestamp: this.clock.now().getTime() / 1_000,
    };
  }

  @Get('api/status')
  @Public()
  @ApiOperation({ summary: 'How the product and its parts are' })
  @ApiOkResponse({ type: ApiStatusResponse })
  async apiStatus(): Promise<ApiStatusResponse> {
    const components = await this.components.states();
    return {
      status: areHealthy(components) ? 'healthy' : 'degraded',
      uptime: uptimeText(process.uptime()),
      timestamp: this.now(),
      version: VERSION,
      components,
      environment: ENVIRONMENT,
    };
  }

  private now(): string {
    return this.clock.now().toISOString();
  }
}

function unavailable(reply: FastifyReply): void {
  reply.status(503).header('retry-after', String(RETRY_AFTER_SECONDS));
}
