import { damage } from '../../../test/support/damage';
import { storedOf } from '../../../test/support/stored-samples';
import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  SentSeries,
  WRITE_REQUEST_2,
} from '../../../test/support/wire-protos';
import { DomainError } from '../../common/errors/domain-error';
import { WireBodyTooLarge } from './protocols.errors';
import { readRemoteWrite1 } from './remote-write-1';
import { readRemoteWrite2 } from './remote-write-2';
import { decodeSnappy } from './snappy';
import type { WireBatch } from './wire-batch';

const TIME_MS = 1_700_000_000_000;
const ONE_SERIES =
  'Q+wiACIIX19uYW1lX18iAnVwIgNqb2IiAWEiBzEgaWYgdXAqIAoEAQIDBBIQCQAAAAAAAPA/EIDQlf+8MSoYBggCGAUgAA==';

const sample = (value: number, timestamp = TIME_MS): { value: number; timestamp: number } => ({
  value,
  timestamp,
});
const series = (labels: Record<string, string>, type?: number): SentSeries => ({
  labels: Object.entries(labels),
  samples: [sample(1)],
  type,
});
const request = (timeseries: object[], symbols = ['', '__name__', 'up', 'job', 'a']): WireBatch =>
  readRemoteWrite2(encodeMessage(WRITE_REQUEST_2, { symbols, timeseries }));

interface TheirRequest {
  readonly symbols: readonly string[];
  readonly timeseries: readonly {
    readonly labelsRefs: readonly number[];
    readonly samples: readonly { readonly value: number; readonly timestamp: unknown }[];
    readonly histograms: readonly unknown[];
  }[];
}

/** Null where it refuses a symbol that is not UTF-8; ours refuses the series that use it, and theirs only. */
function readByProtobufjs(body: Buffer): TheirRequest | null {
  try {
    return WRITE_REQUEST_2.decode(body) as unknown as TheirRequest;
  } catch (error) {
    expect((error as Error).message).toMatch(/utf-8/);
    return null;
  }
}

describe('a remote write 2.0 request', () => {
  it('is read as the known answer says', () => {
    expect(storedOf(readRemoteWrite2(decodeSnappy(Buffer.from(ONE_SERIES, 'base64'))))).toEqual({
      samples: [
        { name: 'up', labels: { job: 'a' }, timeMs: TIME_MS, value: 1, type: 'gauge', behaviour: 'gauge' },
      ],
      written: { samples: 1, histograms: 0 },
      refused: { count: 0, reasons: [] },
    });
  });

  it('gives a series the key that it has in version 1.0, whatever its symbols are numbered', () => {
    const sent = [
      series({ __name__: 'up', job: 'é'.repeat(900), zone: 'b' }),
      series({ __name__: 'up', job: 'b' }),
    ];
    const keysOf = (batch: WireBatch): string[] => batch.series.map(({ key }) => key);
    const keys = keysOf(readRemoteWrite1(encodeWriteRequest1(sent)));
    expect(keysOf(readRemoteWrite2(encodeWriteRequest2(sent)))).toEqual(keys);
    expect(keysOf(readRemoteWrite2(encodeWriteRequest2(sent.toReversed())))).toEqual(keys.toReversed());
  });

  it('may have names in any letters', () => {
    const batch = readRemoteWrite2(encodeWriteRequest2([series({ __name__: 'cpu.load', 'host name': 'ä' })]));
    expect(storedOf(batch).samples).toMatchObject([{ name: 'cpu.load', labels: { 'host name': 'ä' } }]);
  });

  it.each([
    ['http_requests_total', 1, 'counter', 'counter'],
    ['queue_length', 2, 'gauge', 'gauge'],
    ['rpc_seconds_bucket', 3, 'histogram', 'counter'],
    ['rpc_seconds_bucket', 4, 'histogram', 'gauge'],
    ['rpc_seconds', 5, 'summary', 'gauge'],
    ['rpc_seconds_count', 5, 'summary', 'counter'],
    ['build_info', 6, 'info', 'gauge'],
    ['up', 7, 'gauge', 'gauge'],
    ['up', 0, undefined, undefined],
    ['up', 8, undefined, undefined],
  ])('says of %s with type %i that it is a %s and moves as a %s', (name, metricType, type, behaviour) => {
    const [identity] = readRemoteWrite2(encodeWriteRequest2([series({ __name__: name }, metricType)])).series;
    expect(identity.identify()).toEqual({ name, labels: {}, type, behaviour });
  });

  it.each<[string, object, string]>([
    ['an odd number of references', { labelsRefs: [1, 2, 3] }, '3 label references'],
    ['a reference to no symbol', { labelsRefs: [1, 5] }, 'symbol 5'],
    ['129 references', { labelsRefs: Array<number>(129).fill(1) }, '129 label references'],
    ['no name', { labelsRefs: [3, 4] }, 'no metric name'],
    ['no labels', { labelsRefs: [] }, 'no metric name'],
    ['labels out of order', { labelsRefs: [1, 2, 3, 4, 2, 4, 3, 4] }, 'out of order: up before job'],
    ['the same label twice', { labelsRefs: [1, 2, 3, 4, 3, 4] }, 'has the label job twice'],
    ['no samples', { labelsRefs: [1, 2], samples: [] }, 'neither samples nor histograms'],
    [
      'samples and histograms',
      { labelsRefs: [1, 2], histograms: [{ countInt: 0, timestamp: TIME_MS }] },
      'up: has samples and histograms',
    ],
  ])('refuses a series with %s, and keeps the one beside it', (_, wrong, reason) => {
    const samples = [sample(1)];
    const stored = storedOf(
      request([
        { samples, ...wrong },
        { labelsRefs: [1, 2], samples },
      ]),
    );
    expect(stored.samples).toHaveLength(1);
    expect(stored.written.samples).toBe(1);
    expect(stored.refused.reasons[0]).toContain(reason);
  });

  it('refuses a histogram that counts other than its buckets do, and keeps a float and an empty one', () => {
    const labelsRefs = [1, 2];
    const stored = storedOf(
      request([
        { labelsRefs, histograms: [{ countInt: 4, positiveDeltas: [1, 0], timestamp: TIME_MS }] },
        { labelsRefs, histograms: [{ countFloat: 4.5, sum: 2, timestamp: TIME_MS, resetHint: 3 }] },
        { labelsRefs, histograms: [{ countInt: 0, sum: 0, timestamp: TIME_MS }] },
        { labelsRefs, histograms: [{ countInt: 3, sum: NaN, positiveDeltas: [2], timestamp: TIME_MS }] },
      ]),
    );
    expect(stored.written).toEqual({ samples: 0, histograms: 3 });
    expect(stored.samples.map(({ name, value, behaviour }) => [name, value, behaviour])).toEqual([
      ['up_count', 4.5, 'gauge'],
      ['up_sum', 2, 'gauge'],
      ['up_count', 0, 'counter'],
      ['up_sum', 0, 'counter'],
      ['up_count', 3, 'counter'],
      ['up_sum', NaN, 'counter'],
    ]);
    expect(stored.refused).toEqual({
      count: 1,
      reasons: ['up: a histogram is not sound: it counts 4 observations, and its buckets 2'],
    });
  });

  it('ends both series of a native histogram that is stale', () => {
    const body = encodeMessage(WRITE_REQUEST_2, {
      symbols: ['', '__name__', 'up'],
      timeseries: [{ labelsRefs: [1, 2], histograms: [{ sum: 1234.5, timestamp: TIME_MS }] }],
    });
    body.writeBigUInt64LE(0x7ff0000000000002n, body.indexOf(Buffer.from(new Float64Array([1234.5]).buffer)));
    const { values } = readRemoteWrite2(body);
    expect([...new BigUint64Array(values.buffer, 0, 2)]).toEqual([0x7ff0000000000002n, 0x7ff0000000000002n]);
  });

  it('refuses both series of a histogram whose longer name is too long', () => {
    const symbols = ['', '__name__', 'a'.repeat(251)];
    const stored = storedOf(
      request([{ labelsRefs: [1, 2], histograms: [{ countInt: 0, timestamp: TIME_MS }] }], symbols),
    );
    expect(stored.samples).toEqual([]);
    expect(stored.refused.count).toBe(1);
  });

  it('may have its symbols after the series, and fields that we do not know anywhere', () => {
    const unknown = Buffer.from([0x38, 0x01, 0x41, ...Buffer.alloc(8)]);
    const symbols = encodeMessage(WRITE_REQUEST_2, { symbols: ['', '__name__', 'up'] });
    const timeseries = encodeMessage(WRITE_REQUEST_2, {
      timeseries: [{ labelsRefs: [1, 2], samples: [sample(1)] }],
    });
    const stored = storedOf(readRemoteWrite2(Buffer.concat([unknown, timeseries, unknown, symbols])));
    expect(stored.samples).toHaveLength(1);
  });

  it('is refused where short references to long symbols come to more labels than a machine should hold', () => {
    const symbols = ['', '__name__', 'x'.repeat(2048)];
    const labelsRefs = [1, 2, ...Array<number>(60).fill(2)];
    const samples = [sample(1)];
    expect(() =>
      request(
        Array.from({ length: 2_000 }, () => ({ labelsRefs, samples })),
        symbols,
      ),
    ).toThrow(WireBodyTooLarge);
    expect(() => readRemoteWrite2(Buffer.alloc(2_000_000, Buffer.from([0x22, 0x00])))).toThrow(
      WireBodyTooLarge,
    );
  });

  it('is read as protobufjs reads it, or refused, however it was damaged', () => {
    const bodies = Array.from({ length: 50 }, (_, i) =>
      encodeWriteRequest2([
        series({ __name__: `m${i}`, job: `j${i % 7}`, zone: 'eu' }, i % 8),
        { ...series({ __name__: 'up', job: 'ä' }), samples: [sample(i), sample(-0.5, TIME_MS + i)] },
      ]),
    );
    let agreed = 0;
    for (let seed = 1; seed <= 2000; seed++) {
      const body = damage(bodies[seed % bodies.length], seed);
      let batch: WireBatch;
      try {
        batch = readRemoteWrite2(body);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
        continue;
      }
      const theirs = readByProtobufjs(body);
      if (theirs === null) continue;
      const stored = storedOf(batch);
      const labelsOf = (refs: readonly number[]): string[] =>
        refs.length % 2 === 0 ? refs.map((ref) => theirs.symbols[ref]) : [];
      const sent = theirs.timeseries
        .filter(({ histograms }) => histograms.length === 0)
        .flatMap(({ labelsRefs, samples }) =>
          samples.map(({ value, timestamp }) =>
            JSON.stringify([labelsOf(labelsRefs).filter((_, i) => i > 1), Number(String(timestamp)), value]),
          ),
        );
      for (const { labels, timeMs, value, type } of stored.samples) {
        if (type === 'histogram' && batch.series.some(({ unit }) => unit !== 'sample')) continue;
        const flat = Object.entries(labels).flat();
        expect({ seed, sent }).toEqual({
          seed,
          sent: expect.arrayContaining([JSON.stringify([flat, timeMs, value])]),
        });
        agreed++;
      }
    }
    expect(agreed).toBeGreaterThan(200);
  });
});
