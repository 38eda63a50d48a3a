import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';

import { Public } from '../../auth/access';
import { ErrorResponse } from '../../common/http/error.response';
import { type BodyTraits, bytesOf } from '../../common/http/request-body';
import type { EventSender } from '../integrations/event-sender';
import { EventSenders } from '../integrations/event-senders.service';
import { InvalidEvent } from '../protocols/event.errors';
import { readRoutingKey } from '../protocols/pagerduty-event';
import { EventIntake } from './event-intake.service';
import type { EventItem, EventProtocol } from './event-item';
import { PAGERDUTY } from './pagerduty-dialect';

/** PagerDuty's own limit. */
const BODY: BodyTraits = {
  types: ['application/json'],
  as: 'bytes',
  limitBytes: 512 * 1024,
  isOfStrangers: true,
};
/** Senders show a routing key in the body, as the protocol has it: there is nobody to ask before it is read. */
const ROUTED = { body: BODY, dialect: PAGERDUTY, isIdempotent: false } as const;

const EVENT_EXAMPLE = {
  routing_key: '0123456789abcdef0123456789abcdef',
  event_action: 'trigger',
  dedup_key: 'srv01/http',
  payload: { summary: 'HTTP does not answer on srv01', source: 'srv01', severity: 'critical' },
};
const CHANGE_EXAMPLE = {
  routing_key: '0123456789abcdef0123456789abcdef',
  payload: { summary: 'checkout 2.4.1 deployed', source: 'ci', timestamp: '2026-01-31T10:00:00Z' },
};

const word = (example: string): object => ({ type: 'string', example });
const success = (message: string): object => ({
  type: 'object',
  required: ['status', 'message'],
  properties: { status: word('success'), message: word(message) },
});
const failed = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description, type: ErrorResponse });

@ApiTags('Alerts')
@Controller('v2')
export class PagerDutyController {
  constructor(
    private readonly intake: EventIntake,
    private readonly senders: EventSenders,
  ) {}

  @Post('enqueue')
  @HttpCode(202)
  @Public(ROUTED)
  @ApiOperation({ summary: 'Take an event of PagerDuty Events v2: trigger, acknowledge or resolve' })
  @ApiBody({ schema: { type: 'object', example: EVENT_EXAMPLE } })
  @ApiResponse({
    status: 202,
    description: 'Stored',
    schema: {
      type: 'object',
      required: ['status', 'message', 'dedup_key'],
      properties: {
        status: word('success'),
        message: word('Event processed'),
        dedup_key: word('srv01/http'),
      },
    },
  })
  @failed(429, 'The budget of this sender is used up; wait as long as Retry-After says')
  async enqueue(@Req() request: FastifyRequest) {
    const { items, event } = await this.take('pagerduty', request);
    const [item] = items;
    const key = 'key' in item && item.key !== null ? item.key : event.dedup_key;
    return { status: 'success', message: 'Event processed', dedup_key: key };
  }

  @Post('change/enqueue')
  @HttpCode(202)
  @Public(ROUTED)
  @ApiOperation({ summary: 'Take a change event of PagerDuty Events v2' })
  @ApiBody({ schema: { type: 'object', example: CHANGE_EXAMPLE } })
  @ApiResponse({ status: 202, description: 'Stored', schema: success('Change event processed') })
  @failed(429, 'The budget of this sender is used up; wait as long as Retry-After says')
  async enqueueChange(@Req() request: FastifyRequest) {
    await this.take('pagerduty_change', request);
    return { status: 'success', message: 'Change event processed' };
  }

  private async take(
    protocol: EventProtocol,
    request: FastifyRequest,
  ): Promise<{ items: readonly EventItem[]; event: Readonly<Record<string, unknown>> }> {
    const { routingKey, event } = readRoutingKey(bytesOf(request));
    const sender = await this.senderOf(routingKey);
    // What is kept of an event never holds what lets its sender in.
    const body = Buffer.from(JSON.stringify({ ...event, routing_key: 'redacted' }));
    const items = await this.intake.receive(sender, {
      protocol,
      mediaType: 'application/json',
      headers: {},
      body,
    });
    return { items, event };
  }

  private async senderOf(routingKey: string): Promise<EventSender> {
    const sender = /^[0-9a-f]{32}$/.test(routingKey) ? await this.senders.ofRoutingKey(routingKey) : null;
    if (sender === null) throw new InvalidEvent("'routing_key' is invalid");
    return sender;
  }
}
