import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { Caller, Requires } from '../../auth/access';
import type { Principal } from '../../auth/principal';
import { InvalidInput } from '../../common/errors/domain-error';
import { refuseManyValues } from '../../common/http/json-size';
import { BodyTraits, bytesOf, mediaTypeOf, unpacked } from '../../common/http/request-body';
import { encodeExportResponse, exportResponse, PartialSuccess } from './otlp-answer';
import { JSON_TYPE, otlpDialect, PROTOBUF } from './otlp-dialect';
import { readOtlpMetrics } from './otlp-metrics';
import { readOtlpMetricsJson } from './otlp-metrics-json';
import type { Refusals } from './wire-batch';
import { WireIntake } from './wire-intake.service';

const UNPACKED_LIMIT_BYTES = 32 * 1024 * 1024;
const BODY: BodyTraits = {
  types: [PROTOBUF, JSON_TYPE],
  as: 'bytes',
  encodings: ['gzip'],
  limitBytes: 16 * 1024 * 1024,
};

/** OTLP over HTTP: metrics in protobuf or JSON, plain or with gzip, answered in the same. */
@ApiTags('Telemetry')
@Controller()
export class OtlpController {
  constructor(private readonly intake: WireIntake) {}

  @Post('v1/metrics')
  @HttpCode(200)
  @Requires('telemetry:write', { isIdempotent: false, body: BODY, dialect: otlpDialect('/v1/') })
  @ApiOperation({
    summary: 'OpenTelemetry metrics over HTTP (OTLP)',
    description:
      'For an `otlphttp` exporter with this server as endpoint and an API key as bearer token. Points that cannot be stored are counted in `partialSuccess`.',
  })
  @ApiConsumes(PROTOBUF, JSON_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary', description: 'ExportMetricsServiceRequest' } })
  @ApiResponse({ status: 200, description: 'ExportMetricsServiceResponse in the encoding of the request' })
  export(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.store(caller, request, reply);
  }

  @Post('api/v1/otlp/v1/metrics')
  @HttpCode(200)
  @Requires('telemetry:write', { isIdempotent: false, body: BODY, dialect: otlpDialect('/api/v1/otlp/') })
  @ApiOperation({ summary: 'The same, where Prometheus has it' })
  @ApiConsumes(PROTOBUF, JSON_TYPE)
  @ApiBody({ schema: { type: 'string', format: 'binary', description: 'ExportMetricsServiceRequest' } })
  @ApiResponse({ status: 200, description: 'ExportMetricsServiceResponse in the encoding of the request' })
  exportAsToPrometheus(
    @Caller() caller: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.store(caller, request, reply);
  }

  private async store(
    caller: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<Buffer | string> {
    const body = await unpacked(request, bytesOf(request), UNPACKED_LIMIT_BYTES);
    const isProtobuf = mediaTypeOf(request) === PROTOBUF;
    const { refused } = await this.intake.take(caller, 'otlp', () =>
      isProtobuf ? readOtlpMetrics(body) : readOtlpMetricsJson(parseJson(body)),
    );
    const partial = partialSuccess(refused);
    reply.header('content-type', isProtobuf ? PROTOBUF : JSON_TYPE);
    return isProtobuf ? encodeExportResponse(partial) : JSON.stringify(exportResponse(partial));
  }
}

function partialSuccess({ count, reasons }: Refusals): PartialSuccess | null {
  return count === 0 ? null : { rejectedDataPoints: count, errorMessage: reasons.join('; ') };
}

/** Throws  InvalidInput; DomainError `too_large` where it has too many values. */
function parseJson(body: Buffer): unknown {
  refuseManyValues(body);
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new InvalidInput('The body is not valid JSON');
  }
}
