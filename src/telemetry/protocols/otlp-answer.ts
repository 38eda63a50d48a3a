import type { ErrorKind } from '../../common/errors/domain-error';

/** What an OTLP sender is told of points that were left out; it does not send them again. */
export interface PartialSuccess {
  readonly rejectedDataPoints: number;
  readonly errorMessage: string;
}

/** google.rpc.Code, the word that a google.rpc.Status has for each kind of error. */
export const RPC_CODE = {
  invalid: 3,
  unauthenticated: 16,
  forbidden: 7,
  not_found: 5,
  method_not_allowed: 12,
  conflict: 10,
  too_large: 3,
  unsupported: 3,
  unprocessable: 3,
  too_many: 8,
  not_implemented: 12,
  unavailable: 14,
  internal: 13,
} as const satisfies Record<ErrorKind, number>;

const BYTES = 2;

/**
 * `ExportMetricsServiceResponse` in protobuf: no bytes where everything was accepted.
 * @example encodeExportResponse({ rejectedDataPoints: 1, errorMessage: 'x' }).toString('hex') // '0a050801120178'
 */
export function encodeExportResponse(partial: PartialSuccess | null): Buffer {
  if (partial === null) return Buffer.alloc(0);
  const message = Buffer.concat([
    varintField(1, partial.rejectedDataPoints),
    bytesField(2, Buffer.from(partial.errorMessage)),
  ]);
  return bytesField(1, message);
}

/**
 * `ExportMetricsServiceResponse` in JSON. 64-bit integers are texts there.
 * @example exportResponse({ rejectedDataPoints: 1, errorMessage: 'x' }) // { partialSuccess: { rejectedDataPoints: '1', errorMessage: 'x' } }
 */
export function exportResponse(partial: PartialSuccess | null): object {
  if (partial === null) return {};
  const { rejectedDataPoints, errorMessage } = partial;
  return { partialSuccess: { rejectedDataPoints: String(rejectedDataPoints), errorMessage } };
}

/**
 * `google.rpc.Status` in protobuf, the body of every error. In JSON it is `{ code, message }`.
 * @example encodeStatus(3, 'x').toString('hex') // '0803120178'
 */
export function encodeStatus(code: number, message: string): Buffer {
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message))]);
}

/** Fields with their default are left out, as the format has it. */
function varintField(field: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.from([field << 3, ...varint(value)]);
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return bytes.length === 0
    ? bytes
    : Buffer.concat([Buffer.from([(field << 3) | BYTES, ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return [...bytes, rest];
}
