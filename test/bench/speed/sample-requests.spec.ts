import { readOtlpMetricsJson } from '../../../src/telemetry/protocols/otlp-metrics-json';
import { readRemoteWrite1 } from '../../../src/telemetry/protocols/remote-write-1';
import { decodeSnappy } from '../../../src/telemetry/protocols/snappy';
import { WireBatch } from '../../../src/telemetry/protocols/wire-batch';
import {
  jsonBody,
  otlpJsonBody,
  remoteWriteBody,
  sampleValue,
  seriesLabels,
  STEP_MS,
} from './sample-requests';

const SERIES = { first: 40, count: 3 };
const TIMES = [1_790_000_000_000, 1_790_000_000_000 + STEP_MS];

/** [name, instance, time, value] of each sample. */
const expected = (timeMs: number) =>
  [40, 41, 42].map((series) => {
    const { __name__: name, instance } = seriesLabels(series);
    return [name, instance, timeMs, sampleValue(series, timeMs)];
  });

function samplesOf({ series, seriesIndex, timesMs, values }: WireBatch) {
  return Array.from(seriesIndex, (index, i) => {
    const { name, labels } = series[index].identify();
    return [name, labels.instance, timesMs[i], values[i]];
  });
}

describe('the samples that the bench sends', () => {
  it.each(TIMES)('are the same in every protocol (%d)', (timeMs) => {
    const remoteWrite = remoteWriteBody(SERIES);
    // Each body is made in the place of the one before it.
    remoteWrite(TIMES[0]);
    expect(samplesOf(readRemoteWrite1(decodeSnappy(remoteWrite(timeMs) as Buffer)))).toEqual(
      expected(timeMs),
    );
    expect(samplesOf(readOtlpMetricsJson(JSON.parse(otlpJsonBody(SERIES)(timeMs) as string)))).toEqual(
      expected(timeMs),
    );
    const { samples } = JSON.parse(jsonBody(SERIES)(timeMs) as string) as {
      samples: { name: string; labels: Record<string, string>; value: number; timestamp: number }[];
    };
    expect(
      samples.map(({ name, labels, value, timestamp }) => [name, labels.instance, timestamp, value]),
    ).toEqual(expected(timeMs));
  });

  it('differ from one time to the next', () => {
    expect(expected(TIMES[0])).not.toEqual(expected(TIMES[1]));
  });
});
