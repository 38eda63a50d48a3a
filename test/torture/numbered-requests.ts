import { encodeWriteRequest1 } from '../support/wire-protos';

export const FLOOD_METRIC = 'torture_flood';
export const FLOOD_ALERT = 'TortureFlood';
/** Samples of a request, each of a series of its own. */
export const SERIES = 100;
/** Alerts of a request. */
export const ALERTS = 10;
/** Requests of one millisecond, each with series of its own; so times never run ahead of the clock. */
export const LANES = 10;
/** Of so many requests one brings alerts. */
const ALERTS_EVERY = 10;
/** A time that is written in as many bytes as those of this century, and stands nowhere else in a body. */
const PLACEHOLDER_MS = 2_099_999_999_999;

/** What a request brought: samples of a lane at a time, or the alerts of a group. */
export type Promised =
  | { readonly kind: 'samples'; readonly lane: number; readonly timeMs: number }
  | { readonly kind: 'alerts'; readonly group: number };

/**
 * Remote write and alert requests by number, as they go over the wire. Whoever knows the number of one that was answered with success
 * knows what must be stored. Making one costs a copy: a generator shares the machine with the server that it storms.
 */
export class NumberedRequests {
  private readonly lanes: readonly { readonly bytes: Buffer; readonly timesAt: readonly number[] }[];
  private readonly groups: readonly Buffer[];

  constructor(
    private readonly sinceMs: number,
    key: string,
  ) {
    this.lanes = Array.from({ length: LANES }, (_, lane) => laneTemplate(lane, key));
    this.groups = Array.from({ length: LANES }, (_, group) => alertRequest(group, key));
  }

  bytesOf(number: number): Buffer {
    const promised = this.promisedBy(number);
    if (promised.kind === 'alerts') return this.groups[promised.group];
    const { bytes, timesAt } = this.lanes[promised.lane];
    const request = Buffer.from(bytes);
    const time = varint(promised.timeMs);
    for (const at of timesAt) time.copy(request, at);
    return request;
  }

  promisedBy(number: number): Promised {
    const lane = number % LANES;
    return isAlerts(number)
      ? { kind: 'alerts', group: Math.floor(number / ALERTS_EVERY) % LANES }
      : { kind: 'samples', lane, timeMs: this.sinceMs + Math.floor(number / LANES) };
  }
}

export function isAlerts(number: number): boolean {
  return number % ALERTS_EVERY === 0;
}

function laneTemplate(lane: number, key: string): { bytes: Buffer; timesAt: number[] } {
  const series = Array.from({ length: SERIES }, (_, place) => ({
    labels: [
      ['__name__', FLOOD_METRIC],
      ['instance', `app-${place}.eu-central-1.example.internal:9090`],
      ['job', 'checkout-service'],
      ['lane', String(lane)],
      ['place', String(place)],
    ] as const,
    samples: [{ value: place + 0.5, timestamp: PLACEHOLDER_MS }],
  }));
  const body = asLiteral(encodeWriteRequest1(series));
  const bytes = request('/api/v1/write', key, body, {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  });
  const timesAt: number[] = [];
  const placeholder = varint(PLACEHOLDER_MS);
  for (let at = bytes.indexOf(placeholder); at >= 0; at = bytes.indexOf(placeholder, at + 1))
    timesAt.push(at);
  if (timesAt.length !== SERIES) throw new Error(`${timesAt.length} places for ${SERIES} times`);
  return { bytes, timesAt };
}

function alertRequest(group: number, key: string): Buffer {
  const alerts = Array.from({ length: ALERTS }, (_, place) => ({
    labels: { alertname: FLOOD_ALERT, group: String(group), place: String(place), severity: 'info' },
    annotations: { summary: 'one of many' },
  }));
  return request('/api/v2/alerts', key, Buffer.from(JSON.stringify(alerts)), {
    'content-type': 'application/json',
  });
}

function request(path: string, key: string, body: Buffer, headers: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries({
    host: 'localhost',
    authorization: `Bearer ${key}`,
    ...headers,
    'content-length': String(body.length),
  }).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`), body]);
}

/** Snappy's block format without any compression, so that bytes keep their places. */
function asLiteral(body: Buffer): Buffer {
  const head = Buffer.from([61 << 2, 0, 0]);
  head.writeUInt16LE(body.length - 1, 1);
  return Buffer.concat([varint(body.length), head, body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
