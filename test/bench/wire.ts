import { compress } from 'snappyjs';

import { ANY_TIME } from '../../src/telemetry/metrics/live-window';
import { readOtlpMetrics } from '../../src/telemetry/protocols/otlp-metrics';
import { readOtlpMetricsJson } from '../../src/telemetry/protocols/otlp-metrics-json';
import { acceptedSamples, recogniseSeries } from '../../src/telemetry/protocols/recognition';
import { readRemoteWrite1 } from '../../src/telemetry/protocols/remote-write-1';
import { readRemoteWrite2 } from '../../src/telemetry/protocols/remote-write-2';
import { decodeSnappy } from '../../src/telemetry/protocols/snappy';
import type { WireBatch } from '../../src/telemetry/protocols/wire-batch';
import {
  encodeMessage,
  encodeWriteRequest1,
  encodeWriteRequest2,
  EXPORT_METRICS,
  SentSeries,
  WRITE_REQUEST_1,
} from '../support/wire-protos';

/**
 * `npm run bench:wire`: microseconds of the thread's processor time a sample, from a decompressed body to ids and columns, every series known already;
 * ours and protobufjs' generated decoder with a text key a series, turn by turn in one process.
 */
const ROUNDS = 7;
const SAMPLES_A_TURN = 50_000;
const SIZES = [1_000, 10_000];

/** One sample a series, six labels, about 175 bytes a sample. */
function seriesOf(count: number): SentSeries[] {
  return Array.from({ length: count }, (_, i) => ({
    labels: [
      ['__name__', `http_server_requests_seconds_${i % 50}`],
      ['code', String(200 + (i % 5))],
      ['instance', `app-${i}.eu-central-1.example.internal:9090`],
      ['job', 'checkout-service'],
      ['method', ['GET', 'POST', 'PUT'][i % 3]],
      ['region', 'eu-central-1'],
    ],
    samples: [{ value: i + 0.5, timestamp: 1_700_000_000_000 + i }],
    type: 2,
  }));
}

interface Way {
  readonly name: string;
  readonly run: () => number;
}

function ours(name: string, read: () => WireBatch): Way {
  const ids = new Map<string, number>();
  for (const { key } of read().series) ids.set(key, ids.size + 1);
  return {
    name,
    run: () => {
      const batch = read();
      return acceptedSamples(
        batch,
        recogniseSeries(batch, (key) => ids.get(key)),
        ANY_TIME,
      ).samples;
    },
  };
}

interface DecodedRequest {
  readonly timeseries: readonly {
    readonly labels: readonly { readonly name: string; readonly value: string }[];
    readonly samples: readonly {
      readonly value: number;
      readonly timestamp: { toNumber(): number } | number;
    }[];
  }[];
}

function theirs(name: string, body: Buffer): Way {
  const ids = new Map<string, number>();
  const run = (): number => {
    const { timeseries } = WRITE_REQUEST_1.decode(body) as unknown as DecodedRequest;
    const columns = { ids: [] as number[], times: [] as number[], values: [] as number[] };
    for (const { labels, samples } of timeseries) {
      let key = '';
      for (const { name: label, value } of labels) key += `${label}\xff${value}\xff`;
      let id = ids.get(key);
      if (id === undefined) ids.set(key, (id = ids.size + 1));
      for (const { timestamp, value } of samples) {
        columns.ids.push(id);
        columns.times.push(Number(timestamp));
        columns.values.push(value);
      }
    }
    return columns.values.length;
  };
  run();
  return { name, run };
}

function otlpMessage(series: readonly SentSeries[]): object {
  const attribute = ([key, value]: readonly [string, string]): object => ({
    key,
    value: { stringValue: value },
  });
  return {
    resourceMetrics: [
      {
        resource: { attributes: [attribute(['service.name', 'checkout-service'])] },
        scopeMetrics: [
          {
            metrics: series.map(({ labels, samples: [{ value, timestamp }] }) => ({
              name: labels[0][1],
              gauge: {
                dataPoints: [
                  {
                    timeUnixNano: `${timestamp}000000`,
                    asDouble: value,
                    attributes: labels.slice(1).map(attribute),
                  },
                ],
              },
            })),
          },
        ],
      },
    ],
  };
}

function waysFor(size: number): Way[] {
  const series = seriesOf(size);
  const body1 = encodeWriteRequest1(series);
  const body2 = encodeWriteRequest2(series);
  const otlp = otlpMessage(series);
  const otlpBody = encodeMessage(EXPORT_METRICS, otlp);
  const otlpText = JSON.stringify(otlp);
  const snappy = Buffer.from(compress(body1));
  return [
    theirs('protobufjs decode + text key', body1),
    ours('remote write 1.0', () => readRemoteWrite1(body1)),
    ours('remote write 2.0', () => readRemoteWrite2(body2)),
    ours('OTLP protobuf', () => readOtlpMetrics(otlpBody)),
    ours('OTLP JSON, JSON.parse included', () => readOtlpMetricsJson(JSON.parse(otlpText))),
    { name: 'JSON.parse of it alone', run: () => (JSON.parse(otlpText) === null ? 0 : size) },
    { name: 'snappy alone', run: () => (decodeSnappy(snappy).length === body1.length ? size : 0) },
  ];
}

function microseconds(way: Way, size: number): number {
  const turns = SAMPLES_A_TURN / size;
  const before = process.threadCpuUsage();
  for (let turn = 0; turn < turns; turn++)
    if (way.run() !== size) throw new Error(`${way.name} lost samples`);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / SAMPLES_A_TURN;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const size of SIZES) {
  const ways = waysFor(size);
  const times = ways.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++)
    ways.forEach((way, i) => {
      const time = microseconds(way, size);
      if (round >= 0) times[i].push(time);
    });
  process.stdout.write(`${size} samples a request, median of ${ROUNDS} rounds\n`);
  ways.forEach(({ name }, i) => {
    const ratio = median(times[i].map((time, round) => times[0][round] / time));
    process.stdout.write(
      `  ${name.padEnd(32)} ${median(times[i]).toFixed(2).padStart(6)} us a sample   ${ratio.toFixed(1).padStart(5)}x protobufjs\n`,
    );
  });
}
