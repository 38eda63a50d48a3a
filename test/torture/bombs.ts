import { gzipSync } from 'node:zlib';

const MIB = 1024 * 1024;

/** A body that is small on its way and much when it is unpacked or read. */
export interface Bomb {
  readonly what: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const SNAPPY = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
const SNAPPY_2 = { ...SNAPPY, 'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request' };
const GZIP = { 'content-encoding': 'gzip' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** From within: KeyValue.value, KeyValueList.values, AnyValue.kvlist_value. */
const KEY_VALUE_IN_MAP = [0x12, 0x0a, 0x32];
/** From within: KeyValue.value, Resource.attributes, ResourceMetrics.resource, ExportMetricsServiceRequest.resource_metrics. */
const RESOURCE_ATTRIBUTE = [0x12, 0x0a, 0x0a, 0x0a];

/** Bombs of every kind, made once: each is sent again and again. */
export function makeBombs(): readonly Bomb[] {
  const zeros = gzipSync(Buffer.alloc(64 * MIB));
  const deep = Buffer.from('['.repeat(200_000));
  const deepAndWhole = Buffer.from(`${'['.repeat(200_000)}${']'.repeat(200_000)}`);
  return [
    { what: 'snappy that declares 4 GiB', path: '/api/v1/write', headers: SNAPPY, body: hex('ffffffff0f00') },
    { what: 'snappy that declares 31 MiB', path: '/api/v1/write', headers: SNAPPY, body: hex('ffffff0f00') },
    { what: 'snappy of copies', path: '/api/v1/write', headers: SNAPPY, body: copies(30 * MIB) },
    { what: 'snappy of copies, 2.0', path: '/api/v1/write', headers: SNAPPY_2, body: copies(30 * MIB) },
    {
      what: 'snappy of empty series',
      path: '/api/v1/write',
      headers: SNAPPY,
      body: literalAndCopies(hex('0a00'), 30 * MIB),
    },
    {
      what: 'snappy of empty series, 2.0',
      path: '/api/v1/write',
      headers: SNAPPY_2,
      body: literalAndCopies(hex('2a00'), 30 * MIB),
    },
    ...Object.entries({ metadata: '1a00', symbols: '2200', 'unknown fields': '7a00' }).flatMap(
      ([what, field]) => [
        {
          what: `snappy of empty ${what}`,
          path: '/api/v1/write',
          headers: SNAPPY,
          body: literalAndCopies(hex(field), 30 * MIB),
        },
        {
          what: `snappy of empty ${what}, 2.0`,
          path: '/api/v1/write',
          headers: SNAPPY_2,
          body: literalAndCopies(hex(field), 30 * MIB),
        },
      ],
    ),
    { what: 'gzip of zeros', path: '/v1/metrics', headers: { ...PROTOBUF, ...GZIP }, body: zeros },
    { what: 'gzip of zeros as JSON', path: '/v1/metrics', headers: { ...JSON_TYPE, ...GZIP }, body: zeros },
    {
      what: 'gzip in gzip',
      path: '/v1/metrics',
      headers: { ...PROTOBUF, ...GZIP },
      body: gzipSync(zeros),
    },
    {
      what: 'gzip of empty resources',
      path: '/v1/metrics',
      headers: { ...PROTOBUF, ...GZIP },
      body: gzipSync(Buffer.alloc(30 * MIB, hex('0a00'))),
    },
    {
      what: 'gzip of maps in maps',
      path: '/v1/metrics',
      headers: { ...PROTOBUF, ...GZIP },
      body: gzipSync(nested(100_000)),
    },
    {
      what: 'gzip of deep JSON',
      path: '/v1/metrics',
      headers: { ...JSON_TYPE, ...GZIP },
      body: gzipSync('{"a":'.repeat(5_000_000)),
    },
    ...['/api/v2/alerts', '/v1/metrics', '/api/alerts/json', '/api/telemetry/samples', '/api/anomalies'].map(
      (path) => ({ what: 'deep and whole JSON', path, headers: JSON_TYPE, body: deepAndWhole }),
    ),
    { what: 'deep JSON', path: '/api/v2/alerts', headers: JSON_TYPE, body: deep },
    { what: 'deep JSON', path: '/api/alerts/webhook/alertmanager', headers: JSON_TYPE, body: deep },
    { what: 'deep JSON', path: '/api/telemetry/samples', headers: JSON_TYPE, body: deep },
    {
      what: 'alerts without end',
      path: '/api/v2/alerts',
      headers: JSON_TYPE,
      body: Buffer.from(`[${'{},'.repeat(2_500_000)}{}]`),
    },
    {
      what: 'samples without end',
      path: '/api/telemetry/samples',
      headers: JSON_TYPE,
      body: Buffer.from(`{"samples":[${'{},'.repeat(2_500_000)}{}]}`),
    },
    {
      what: 'samples by the hundred thousand',
      path: '/api/telemetry/samples',
      headers: JSON_TYPE,
      body: Buffer.from(`{"samples":[${'{},'.repeat(300_000)}{}]}`),
    },
    {
      what: 'gzip where none is taken',
      path: '/api/v2/alerts',
      headers: { ...JSON_TYPE, ...GZIP },
      body: zeros,
    },
  ];
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** A zero, and copies of what came before until so many bytes are there. */
function copies(length: number): Buffer {
  return literalAndCopies(Buffer.alloc(1), length);
}

/** Snappy's densest: some bytes, then elements of three bytes that stand for sixty-four each. */
function literalAndCopies(literal: Buffer, length: number): Buffer {
  const count = Math.floor((length - literal.length) / 64);
  const copy = Buffer.from([(63 << 2) | 2, literal.length, 0]);
  const head = Buffer.from([(literal.length - 1) << 2]);
  return Buffer.concat([
    varint(literal.length + count * 64),
    head,
    literal,
    Buffer.alloc(count * copy.length, copy),
  ]);
}

/** A resource with an attribute that is a map in a map, so many times; built from its heads, since each says how long all within it is. */
function nested(depth: number): Buffer {
  const heads: Buffer[] = [];
  let length = 0;
  const wrap = (tag: number): void => {
    const head = Buffer.concat([Buffer.from([tag]), varint(length)]);
    heads.push(head);
    length += head.length;
  };
  for (let level = 0; level < depth; level += 1) for (const tag of KEY_VALUE_IN_MAP) wrap(tag);
  for (const tag of RESOURCE_ATTRIBUTE) wrap(tag);
  return Buffer.concat(heads.reverse());
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return Buffer.from(bytes);
}
