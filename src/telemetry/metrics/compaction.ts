import { SampleBatch } from './batch-codec';
import { MAX_CHUNK_SAMPLES, SeriesSamples } from './chunk-codec';
import { mergeSamples } from './downsample';

const DAY_MS = 86_400_000;

/**
 * The samples of several batches by series, oldest first; of two at the same time the later batch's.
 * Shape   batches in commit order; `wanted` leaves out every other series. Returns one list a series.
 * Exact   Values keep every bit, NaN payloads (the stale marker) included, where the batches hold them as Float64Arrays.
 */
export function groupBySeries(
  batches: readonly SampleBatch[],
  wanted?: ReadonlySet<number>,
): Map<number, SeriesSamples> {
  const columns = new Map([...countBySeries(batches, wanted)].map(([id, count]) => [id, emptyColumn(count)]));
  for (const { seriesIds, timesMs, values } of batches) {
    const bits = bitsOf(values instanceof Float64Array ? values : Float64Array.from(values));
    for (let i = 0; i < seriesIds.length; i += 1) {
      const column = columns.get(seriesIds[i]);
      if (column === undefined) continue;
      const { filled } = column;
      column.timesMs[filled] = timesMs[i];
      column.bits[2 * filled] = bits[2 * i];
      column.bits[2 * filled + 1] = bits[2 * i + 1];
      column.filled += 1;
    }
  }
  return new Map([...columns].map(([id, column]) => [id, mergeSamples([column])]));
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

function countBySeries(
  batches: readonly SampleBatch[],
  wanted: ReadonlySet<number> | undefined,
): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { seriesIds } of batches) {
    for (let i = 0; i < seriesIds.length; i += 1) {
      const id = seriesIds[i];
      if (wanted === undefined || wanted.has(id)) counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function emptyColumn(count: number): SeriesSamples & { readonly bits: Uint32Array; filled: number } {
  const values = new Float64Array(count);
  return { timesMs: new Float64Array(count), values, bits: bitsOf(values), filled: 0 };
}

/** Halves of 32 bits: an engine may rewrite a NaN's payload where it copies numbers, and V8 does in a plain array. */
function bitsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
}
