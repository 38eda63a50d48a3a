import { Controller, HttpCode, Options, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Caller, Public, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { Answers } from '../../common/http/answers';
import { success } from '../../common/http/envelope';
import { type BodyTraits, bytesOf, mediaTypeOf } from '../../common/http/request-body';
import { DEFAULT_EVENTS_PER_5_MINUTES } from '../integrations/event-sender';
import { EventSenders } from '../integrations/event-senders.service';
import { BATCH_TYPE, STRUCTURED_TYPE } from '../protocols/cloud-event';
import { EventIntake } from './event-intake.service';

const BODY: BodyTraits = {
  types: ['application/json', STRUCTURED_TYPE, BATCH_TYPE],
  as: 'bytes',
  limitBytes: 1024 * 1024,
};

/** Events a minute that a sender may plan with. */
const ALLOWED_RATE = DEFAULT_EVENTS_PER_5_MINUTES / 5;

/** Who asks to send, by a name of the DNS. Nothing in it repeats without a bound. */
// eslint-disable-next-line security/detect-unsafe-regex
const ORIGIN = /^[a-z0-9.-]{1,253}(:\d{1,5})?$/i;

const EXAMPLE = {
  specversion: '1.0',
  id: '1',
  source: '/srv01/monitor',
  type: 'com.example.alert',
  data: { title: 'DiskFull', severity: 'critical', labels: { host: 'srv01' } },
};

/** Events of CloudEvents 1.0 over HTTP, and the handshake of its webhooks. */
@ApiTags('Alerts')
@Controller('api/alerts/cloudevents')
export class CloudEventController {
  constructor(
    private readonly intake: EventIntake,
    private readonly senders: EventSenders,
  ) {}

  @Post()
  @Requires('alerts:write', { body: BODY, isIdempotent: false })
  @ApiOperation({
    summary: 'Take CloudEvents: one in binary or structured mode, or a batch',
    description:
      'What each type means, and where in `data` the parts of an alert stand, says the mapping of the integration. An event is known by its source and id, and taken once.',
  })
  @ApiBody({
    schema: { type: 'object', example: EXAMPLE },
    description: `As ${STRUCTURED_TYPE}; a list as ${BATCH_TYPE}; or data alone as application/json with ce- headers`,
  })
  @Answers(200, { accepted: 'integer' }, 400, 413, 415, 429)
  async receive(@Caller() caller: Principal, @Req() request: FastifyRequest) {
    const sender = await this.senders.ofCaller(caller, 'cloudevents');
    const items = await this.intake.receive(sender, {
      protocol: 'cloudevents',
      mediaType: mediaTypeOf(request),
      headers: attributeHeaders(request),
      body: bytesOf(request),
    });
    return success({ accepted: items.length });
  }

  /**
   * Whether we want to be sent events, which a sender asks before it begins. Anybody may ask: the answer protects us from senders that
   * were misled, and lets nobody in. A callback address that somebody names is never called.
   */
  @Options()
  @HttpCode(204)
  @Public({ cors: false })
  @ApiExcludeEndpoint()
  async handshake(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    reply.header('allow', 'OPTIONS, POST');
    const origin = request.headers['webhook-request-origin'];
    if (typeof origin !== 'string' || !ORIGIN.test(origin)) return;
    if (!(await this.senders.expects('cloudevents'))) return;
    reply.header('webhook-allowed-origin', origin).header('webhook-allowed-rate', String(ALLOWED_RATE));
  }
}

function attributeHeaders(request: FastifyRequest): Record<string, string> {
  const attributes = Object.entries(request.headers).filter(
    (header): header is [string, string] => header[0].startsWith('ce-') && typeof header[1] === 'string',
  );
  return Object.fromEntries(attributes);
}
