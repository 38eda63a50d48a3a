import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

import { Public, Requires } from '../../../auth/access';
import { VERSION } from '../../../config/version';
import { Readiness } from '../../../health/readiness';
import { AlertmanagerStatusResponse, RECEIVER, ReceiverResponse } from './alertmanager.response';
import { ALERTMANAGER } from './alertmanager-dialect';

const RETRY_AFTER_SECONDS = 5;
const TEXT = { content: { 'text/plain': { schema: { type: 'string', example: 'OK' } } } } as const;

@ApiTags('Alerts')
@Controller()
export class AlertmanagerStatusController {
  private readonly startedAt = new Date(performance.timeOrigin);

  constructor(private readonly readiness: Readiness) {}

  @Get('api/v2/status')
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ApiOperation({ summary: 'What Alertmanager says of itself, for clients that ask' })
  @ApiOkResponse({ type: AlertmanagerStatusResponse })
  status(): AlertmanagerStatusResponse {
    return {
      cluster: { status: 'disabled' },
      versionInfo: {
        branch: '',
        buildDate: '',
        buildUser: '',
        goVersion: '',
        revision: '',
        version: VERSION,
      },
      config: {
        original: `route:\n  receiver: ${RECEIVER}\n  group_by: [alertname]\nreceivers:\n- name: ${RECEIVER}\n`,
      },
      uptime: this.startedAt,
    };
  }

  @Get('api/v2/receivers')
  @Requires('alerts:read', { dialect: ALERTMANAGER })
  @ApiOperation({ summary: 'Where alerts go: one receiver, this product' })
  @ApiOkResponse({ type: [ReceiverResponse] })
  receivers(): ReceiverResponse[] {
    return [{ name: RECEIVER }];
  }

  @Get('-/healthy')
  @Public()
  @ApiOperation({ summary: 'Liveness, where Alertmanager has it' })
  @ApiProduces('text/plain')
  @ApiOkResponse(TEXT)
  healthy(@Res({ passthrough: true }) reply: FastifyReply): string {
    reply.type('text/plain; charset=utf-8');
    return 'OK';
  }

  @Get('-/ready')
  @Public()
  @ApiOperation({ summary: 'Readiness, where Alertmanager has it' })
  @ApiProduces('text/plain')
  @ApiOkResponse(TEXT)
  @ApiResponse({ status: 503, description: 'Not ready, and why', ...TEXT })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    reply.type('text/plain; charset=utf-8');
    const { ready, reasons } = await this.readiness.check();
    if (ready) return 'OK';
    reply.status(503).header('retry-after', String(RETRY_AFTER_SECONDS));
    return `Not ready: ${reasons.join(', ')}`;
  }
}
