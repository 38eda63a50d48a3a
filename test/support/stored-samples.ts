import { ANY_TIME } from '../../src/telemetry/metrics/live-window';
import { acceptedSamples, recogniseSeries } from '../../src/telemetry/protocols/recognition';
import type { WireBatch, WireIdentity } from '../../src/telemetry/protocols/wire-batch';

export interface StoredSample extends WireIdentity {
  readonly timeMs: number;
  readonly value: number;
}

export interface Stored {
  readonly samples: readonly StoredSample[];
  readonly written: { readonly samples: number; readonly histograms: number };
  readonly refused: { readonly count: number; readonly reasons: readonly string[] };
}

/** What a receiver that has met no series would store of a batch. */
export function storedOf(batch: WireBatch): Stored {
  const recognition = recogniseSeries(batch, () => undefined);
  const identities = new Map<number, WireIdentity>();
  for (const { index, identity } of recognition.newcomers) {
    recognition.ids[index] = index + 1;
    identities.set(index + 1, identity);
  }
  const { seriesIds, timesMs, values, samples, histograms, refused } = acceptedSamples(
    batch,
    recognition,
    ANY_TIME,
  );
  return {
    samples: Array.from(seriesIds, (id, i) => ({
      ...identities.get(id)!,
      timeMs: timesMs[i],
      value: values[i],
    })),
    written: { samples, histograms },
    refused: { count: refused.count, reasons: refused.reasons },
  };
}
