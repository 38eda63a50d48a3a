import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import type { Dialect } from '../../common/http/dialect';
import { type BodyTraits, bytesOf } from '../../common/http/request-body';
import { RefusedSamples } from './protocols.errors';
import { AcceptedSamples } from './recognition';
import { readRemoteWrite1 } from './remote-write-1';
import { readRemoteWrite2 } from './remote-write-2';
import { remoteWriteVersion } from './remote-write-media';
import { decodeSnappy } from './snappy';
import { WireIntake } from './wire-intake.service';

const PROTOBUF: BodyTraits = {
  types: ['application/x-protobuf'],
  as: 'bytes',
  encodings: ['snappy'],
  limitBytes: 32 * 1024 * 1024,
};

/** Senders log the text, and go by the status alone: 5xx is sent again, 4xx is not. */
const REMOTE_WRITE: Dialect = {
  prefix: '/api/v1/write',
  described: {
    name: 'Prometheus remote write',
    contentType: 'text/plain',
    error: { type: 'string', example: 'Content-Encoding must be snappy or identity' },
  },
  wordError: ({ status, body: { message } }) => ({
    status,
    contentType: 'text/plain; charset=utf-8',
    body: `${message}\n`,
  }),
};

/** Prometheus' remote write, 1.0 and 2.0, as its senders speak it. */
@ApiTags('Telemetry')
@Controller('api/v1')
export class RemoteWriteController {
  constructor(private readonly intake: WireIntake) {}

  @Post('write')
  @HttpCode(204)
  @Requires('telemetry:write', { isIdempotent: false, body: PROTOBUF, dialect: REMOTE_WRITE })
  @ApiOperation({
    summary: 'Prometheus remote write 1.0 and 2.0',
    description:
      'For a `remote_write` block with an API key as bearer token or as Basic password. 204 means that every sample is stored; 400 that some could not be, which the text names, and that the others are.',
  })
  @ApiConsumes('application/x-protobuf')
  @ApiBody({ schema: { type: 'string', format: 'binary', description: 'Snappy block format' } })
  @ApiResponse({ status: 204, description: 'Every sample is stored' })
  async write(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    // A 2.0 sender takes an answer without these for that of a receiver which knows 1.0 only; so they come with errors as well.
    tellWritten(reply, { samples: 0, histograms: 0 });
    const { 'content-type': type, 'content-encoding': encoding } = request.headers;
    const read = remoteWriteVersion(type, encoding) === '1.0' ? readRemoteWrite1 : readRemoteWrite2;
    const accepted = await this.intake.take(caller, 'prometheus', () => read(decodeSnappy(bytesOf(request))));
    tellWritten(reply, accepted);
    if (accepted.refused.count > 0) throw new RefusedSamples(accepted.refused);
  }
}

function tellWritten(
  reply: FastifyReply,
  { samples, histograms }: Pick<AcceptedSamples, 'samples' | 'histograms'>,
): void {
  reply.headers({
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': '0',
  });
}
