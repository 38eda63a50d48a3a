import fc from 'fast-check';

import { damage } from '../../../test/support/damage';
import { storedOf } from '../../../test/support/stored-samples';
import {
  encodeMessage,
  encodeWriteRequest1,
  SentSeries,
  WRITE_REQUEST_1,
} from '../../../test/support/wire-protos';
import { DomainError } from '../../common/errors/domain-error';
import { InvalidWireBody, WireBodyTooLarge } from './protocols.errors';
import { readRemoteWrite1 } from './remote-write-1';
import { decodeSnappy } from './snappy';
import type { WireBatch } from './wire-batch';

const TIME_MS = 1_700_000_000_000;
const TWO_SERIES =
  'XOwKLAoOCghfX25hbWVfXxICdXAKCAoDam9iEgFhEhAJAAAAAAAA8D8QgNCV/7wxCiwKDgoIX19uYW1lX198EgJ1cAoICgNqb2ISAWISEAkAAAAAAAAAABCA0JX/vDE=';
const ONE_WITHOUT_NAME =
  'TOwKLAoOCghfX25hbWVfXxICdXAKCAoDam9iEgFhEhAJAAAAAAAA8D8QgNCV/7wxChwKCAoDam9iEgF4EhA8CQAAAAAAAPA/EIDQlf+8MQ==';

const sample = (value: number, timestamp = TIME_MS): { value: number; timestamp: number } => ({
  value,
  timestamp,
});
const read = (series: readonly SentSeries[]): WireBatch => readRemoteWrite1(encodeWriteRequest1(series));
const valid: SentSeries = { labels: [['__name__', 'up']], samples: [sample(1)] };

const labelPairs = fc
  .dictionary(
    fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0')),
    { maxKeys: 8, noNullPrototype: true },
  )
  .map((labels) => Object.entries(labels));
const sentSeries: fc.Arbitrary<SentSeries> = fc.record({
  labels: fc
    .tuple(fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,10}$/), labelPairs)
    .map(([name, labels]): [string, string][] =>
      [['__name__', name] as [string, string], ...labels].sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
  samples: fc.array(
    fc.record({
      value: fc.double({ noNaN: true }),
      timestamp: fc.integer({ min: 0, max: Date.UTC(2099, 0) }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

interface TheirRequest {
  readonly timeseries: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly { readonly value: number; readonly timestamp: unknown }[];
    readonly histograms: readonly unknown[];
  }[];
}

/** What protobufjs reads of a body: series that have samples in our years and no histograms. Null where it refuses the body. */
function readByProtobufjs(
  body: Buffer,
): { labels: [string, string][]; samples: [number, number][] }[] | null {
  let request: TheirRequest;
  try {
    request = WRITE_REQUEST_1.decode(body) as unknown as TheirRequest;
  } catch {
    return null;
  }
  return request.timeseries
    .filter(({ histograms }) => histograms.length === 0)
    .map(({ labels, samples }) => ({
      labels: labels.map(({ name, value }): [string, string] => [name, value]),
      samples: samples
        .map(({ value, timestamp }): [number, number] => [value, Number(String(timestamp))])
        .filter(([, timeMs]) => timeMs >= 0 && timeMs < Date.UTC(2100, 0)),
    }))
    .filter(({ samples }) => samples.length > 0);
}

describe('a remote write 1.0 request', () => {
  it('of two series is read as the known answer says', () => {
    expect(storedOf(readRemoteWrite1(decodeSnappy(Buffer.from(TWO_SERIES, 'base64'))))).toEqual({
      samples: [
        { name: 'up', labels: { job: 'a' }, timeMs: TIME_MS, value: 1 },
        { name: 'up', labels: { job: 'b' }, timeMs: TIME_MS, value: 0 },
      ],
      written: { samples: 2, histograms: 0 },
      refused: { count: 0, reasons: [] },
    });
  });

  it('of a good and a nameless series keeps the good one and says why the other is refused', () => {
    const stored = storedOf(readRemoteWrite1(decodeSnappy(Buffer.from(ONE_WITHOUT_NAME, 'base64'))));
    expect(stored.samples).toEqual([{ name: 'up', labels: { job: 'a' }, timeMs: TIME_MS, value: 1 }]);
    expect(stored.refused).toEqual({
      count: 1,
      reasons: ['a series has no metric name: its label __name__ is missing or empty'],
    });
  });

  it('comes back as it was sent', () => {
    fc.assert(
      fc.property(fc.array(sentSeries, { maxLength: 6 }), (series) => {
        const expected = series.flatMap(({ labels, samples }) =>
          samples.map(({ value, timestamp }) => ({
            name: labels.find(([label]) => label === '__name__')![1],
            labels: Object.fromEntries(labels.filter(([label]) => label !== '__name__')),
            timeMs: timestamp,
            value,
          })),
        );
        expect(storedOf(read(series)).samples).toEqual(expected);
      }),
    );
  });

  it('brings stale markers and other NaNs through to the columns bit for bit', () => {
    const bits = [0x7ff0000000000002n, 0x7ff8000000000001n, 0xfff8000000000000n, 0x8000000000000000n];
    const body = encodeWriteRequest1(bits.map((_, i) => ({ ...valid, samples: [sample(1234.5 + i)] })));
    bits.forEach((pattern, i) => {
      const at = body.indexOf(Buffer.from(new Float64Array([1234.5 + i]).buffer));
      body.writeBigUInt64LE(pattern, at);
    });
    const batch = readRemoteWrite1(body);
    const { values } = batch;
    expect([...new BigUint64Array(values.buffer, values.byteOffset, values.length)]).toEqual(bits);
  });

  it('gives equal labels equal keys, and different ones different keys', () => {
    const other: SentSeries = { ...valid, labels: [...valid.labels, ['job', 'a']] };
    const keys = read([valid, other, valid]).series.map(({ key }) => key);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  it('gives a series the same key wherever its samples stand among the labels', () => {
    const label = (name: string, value: string): Buffer => {
      const text = encodeMessage(WRITE_REQUEST_1, { timeseries: [{ labels: [{ name, value }] }] });
      return text.subarray(2);
    };
    const point = encodeMessage(WRITE_REQUEST_1, { timeseries: [{ samples: [sample(1)] }] }).subarray(2);
    const body = (...fields: Buffer[]): Buffer => {
      const series = Buffer.concat(fields);
      return Buffer.concat([Buffer.from([0x0a, series.length]), series]);
    };
    const [name, job] = [label('__name__', 'up'), label('job', 'a')];
    const batch = readRemoteWrite1(
      Buffer.concat([body(name, job, point), body(name, point, job), body(point, name, job)]),
    );
    expect(new Set(batch.series.map(({ key }) => key)).size).toBe(1);
    expect(batch.series[1].identify()).toEqual({ name: 'up', labels: { job: 'a' } });
  });

  const label = (name: string, value = 'x'): [string, string] => [name, value];
  it.each<[string, [string, string][], string]>([
    ['no labels', [], 'no metric name'],
    ['an empty name', [label('__name__', '')], 'no metric name'],
    ['a name with a dash', [label('__name__', 'a-b')], 'metric name "a-b"'],
    ['a name of 257 letters', [label('__name__', 'a'.repeat(257))], 'metric name'],
    ['a label name with a dot', [label('__name__'), label('a.b')], 'label name "a.b"'],
    ['an empty label name', [label(''), label('__name__')], 'label name ""'],
    ['labels out of order', [label('__name__'), label('b'), label('a')], 'out of order: b before a'],
    ['a label twice', [label('__name__'), label('a'), label('a')], 'has the label a twice'],
    ['a value with NUL', [label('__name__'), label('a', 'x\0')], 'NUL'],
    ['a value of 2,049 bytes', [label('__name__'), label('a', 'x'.repeat(2049))], '2048 bytes'],
    [
      '31 labels',
      [label('__name__'), ...Array.from({ length: 31 }, (_, i) => label(`l${i + 10}`))],
      'at most 30',
    ],
    ['a label called __proto__', [label('__name__'), label('__proto__')], '__proto__'],
  ])('refuses a series with %s, and keeps the one beside it', (_, labels, reason) => {
    const stored = storedOf(read([{ labels, samples: [sample(1), sample(2)] }, valid]));
    expect(stored.samples).toHaveLength(1);
    expect(stored.refused.count).toBe(2);
    expect(stored.refused.reasons[0]).toContain(reason);
  });

  it('refuses a series whose label is not UTF-8', () => {
    const body = encodeWriteRequest1([
      {
        labels: [
          ['__name__', 'up'],
          ['job', 'aaaa'],
        ],
        samples: [sample(1)],
      },
    ]);
    body.write('\xff\xfe', body.indexOf('aaaa'), 'latin1');
    expect(storedOf(readRemoteWrite1(body)).refused.reasons[0]).toContain('not valid UTF-8');
  });

  it('refuses samples whose time is outside our years, by the series they are of', () => {
    const { samples, refused } = storedOf(
      read([
        {
          labels: [
            ['__name__', 'up'],
            ['job', 'a'],
          ],
          samples: [sample(1, -1), sample(2), sample(3, 1e17)],
        },
      ]),
    );
    expect(samples.map(({ value }) => value)).toEqual([2]);
    expect(refused).toEqual({ count: 2, reasons: ['up{job="a"}: time -1 is outside 1970 to 2100'] });
  });

  it('keeps the count and the sum of a native histogram, which is one histogram in the account', () => {
    const body = encodeMessage(WRITE_REQUEST_1, {
      timeseries: [
        {
          labels: [{ name: '__name__', value: 'rpc_seconds' }],
          histograms: [
            {
              countInt: 10,
              sum: 2.5,
              zeroCountInt: 1,
              positiveDeltas: [2, 1, -1],
              negativeDeltas: [2],
              timestamp: TIME_MS,
            },
          ],
        },
      ],
    });
    const histogram = { labels: {}, timeMs: TIME_MS, type: 'histogram', behaviour: 'counter' };
    expect(storedOf(readRemoteWrite1(body))).toEqual({
      samples: [
        { ...histogram, name: 'rpc_seconds_count', value: 10 },
        { ...histogram, name: 'rpc_seconds_sum', value: 2.5 },
      ],
      written: { samples: 0, histograms: 1 },
      refused: { count: 0, reasons: [] },
    });
  });

  it('tells the types of families by name', () => {
    const metadata = [
      { type: 1, metricFamilyName: 'http_requests_total' },
      { type: 3, metricFamilyName: 'rpc_seconds' },
      { type: 0, metricFamilyName: 'nobody_knows' },
      { type: 99, metricFamilyName: 'of_the_future' },
    ];
    const { families, series } = readRemoteWrite1(encodeMessage(WRITE_REQUEST_1, { metadata }));
    expect([...families]).toEqual([
      ['http_requests_total', 'counter'],
      ['rpc_seconds', 'histogram'],
    ]);
    expect(series).toHaveLength(0);
  });

  it.each<[string, number[]]>([
    ['a field cut off', [0x0a, 0x05, 0x0a]],
    ['a length of four gigabytes', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a nested length past its message', [0x0a, 0x02, 0x12, 0x7f]],
    ['a known field of another type', [0x08, 0x01]],
    ['a group', [0x1b, 0x1c]],
    ['field number 0', [0x02, 0x00]],
    ['a tag wider than 32 bits', [0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]],
    ['a time wider than 64 bits', [0x0a, 0x0d, 0x12, 0x0b, 0x10, ...Array<number>(9).fill(0xff), 0x02]],
    ['text', [...Buffer.from('{"timeseries": []}')]],
  ])('with %s is refused whole', (_, bytes) => {
    expect(() => readRemoteWrite1(Buffer.from(bytes))).toThrow(InvalidWireBody);
  });

  it('that is empty holds nothing', () => {
    expect(storedOf(readRemoteWrite1(Buffer.alloc(0))).samples).toEqual([]);
  });

  it.each<[string, Buffer]>([
    [
      'samples',
      Buffer.concat([
        Buffer.from([0x0a, 0x80, 0x88, 0xe8, 0x09]),
        Buffer.alloc(20_579_328, Buffer.from([0x12, 0x00])),
      ]),
    ],
    ['series without samples', Buffer.alloc(20_000_000, Buffer.from([0x0a, 0x00]))],
    ['samples in as many series', Buffer.alloc(20_000_000, Buffer.from([0x0a, 0x02, 0x12, 0x00]))],
  ])('of ten million tiny %s is refused for their number', (_, body) => {
    expect(() => readRemoteWrite1(body)).toThrow(WireBodyTooLarge);
  });

  it('of ten million tiny fields that mean nothing is read to its end', () => {
    expect(readRemoteWrite1(Buffer.alloc(20_000_000, Buffer.from([0x78, 0x01]))).series).toHaveLength(0);
  });

  it('is read as protobufjs reads it, or refused, however it was damaged', () => {
    const bodies = fc
      .sample(fc.array(sentSeries, { minLength: 1, maxLength: 4 }), { numRuns: 200, seed: 7 })
      .map(encodeWriteRequest1);
    let agreed = 0;
    let slowestMs = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const body = damage(bodies[seed % bodies.length], seed);
      const theirs = readByProtobufjs(body);
      const before = process.threadCpuUsage();
      let batch: WireBatch;
      try {
        batch = readRemoteWrite1(body);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        continue;
      } finally {
        slowestMs = Math.max(slowestMs, process.threadCpuUsage(before).user / 1000);
      }
      const isPlain = batch.series.every(({ unit }) => unit === 'sample');
      const refused = storedOf(batch).refused.count;
      if (theirs === null) {
        // Theirs looks into labels at once; ours when it meets the series, which it then refuses.
        expect({ seed, refused: refused > 0 }).toEqual({ seed, refused: true });
        continue;
      }
      if (!isPlain || batch.refused.reasons.some((reason) => reason.includes('histogram'))) continue;
      expect({ seed, series: batch.series.length }).toEqual({ seed, series: theirs.length });
      batch.series.forEach((series, index) => {
        const samples = [...batch.seriesIndex]
          .map((at, i): [number, number, number] => [at, batch.values[i], batch.timesMs[i]])
          .filter(([at]) => at === index)
          .map(([, value, timeMs]) => [value, timeMs]);
        expect({ seed, samples }).toEqual({ seed, samples: theirs[index].samples });
        try {
          const { name, labels } = series.identify();
          const sent = theirs[index].labels.filter(([label, value]) => label !== '__name__' && value !== '');
          expect({ seed, labels }).toEqual({ seed, labels: Object.fromEntries(sent) });
          expect(theirs[index].labels).toContainEqual(['__name__', name]);
          agreed++;
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
        }
      });
    }
    expect(agreed).toBeGreaterThan(200);
    expect(slowestMs).toBeLessThan(250);
  });
});
