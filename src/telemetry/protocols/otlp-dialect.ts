import { errorKind } from '../../common/errors/error-status';
import type { Dialect } from '../../common/http/dialect';
import { mediaTypeOf } from '../../common/http/request-body';
import { encodeStatus, RPC_CODE } from './otlp-answer';

export const PROTOBUF = 'application/x-protobuf';
export const JSON_TYPE = 'application/json';

/** Errors are a google.rpc.Status in the encoding of the request. Only 429, 502, 503 and 504 are sent again. */
export function otlpDialect(prefix: string): Dialect {
  return {
    prefix,
    described: {
      name: 'OTLP over HTTP',
      contentType: JSON_TYPE,
      error: {
        type: 'object',
        description: 'google.rpc.Status, in the encoding of the request',
        properties: { code: { type: 'integer' }, message: { type: 'string' } },
      },
    },
    wordError({ status, body: { message } }, request) {
      const code = RPC_CODE[errorKind(status)];
      return mediaTypeOf(request) === PROTOBUF
        ? { status, contentType: PROTOBUF, body: encodeStatus(code, message) }
        : { status, contentType: JSON_TYPE, body: JSON.stringify({ code, message }) };
    },
  };
}
