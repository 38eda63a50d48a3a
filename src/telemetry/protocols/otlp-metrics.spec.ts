import fc from 'fast-check';

import { damage } from '../../../test/support/damage';
import { Stored, storedOf } from '../../../test/support/stored-samples';
import { encodeMessage, EXPORT_METRICS } from '../../../test/support/wire-protos';
import { DomainError } from '../../common/errors/domain-error';
import { readOtlpMetrics } from './otlp-metrics';
import { readOtlpMetricsJson } from './otlp-metrics-json';
import { InvalidWireBody, WireBodyTooLarge } from './protocols.errors';
import type { WireBatch } from './wire-batch';

const TIME_MS = 1_700_000_000_000;
const TIME = `${TIME_MS}000000`;
const GAUGE =
  'ClgKHAoaCgxzZXJ2aWNlLm5hbWUSCgoIY2hlY2tvdXQSOAoDCgF0EjEKCGNwdS51dGlsGgExKiIKIBkAACo2/pyXFyHD9Shcj8LtPzoMCgRob3N0EgQKAmgx';

type Attributes = Readonly<Record<string, object>>;
const attributesOf = (attributes: Attributes): object[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value }));
const text = (stringValue: string): object => ({ stringValue });

/** A request of one resource with these metrics. */
function request(metrics: object[], resource: Attributes = {}): object {
  return {
    resourceMetrics: [{ resource: { attributes: attributesOf(resource) }, scopeMetrics: [{ metrics }] }],
  };
}

/** What is stored of a request, the same in both encodings. */
function stored(message: object): Stored {
  const ofBytes = storedOf(readOtlpMetrics(encodeMessage(EXPORT_METRICS, message)));
  const ofJson = storedOf(readOtlpMetricsJson(JSON.parse(JSON.stringify(message))));
  expect(ofJson).toEqual(ofBytes);
  return ofBytes;
}

const point = { timeUnixNano: TIME, asDouble: 1 };
const gauge = (...dataPoints: object[]): object => ({ name: 'g', gauge: { dataPoints } });

describe('an OTLP metrics request', () => {
  it('is read as the known answer says', () => {
    expect(storedOf(readOtlpMetrics(Buffer.from(GAUGE, 'base64'))).samples).toEqual([
      {
        name: 'cpu_util',
        labels: { job: 'checkout', service_name: 'checkout', host: 'h1' },
        type: 'gauge',
        behaviour: 'gauge',
        timeMs: TIME_MS,
        value: 0.93,
      },
    ]);
  });

  it.each([
    [2, true, 'counter'],
    [2, false, 'gauge'],
    [1, true, 'gauge'],
    [1, false, 'gauge'],
  ])('stores a sum of temporality %i, monotonic %s, as a %s', (aggregationTemporality, isMonotonic, type) => {
    const sum = { aggregationTemporality, isMonotonic, dataPoints: [{ timeUnixNano: TIME, asInt: '-7' }] };
    expect(stored(request([{ name: 'jobs', sum }])).samples).toEqual([
      { name: 'jobs', labels: {}, type, behaviour: type, timeMs: TIME_MS, value: -7 },
    ]);
  });

  it('stores a histogram as its count, its sum, and a counter up to each bound', () => {
    const histogram = {
      aggregationTemporality: 2,
      dataPoints: [
        {
          timeUnixNano: TIME,
          count: '7',
          sum: 3.5,
          bucketCounts: ['1', '2', '4'],
          explicitBounds: [0.005, 10],
          attributes: attributesOf({ route: text('/') }),
        },
      ],
    };
    const { samples, written } = stored(request([{ name: 'http.duration', histogram }]));
    expect(samples.map(({ name, labels, value }) => [name, labels, value])).toEqual([
      ['http_duration_count', { route: '/' }, 7],
      ['http_duration_sum', { route: '/' }, 3.5],
      ['http_duration_bucket', { route: '/', le: '0.005' }, 1],
      ['http_duration_bucket', { route: '/', le: '10' }, 3],
      ['http_duration_bucket', { route: '/', le: '+Inf' }, 7],
    ]);
    expect(samples.every(({ type, behaviour }) => type === 'histogram' && behaviour === 'counter')).toBe(
      true,
    );
    expect(written).toEqual({ samples: 0, histograms: 1 });
  });

  it('stores an exponential histogram as its count and its sum, a delta one as gauges', () => {
    const dataPoints = [{ timeUnixNano: TIME, count: 3, sum: 1.5 }];
    const { samples } = stored(
      request([{ name: 'h', exponentialHistogram: { aggregationTemporality: 1, dataPoints } }]),
    );
    expect(samples.map(({ name, behaviour, value }) => [name, behaviour, value])).toEqual([
      ['h_count', 'gauge', 3],
      ['h_sum', 'gauge', 1.5],
    ]);
  });

  it('stores no sum of a histogram that has none', () => {
    const dataPoints = [{ timeUnixNano: TIME, count: 3 }];
    const { samples } = stored(
      request([{ name: 'h', histogram: { aggregationTemporality: 2, dataPoints } }]),
    );
    expect(samples.map(({ name }) => name)).toEqual(['h_count']);
  });

  it('stores a summary as its count, its sum, and a gauge for each quantile', () => {
    const quantileValues = [
      { quantile: 0.5, value: 0.1 },
      { quantile: 0.99, value: 2 },
    ];
    const summary = { dataPoints: [{ timeUnixNano: TIME, count: '5', sum: 2.5, quantileValues }] };
    const { samples } = stored(request([{ name: 's', summary }]));
    expect(samples.map(({ name, labels, behaviour, value }) => [name, labels, behaviour, value])).toEqual([
      ['s_count', {}, 'counter', 5],
      ['s_sum', {}, 'counter', 2.5],
      ['s', { quantile: '0.5' }, 'gauge', 0.1],
      ['s', { quantile: '0.99' }, 'gauge', 2],
    ]);
  });

  it('ends a series whose point says that it has no value', () => {
    const message = request([gauge({ timeUnixNano: TIME, flags: 1 })]);
    for (const { values } of [
      readOtlpMetrics(encodeMessage(EXPORT_METRICS, message)),
      readOtlpMetricsJson(message),
    ])
      expect([...new BigUint64Array(values.buffer, 0, values.length)]).toEqual([0x7ff0000000000002n]);
  });

  it('takes job and instance from the resource, and labels from those of its attributes that say where it runs', () => {
    const resource = {
      'service.name': text('checkout'),
      'service.namespace': text('shop'),
      'service.instance.id': text('a-1'),
      'k8s.pod.name': text('checkout-7'),
      'process.pid': { intValue: '42' },
      'telemetry.sdk.name': text('opentelemetry'),
    };
    expect(stored(request([gauge(point)], resource)).samples[0].labels).toEqual({
      job: 'shop/checkout',
      instance: 'a-1',
      service_name: 'checkout',
      service_namespace: 'shop',
      k8s_pod_name: 'checkout-7',
    });
  });

  it('turns attribute values of every kind into text', () => {
    const attributes = {
      string: text('ü'),
      bool: { boolValue: true },
      int: { intValue: '-9007199254740993' },
      double: { doubleValue: 0.1 },
      nan: { doubleValue: 'NaN' },
      bytes: { bytesValue: Buffer.from('ab').toString('base64') },
      list: { arrayValue: { values: [text('a"'), { intValue: 1 }, { boolValue: false }, {}] } },
      map: { kvlistValue: { values: [{ key: 'k', value: { arrayValue: {} } }, { key: 'n' }] } },
      unset: {},
    };
    const message = request([gauge({ ...point, attributes: attributesOf(attributes) })]);
    const ofBytes = encodeMessage(EXPORT_METRICS, {
      ...request([
        gauge({
          ...point,
          attributes: attributesOf({ ...attributes, nan: { doubleValue: NaN } }),
        }),
      ]),
    });
    const expected = {
      string: 'ü',
      bool: 'true',
      int: '-9007199254740993',
      double: '0.1',
      nan: 'NaN',
      bytes: 'YWI=',
      list: '["a\\"",1,false,null]',
      map: '{"k":[],"n":null}',
    };
    expect(storedOf(readOtlpMetricsJson(message)).samples[0].labels).toEqual(expected);
    expect(storedOf(readOtlpMetrics(ofBytes)).samples[0].labels).toEqual(expected);
  });

  it('joins attributes that become the same label, and lets a point speak over its resource', () => {
    const attributes = attributesOf({
      host_name: text('b'),
      'host.name': text('a'),
      job: text('own'),
      '1st': text('x'),
    });
    const resource = { 'service.name': text('checkout'), 'host.name': text('z') };
    expect(stored(request([gauge({ ...point, attributes })], resource)).samples[0].labels).toEqual({
      host_name: 'a;b',
      job: 'own',
      service_name: 'checkout',
      _1st: 'x',
    });
  });

  it.each([
    ['1700000000000999999', TIME_MS],
    ['1700000000001000000', TIME_MS + 1],
    ['4102444799999999999', Date.UTC(2100, 0) - 1],
  ])('reads %s ns as %i ms', (timeUnixNano, timeMs) => {
    expect(stored(request([gauge({ ...point, timeUnixNano })])).samples[0].timeMs).toBe(timeMs);
  });

  const histogram = (dataPoint: object, aggregationTemporality = 2): object => ({
    name: 'h',
    histogram: { aggregationTemporality, dataPoints: [{ timeUnixNano: TIME, ...dataPoint }] },
  });
  const manyAttributes = attributesOf(
    Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`a${i}`, text('x')])),
  );
  it.each<[string, object, string]>([
    ['no time', gauge({ asDouble: 1 }), 'g: a data point has no time'],
    ['a time after 2100', gauge({ ...point, timeUnixNano: '18446744073709551615' }), 'outside 1970 to 2100'],
    ['no value', gauge({ timeUnixNano: TIME }), 'g: a data point has no value'],
    ['no temporality', histogram({}, 0), 'neither delta nor cumulative'],
    [
      'buckets that do not fit its bounds',
      histogram({ bucketCounts: [1], explicitBounds: [1] }),
      '1 buckets for 1 bounds',
    ],
    [
      'bounds out of order',
      histogram({ bucketCounts: [1, 2, 3], explicitBounds: [2, 1] }),
      'not finite and increasing',
    ],
    ['too many attributes for its buckets', histogram({ attributes: manyAttributes }), 'more than 30 labels'],
    [
      'an attribute called __name__',
      gauge({ ...point, attributes: attributesOf({ __name__: text('x') }) }),
      '__name__',
    ],
    ['a NUL', gauge({ ...point, attributes: attributesOf({ a: text('\0') }) }), 'NUL'],
    [
      'a value of 2,049 bytes',
      gauge({ ...point, attributes: attributesOf({ a: text('x'.repeat(2049)) }) }),
      '2048',
    ],
    ['no name', { ...gauge(point), name: '' }, 'metric name ""'],
  ])('leaves out a point with %s, says why, and keeps the one beside it', (_, metric, reason) => {
    const { samples, refused } = stored(request([metric, gauge(point)]));
    expect(samples.map(({ name }) => name)).toEqual(['g']);
    expect(refused.count).toBe(1);
    expect(refused.reasons).toEqual([expect.stringContaining(reason)]);
  });

  it('that is empty holds nothing', () => {
    expect(stored({}).samples).toEqual([]);
    expect(stored(request([{ name: 'nothing' }])).samples).toEqual([]);
  });

  it('gives a series the same key in every request, and another for another resource, metric, part or attribute', () => {
    const attributes = (value: string): object[] => attributesOf({ a: text(value) });
    const dataPoints = [{ timeUnixNano: TIME, count: 2, sum: 1, bucketCounts: [1, 1], explicitBounds: [1] }];
    const metrics = [
      gauge(point, { ...point, attributes: attributes('1') }, { ...point, attributes: attributes('2') }),
      { ...gauge(point), name: 'other' },
      { name: 'h', histogram: { aggregationTemporality: 2, dataPoints } },
    ];
    const messages = [
      request(metrics, { 'service.name': text('a') }),
      request(metrics, { 'service.name': text('b') }),
    ];
    for (const read of [
      (message: object) => readOtlpMetrics(encodeMessage(EXPORT_METRICS, message)),
      (message: object) => readOtlpMetricsJson(message),
    ]) {
      const keys = messages.flatMap((message) => read(message).series.map(({ key }) => key));
      expect(new Set(keys).size).toBe(16);
      expect(read(messages[0]).series.map(({ key }) => key)).toEqual(keys.slice(0, 8));
    }
  });

  it('in protobuf is refused whole where texts are not UTF-8, or attributes stand too deep in each other', () => {
    let value: object = text('x');
    for (let depth = 0; depth < 11; depth++) value = { arrayValue: { values: [value] } };
    const ofPoint = encodeMessage(
      EXPORT_METRICS,
      request([gauge({ ...point, attributes: attributesOf({ a: value }) })]),
    );
    expect(storedOf(readOtlpMetrics(ofPoint)).refused.reasons).toEqual([
      'an attribute is nested deeper than 10 levels',
    ]);
    const ofResource = encodeMessage(EXPORT_METRICS, request([gauge(point)], { 'host.name': value }));
    expect(() => readOtlpMetrics(ofResource)).toThrow(InvalidWireBody);
    const unused = encodeMessage(EXPORT_METRICS, request([gauge(point)], { 'process.command_args': value }));
    expect(storedOf(readOtlpMetrics(unused)).samples).toHaveLength(1);
    const body = encodeMessage(EXPORT_METRICS, request([{ ...gauge(point), name: 'aaaa' }]));
    body.write('\xff\xfe', body.indexOf('aaaa'), 'latin1');
    expect(() => readOtlpMetrics(body)).toThrow('not valid UTF-8');
  });

  it('is refused where a large resource is repeated over more series than a machine should hold', () => {
    const resource = { 'service.name': text('x'.repeat(2000)), 'host.name': text('y'.repeat(2000)) };
    const metrics = [gauge(...Array.from({ length: 20_000 }, () => point))];
    expect(() => readOtlpMetrics(encodeMessage(EXPORT_METRICS, request(metrics, resource)))).toThrow(
      WireBodyTooLarge,
    );
  });

  /** Ten million times two bytes, inside messages of these fields. */
  const flood = (bytes: number[], ...around: number[]): Buffer => {
    let body = Buffer.alloc(20_000_000, Buffer.from(bytes));
    for (const field of around) {
      const length = [0, 7, 14, 21].map((shift) => ((body.length >> shift) & 0x7f) | (shift < 21 ? 0x80 : 0));
      body = Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), body]);
    }
    return body;
  };
  it.each<[string, Buffer]>([
    ['resources', flood([0x0a, 0x00])],
    ['scopes', flood([0x12, 0x00], 1)],
    ['metrics', flood([0x12, 0x00], 2, 1)],
    ['data points', flood([0x0a, 0x00], 5, 2, 2, 1)],
    ['quantiles', flood([0x32, 0x00], 1, 11, 2, 2, 1)],
  ])('of ten million empty %s is refused', (_, body) => {
    expect(() => readOtlpMetrics(body)).toThrow(DomainError);
  });

  it.each<[string, Buffer]>([
    ['unknown fields', flood([0x78, 0x01])],
    ['attributes of a resource', flood([0x0a, 0x00], 1, 1)],
    ['attributes of a point', flood([0x3a, 0x00], 1, 5, 2, 2, 1)],
  ])('of ten million empty %s is read to its end, and stores nothing', (_, body) => {
    expect(storedOf(readOtlpMetrics(body)).samples).toEqual([]);
  });

  it('is read as protobufjs reads it, or refused, however it was damaged', () => {
    const attributes = attributesOf({
      host: text('h1'),
      n: { intValue: 5 },
      l: { arrayValue: { values: [text('x')] } },
    });
    const bodies = Array.from({ length: 50 }, (_, i) =>
      encodeMessage(
        EXPORT_METRICS,
        request(
          [
            gauge({ ...point, asDouble: i + 0.5, attributes }),
            {
              name: 'c',
              sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ ...point, asInt: i }] },
            },
            histogram({ count: 3, sum: i, bucketCounts: [1, 2], explicitBounds: [i], attributes }),
            {
              name: 's',
              summary: {
                dataPoints: [{ timeUnixNano: TIME, count: 1, quantileValues: [{ quantile: 0.5 }] }],
              },
            },
          ],
          { 'service.name': text('checkout') },
        ),
      ),
    );
    let agreed = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const body = damage(bodies[seed % bodies.length], seed);
      let batch: WireBatch;
      try {
        batch = readOtlpMetrics(body);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        continue;
      }
      const ours = storedOf(batch);
      const theirs = readByProtobufjs(body);
      if (theirs === null) continue;
      // Through our own JSON reader: the two then differ by what protobufjs and our protobuf reader see in the bytes.
      const ofTheirs = storedOf(readOtlpMetricsJson(theirs));
      if (ofTheirs.refused.count !== ours.refused.count) continue;
      expect({ seed, samples: ours.samples }).toEqual({ seed, samples: ofTheirs.samples });
      agreed++;
    }
    expect(agreed).toBeGreaterThan(100);
  });
});

describe('an OTLP metrics request in JSON', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'x', 'the body must be an object'],
    ['a list', [], 'the body must be an object'],
    ['null', null, 'the body must be an object'],
    ['resources that are no list', { resourceMetrics: {} }, 'resourceMetrics must be a list'],
    ['a resource that is a number', { resourceMetrics: [1] }, 'resourceMetrics[0] must be an object'],
    [
      'a name that is a number',
      request([gauge(point), { name: 5 }]),
      'resourceMetrics[0].scopeMetrics[0].metrics[1].name must be a string',
    ],
    [
      'a time with a sign',
      request([gauge({ ...point, timeUnixNano: '-1' })]),
      'dataPoints[0].timeUnixNano must be nanoseconds',
    ],
    [
      'a time that is a date',
      request([gauge({ ...point, timeUnixNano: '2026-01-01' })]),
      'timeUnixNano must be nanoseconds',
    ],
    ['a value that is a list', request([gauge({ ...point, asDouble: [1] })]), 'asDouble must be a number'],
    ['a value in hexadecimal', request([gauge({ ...point, asDouble: '0x10' })]), 'asDouble must be a number'],
    [
      'an integer with a fraction',
      request([gauge({ timeUnixNano: TIME, asInt: '1.5' })]),
      'asInt must be an integer',
    ],
    [
      'a temporality in words',
      request([{ name: 's', sum: { aggregationTemporality: 'AGGREGATION_TEMPORALITY_DELTA' } }]),
      'sum.aggregationTemporality must be an integer; enumerations are sent as numbers',
    ],
    [
      'monotonic as a text',
      request([{ name: 's', sum: { isMonotonic: 'true' } }]),
      'sum.isMonotonic must be true or false',
    ],
    [
      'buckets that are texts of no number',
      request([
        { name: 'h', histogram: { aggregationTemporality: 2, dataPoints: [{ bucketCounts: ['a'] }] } },
      ]),
      'dataPoints[0].bucketCounts[0] must be an integer',
    ],
    [
      'an attribute that is a text',
      request([gauge({ ...point, attributes: [{ key: 'a', value: 'x' }] })]),
      'attributes[0].value must be an object',
    ],
    [
      'bytes that are no base64',
      request([gauge({ ...point, attributes: [{ key: 'a', value: { bytesValue: '%' } }] })]),
      'value.bytesValue must be base64',
    ],
  ])('with %s is refused by its place', (_, body, reason) => {
    expect(() => readOtlpMetricsJson(body)).toThrow(InvalidWireBody);
    expect(() => readOtlpMetricsJson(body)).toThrow(reason);
  });

  it('may leave out members, set them to null, and have others that we do not know', () => {
    const attributes = [{ key: 'a', value: null }, { key: 'b' }, { value: text('x') }];
    const body = request([
      { ...gauge({ ...point, attributes: attributes.slice(0, 2), exemplars: 7 }), unit: null, x: {} },
    ]);
    expect(
      storedOf(readOtlpMetricsJson({ ...body, resource_metrics: 'snake case is unknown' })).samples,
    ).toHaveLength(1);
    expect(storedOf(readOtlpMetricsJson({ resourceMetrics: null })).samples).toEqual([]);
  });

  it('refuses attributes a hundred thousand deep without going down there', () => {
    let value: object = text('x');
    for (let depth = 0; depth < 100_000; depth++) value = { arrayValue: { values: [value] } };
    const body = request([gauge({ ...point, attributes: [{ key: 'a', value }] })]);
    expect(() => readOtlpMetricsJson(body)).toThrow('nested deeper than 10 levels');
  });

  it('gives any JSON an answer or a refusal of ours', () => {
    const wrong = fc.oneof(fc.jsonValue(), fc.constantFrom(null, '', -1, 1e300, [], {}, [[]], [{}]));
    const names = [
      'resourceMetrics',
      'resource',
      'scopeMetrics',
      'metrics',
      'name',
      'gauge',
      'sum',
      'histogram',
      'summary',
      'dataPoints',
    ];
    const more = [
      'timeUnixNano',
      'asDouble',
      'asInt',
      'flags',
      'attributes',
      'key',
      'value',
      'bucketCounts',
      'explicitBounds',
      'quantileValues',
    ];
    const valid = JSON.stringify(
      request([gauge({ ...point, attributes: attributesOf({ a: text('x') }) }), histogramOf()], {
        'service.name': text('a'),
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...names, ...more), wrong, (member, value) => {
        const body: unknown = JSON.parse(valid, (key, old: unknown) => (key === member ? value : old));
        try {
          storedOf(readOtlpMetricsJson(body));
        } catch (error) {
          expect(error).toBeInstanceOf(DomainError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function histogramOf(): object {
  const dataPoints = [{ timeUnixNano: TIME, count: 2, sum: 1, bucketCounts: [1, 1], explicitBounds: [1] }];
  return { name: 'h', histogram: { aggregationTemporality: 2, dataPoints } };
}

/** What protobufjs reads, in protobuf's JSON mapping; null where it refuses the body. */
function readByProtobufjs(body: Buffer): object | null {
  try {
    return EXPORT_METRICS.toObject(EXPORT_METRICS.decode(body), { longs: String, bytes: String, json: true });
  } catch {
    return null;
  }
}
