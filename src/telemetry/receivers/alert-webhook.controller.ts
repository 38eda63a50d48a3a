import { Controller, Post, Put, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { type BodyTraits, bytesOf, mediaTypeOf } from '../../common/http/request-body';
import { EventSenders } from '../integrations/event-senders.service';
import { EventIntake } from './event-intake.service';
import type { EventProtocol, ReceivedEvent } from './event-item';
import { GrafanaSignatures } from './grafana-signatures.service';

/** A notification may hold thousands of alerts. */
const NOTIFICATION: BodyTraits = { types: ['application/json'], as: 'bytes', limitBytes: 4 * 1024 * 1024 };
const JSON_BODY: BodyTraits = { types: ['application/json'], as: 'bytes', limitBytes: 1024 * 1024 };
const SENDING = { isIdempotent: false } as const;

const ALERTMANAGER_EXAMPLE = {
  version: '4',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighCPU', instance: 'h1' },
      annotations: { summary: 'CPU is busy' },
      startsAt: '2026-01-31T10:00:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://prometheus:9090/graph',
    },
  ],
};
const GRAFANA_EXAMPLE = {
  ...ALERTMANAGER_EXAMPLE,
  version: '1',
  orgId: 1,
  alerts: [{ ...ALERTMANAGER_EXAMPLE.alerts[0], values: { A: 0.93 } }],
};
const JSON_EXAMPLE = { title: 'DiskFull', status: 'firing', severity: 'critical', labels: { host: 'srv01' } };

/** Alerts as other products push them. The integration's API key says who sends; its kind, how the body is read. */
@ApiTags('Alerts')
@Controller('api/alerts')
export class AlertWebhookController {
  constructor(
    private readonly intake: EventIntake,
    private readonly senders: EventSenders,
    private readonly signatures: GrafanaSignatures,
  ) {}

  @Post('webhook/alertmanager')
  @Requires('alerts:write', { ...SENDING, body: NOTIFICATION })
  @ApiOperation({
    summary: 'Take a notification of Alertmanager’s webhook receiver; 503 where the budget is used up',
  })
  @ApiBody({ schema: { type: 'object', example: ALERTMANAGER_EXAMPLE } })
  @Answers(200, { accepted: 'integer' }, 400, 413, 415, 503)
  async alertmanager(@Caller() caller: Principal, @Req() request: FastifyRequest) {
    const sender = await this.senders.ofCaller(caller, 'alertmanager_webhook');
    const event = received('alertmanager_webhook', request);
    const items = await this.intake.receive(sender, event, { whenSpent: 'unavailable' });
    return success({ accepted: items.length });
  }

  @Post('webhook/grafana')
  @Requires('alerts:write', { ...SENDING, body: NOTIFICATION })
  @ApiOperation({
    summary:
      'Take a notification of Grafana’s webhook contact point, signed where the integration has a secret',
  })
  @ApiBody({ schema: { type: 'object', example: GRAFANA_EXAMPLE } })
  @Answers(200, { accepted: 'integer' }, 400, 413, 415, 429)
  grafana(@Caller() caller: Principal, @Req() request: FastifyRequest) {
    return this.takeGrafana(caller, request);
  }

  @Put('webhook/grafana')
  @Requires('alerts:write', { body: NOTIFICATION })
  @ApiOperation({ summary: 'The same, where the contact point is set to PUT' })
  @ApiBody({ schema: { type: 'object', example: GRAFANA_EXAMPLE } })
  @Answers(200, { accepted: 'integer' }, 400, 413, 415, 429)
  putGrafana(@Caller() caller: Principal, @Req() request: FastifyRequest) {
    return this.takeGrafana(caller, request);
  }

  @Post('json')
  @Requires('alerts:write', { ...SENDING, body: JSON_BODY })
  @ApiOperation({ summary: 'Take alerts in any JSON, as the integration’s mapping reads it' })
  @ApiBody({ schema: { type: 'object', example: JSON_EXAMPLE } })
  @Answers(200, { accepted: 'integer' }, 400, 413, 415, 429)
  async json(@Caller() caller: Principal, @Req() request: FastifyRequest) {
    const sender = await this.senders.ofCaller(caller, 'json');
    const items = await this.intake.receive(sender, received('json', request));
    return success({ accepted: items.length });
  }

  private async takeGrafana(caller: Principal, request: FastifyRequest) {
    const sender = await this.senders.ofCaller(caller, 'grafana');
    const event = received('grafana', request);
    const deliveryId = this.signatures.check(sender, event.body, request.headers);
    const items = await this.intake.receive(sender, event, { deliveryId });
    return success({ accepted: items.length });
  }
}

function received(protocol: EventProtocol, request: FastifyRequest): ReceivedEvent {
  return { protocol, mediaType: mediaTypeOf(request), headers: {}, body: bytesOf(request) };
}
