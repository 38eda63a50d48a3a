import { compress } from 'snappyjs';

import { encodeWriteRequest1 } from '../../support/wire-protos';

/** How far apart a series' samples are: none is told twice, and a run stays within what receivers take for fresh. */
export const STEP_MS = 1_000;

const METRICS = 50;
/** How `Sample` ends a series in protobuf: a double behind its tag, then six bytes of milliseconds behind theirs. */
const VALUE_FROM_END = 15;
const TIME_FROM_END = 6;
const TIME_BYTES = 6;

/** The series of one sender, always the same ones, as `[first, first + count)` of all that there are. */
export interface SenderSeries {
  readonly first: number;
  readonly count: number;
}

/** A body of one sample of each series at a time. */
export type SampleBody = (timeMs: number) => string | Buffer;

/** The name and labels of a series; about 175 bytes a sample in protobuf, as a small service has them. */
export function seriesLabels(series: number): Readonly<Record<string, string>> {
  return {
    __name__: `http_server_requests_seconds_${series % METRICS}`,
    code: String(200 + (series % 5)),
    instance: `app-${series}.eu-central-1.example.internal:9090`,
    job: 'checkout-service',
    method: ['GET', 'POST', 'PUT'][series % 3],
    region: 'eu-central-1',
  };
}

/** What a series' sample at a time is: some noise around a level of its own. */
export function sampleValue(series: number, timeMs: number): number {
  const step = timeMs / STEP_MS;
  return 100 + (series % 97) + ((Math.imul(series + 1, 2_654_435) ^ Math.imul(step, 40_503)) & 1_023) / 128;
}

/** Remote write 1.0 with snappy. The message is made once; each body has other values and times in it. */
export function remoteWriteBody({ first, count }: SenderSeries): SampleBody {
  const parts = Array.from({ length: count }, (_, i) =>
    encodeWriteRequest1([
      { labels: Object.entries(seriesLabels(first + i)), samples: [{ value: 1, timestamp: Date.now() }] },
    ]),
  );
  const message = Buffer.concat(parts);
  let end = 0;
  const ends = parts.map(({ length }) => (end += length));
  return (timeMs) => {
    const time = varint(timeMs);
    ends.forEach((seriesEnd, i) => {
      message.writeDoubleLE(sampleValue(first + i, timeMs), seriesEnd - VALUE_FROM_END);
      time.copy(message, seriesEnd - TIME_FROM_END);
    });
    return Buffer.from(compress(message));
  };
}

/** Our own JSON of samples. */
export function jsonBody({ first, count }: SenderSeries): SampleBody {
  const starts = Array.from({ length: count }, (_, i) => {
    const { __name__: name, ...labels } = seriesLabels(first + i);
    return `${JSON.stringify({ name, labels }).slice(0, -1)},"value":`;
  });
  return (timeMs) =>
    `{"samples":[${starts.map((start, i) => `${start}${sampleValue(first + i, timeMs)},"timestamp":${timeMs}}`).join(',')}]}`;
}

/** OTLP in JSON as an SDK exports it: a resource, its metrics, and under each its points. */
export function otlpJsonBody({ first, count }: SenderSeries): SampleBody {
  const all = Array.from({ length: count }, (_, i) => first + i);
  const metrics = [...Map.groupBy(all, (series) => seriesLabels(series).__name__)].map(([name, members]) => ({
    name,
    points: members.map((series) => {
      const { code, instance, method, region } = seriesLabels(series);
      const attributes = Object.entries({ code, instance, method, region }).map(([key, value]) => ({
        key,
        value: { stringValue: value },
      }));
      return { series, start: `{"attributes":${JSON.stringify(attributes)},"timeUnixNano":"` };
    }),
  }));
  const resource = JSON.stringify({
    attributes: [{ key: 'service.name', value: { stringValue: seriesLabels(first).job } }],
  });
  return (timeMs) => {
    const texts = metrics.map(({ name, points }) => {
      const dataPoints = points.map(
        ({ series, start }) => `${start}${timeMs}000000","asDouble":${sampleValue(series, timeMs)}}`,
      );
      return `{"name":"${name}","gauge":{"dataPoints":[${dataPoints.join(',')}]}}`;
    });
    return `{"resourceMetrics":[{"resource":${resource},"scopeMetrics":[{"metrics":[${texts.join(',')}]}]}]}`;
  };
}

/** Milliseconds of any time from 1971 to 2109 take these six bytes. */
function varint(timeMs: number): Buffer {
  const bytes = Buffer.alloc(TIME_BYTES);
  let rest = timeMs;
  for (let i = 0; i < TIME_BYTES; i++, rest = Math.floor(rest / 128))
    bytes[i] = (rest % 128) | (i < TIME_BYTES - 1 ? 0x80 : 0);
  return bytes;
}
