import { StoredBatch } from '../telemetry.types';
import { MAX_CHUNK_SAMPLES, SeriesSamples } from './chunk-codec';
import { mergeSamples } from './downsample';

const DAY_MS = 86_400_000;

/**
 * The samples of several batches by series, oldest first; of two at the same time the later batch's.
 * Shape   batches in commit order. Returns one list a series.
 */
export function groupBySeries(batches: readonly StoredBatch[]): Map<number, SeriesSamples> {
  const places = new Map<number, { times: number[]; values: number[] }>();
  for (const { seriesIds, timesMs, values } of batches) {
    for (let i = 0; i < seriesIds.length; i += 1) {
      let list = places.get(seriesIds[i]);
      if (list === undefined) places.set(seriesIds[i], (list = { times: [], values: [] }));
      list.times.push(timesMs[i]);
      list.values.push(values[i]);
    }
  }
  const lists = [...places].map(([id, { times, values }]): [number, SeriesSamples] => [
    id,
    mergeSamples([{ timesMs: Float64Array.from(times), values: Float64Array.from(values) }]),
  ]);
  return new Map(lists);
}

/**
 * Cuts a series' samples into chunks: at most 120 samples each, and never across midnight UTC, so that a day's chunks can go with its partition.
 * Shape   samples oldest first. Returns views on the same numbers.
 */
export function cutChunks({ timesMs, values }: SeriesSamples): SeriesSamples[] {
  const chunks: SeriesSamples[] = [];
  for (let start = 0; start < timesMs.length;) {
    const day = dayOf(timesMs[start]);
    let end = start;
    while (end < timesMs.length && end - start < MAX_CHUNK_SAMPLES && dayOf(timesMs[end]) === day) end += 1;
    chunks.push({ timesMs: timesMs.subarray(start, end), values: values.subarray(start, end) });
    start = end;
  }
  return chunks;
}

/** The start of the UTC day of an instant, in milliseconds. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}
