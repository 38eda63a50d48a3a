import type { SampleBatch } from './batch-codec';

/** Samples as columns whose values keep their bits. */
export interface SampleColumns extends SampleBatch {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** Several batches as one, in order; NaN payloads (the stale marker) stay as they are where the columns are Float64Arrays. */
export function joinBatches(batches: readonly SampleBatch[]): SampleBatch {
  if (batches.length === 1) return batches[0];
  const count = batches.reduce((sum, { values }) => sum + values.length, 0);
  const joined = {
    seriesIds: new Float64Array(count),
    timesMs: new Float64Array(count),
    values: new Float64Array(count),
  };
  let at = 0;
  for (const { seriesIds, timesMs, values } of batches) {
    joined.seriesIds.set(seriesIds, at);
    joined.timesMs.set(timesMs, at);
    joined.values.set(values, at);
    at += values.length;
  }
  return joined;
}

/**
 * The samples that are kept, in order and bit for bit; the same columns where all are.
 * @example keepSamples(columns, (i) => columns.timesMs[i] > 0)
 */
export function keepSamples(columns: SampleColumns, isKept: (index: number) => boolean): SampleColumns {
  const { seriesIds, timesMs, values } = columns;
  const kept: number[] = [];
  for (let i = 0; i < values.length; i += 1) if (isKept(i)) kept.push(i);
  if (kept.length === values.length) return columns;
  // As integers: an engine may rewrite NaN payloads where it copies numbers.
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length);
  return {
    seriesIds: kept.map((index) => seriesIds[index]),
    timesMs: Float64Array.from(kept, (index) => timesMs[index]),
    values: new Float64Array(BigUint64Array.from(kept, (index) => bits[index]).buffer),
  };
}
