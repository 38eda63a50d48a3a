import { DomainError } from '../../common/errors/domain-error';
import { LiveWindow, windowBreach } from '../metrics/live-window';
import { RefusalList, Refusals, WireBatch, WireIdentity } from './wire-batch';

/** Which series of a batch a receiver knows, which are new to it, and which it must not store. */
export interface Recognition {
  /** By place in the batch's series: the id of a known one, else 0. The receiver writes the newcomers' ids here. */
  readonly ids: Float64Array;
  readonly newcomers: readonly Newcomer[];
  /** Why series were refused, ten at most. */
  readonly reasons: readonly string[];
}

export interface Newcomer {
  /** Its place in the batch's series. */
  readonly index: number;
  readonly key: string;
  readonly identity: WireIdentity;
}

/**
 * Looks each series up by its key, and reads the labels of those that are not known.
 * @example recogniseSeries(readRemoteWrite1(body), (key) => ids.get(key)).newcomers[0].identity.name // 'up'
 */
export function recogniseSeries(batch: WireBatch, idOf: (key: string) => number | undefined): Recognition {
  const ids = new Float64Array(batch.series.length);
  const newcomers: Newcomer[] = [];
  const refusals = new RefusalList();
  batch.series.forEach((series, index) => {
    const id = idOf(series.key);
    if (id !== undefined) {
      ids[index] = id;
      return;
    }
    try {
      newcomers.push({ index, key: series.key, identity: series.identify() });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      refusals.add(error.message);
    }
  });
  return { ids, newcomers, reasons: refusals.reasons };
}

/** The columns to store, and the sender's account of them. */
export interface AcceptedSamples {
  readonly seriesIds: Float64Array;
  readonly timesMs: Float64Array;
  /** Bit for bit as sent. */
  readonly values: Float64Array;
  /** What of it are samples in the sender's books (in OTLP, data points that are no histograms). */
  readonly samples: number;
  readonly histograms: number;
  /** Samples, histograms or data points left out, by the reader or for their series. */
  readonly refused: Refusals;
}

/**
 * The samples within the window of the series that have an id, once the newcomers have theirs.
 * @example acceptedSamples(batch, recogniseSeries(batch, () => 7), liveWindow(nowMs)).samples // 10
 */
export function acceptedSamples(
  batch: WireBatch,
  { ids, reasons }: Recognition,
  window: LiveWindow,
): AcceptedSamples {
  const { series, seriesIndex } = batch;
  const total = seriesIndex.length;
  const seriesIds = new Float64Array(total);
  const timesMs = new Float64Array(total);
  const values = new Float64Array(total);
  // As bits: element by element an engine may rewrite NaN payloads, and with them the stale marker.
  const from = new Uint32Array(batch.values.buffer, batch.values.byteOffset, total * 2);
  const to = new Uint32Array(values.buffer);
  let kept = 0;
  let samples = 0;
  let histograms = 0;
  const untimely = new RefusalList();
  let refused = batch.refused.count;
  for (let i = 0; i < total; i++) {
    const index = seriesIndex[i];
    const { unit } = series[index];
    if (ids[index] === 0) {
      if (unit !== 'part') refused++;
      continue;
    }
    const breach = windowBreach(batch.timesMs[i], window);
    if (breach !== null) {
      if (unit !== 'part') untimely.add(breach);
      continue;
    }
    if (unit === 'sample') samples++;
    else if (unit === 'histogram') histograms++;
    seriesIds[kept] = ids[index];
    timesMs[kept] = batch.timesMs[i];
    to[2 * kept] = from[2 * i];
    to[2 * kept + 1] = from[2 * i + 1];
    kept++;
  }
  return {
    seriesIds: seriesIds.subarray(0, kept),
    timesMs: timesMs.subarray(0, kept),
    values: values.subarray(0, kept),
    samples,
    histograms,
    refused: {
      count: refused + untimely.count,
      reasons: [...new Set([...batch.refused.reasons, ...reasons, ...untimely.reasons])].slice(0, 10),
    },
  };
}
