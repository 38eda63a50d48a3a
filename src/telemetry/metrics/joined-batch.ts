import type { SampleBatch } from './batch-codec';

/**
 * Several batches as one, in order; NaN payloads (the stale marker) stay as they are where the columns are Float64Arrays.
 * @example joinBatches([first, second]).values.length // first.values.length + second.values.length
 */
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
