import { SeriesSamples } from './chunk-codec';
import { BucketGrid } from './downsample';

/** What a counter gained in [startMs, startMs + step), and over how much time that was seen. */
export interface CounterStep {
  readonly startMs: number;
  readonly increase: number;
  /** Time between the samples that the increase was seen between; the rate is increase / elapsed. */
  readonly elapsedMs: number;
}

/** Prometheus' marker that a series has ended (or its target went away): a NaN of its own. */
const STALE_HIGH = 0x7ff00000;
const STALE_LOW = 2;

/**
 * A counter's growth a step, from each sample to the next.
 * Shape   samples oldest first; those before `fromMs` only serve as what the first step grew from. Returns the steps that a pair of
 *         samples ends in, oldest first.
 * Steps   A pair counts whole in the step of its later sample, so the increases of all steps sum up to the whole increase. Nothing
 *         is extrapolated to the borders of a step, as Prometheus' rate() does: what was counted stands there, no guess.
 * Reset   A value that falls means that the counter began again at zero, as in Prometheus: it gained the new value. Never negative.
 * Gaps    A stale marker ends a run: what comes after it grew from nothing that is known. Other NaN and infinities are passed over.
 * Units   Milliseconds; the increase keeps the counter's unit.
 * Throws  RangeError when stepMs is not positive.
 * @example counterIncreases({ timesMs: Float64Array.of(0, 5, 10), values: Float64Array.of(7, 9, 1) }, { fromMs: 0, toMs: 20, stepMs: 10 })
 *          // [{ startMs: 0, increase: 2, elapsedMs: 5 }, { startMs: 10, increase: 1, elapsedMs: 5 }]
 */
export function counterIncreases(
  { timesMs, values }: SeriesSamples,
  { fromMs, toMs, stepMs }: BucketGrid,
): CounterStep[] {
  if (!(stepMs > 0)) throw new RangeError(`a step must be positive, not ${stepMs} ms`);
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * values.length);
  const steps: CounterStep[] = [];
  let open: { -readonly [K in keyof CounterStep]: CounterStep[K] } | null = null;
  let earlier = -1;
  for (let i = 0; i < timesMs.length && timesMs[i] < toMs; i++) {
    if (words[2 * i] === STALE_LOW && words[2 * i + 1] === STALE_HIGH) earlier = -1;
    if (!Number.isFinite(values[i])) continue;
    if (earlier >= 0 && timesMs[i] >= fromMs) {
      const startMs = fromMs + Math.floor((timesMs[i] - fromMs) / stepMs) * stepMs;
      if (open === null || open.startMs !== startMs) {
        open = { startMs, increase: 0, elapsedMs: 0 };
        steps.push(open);
      }
      open.increase += increaseBetween(values[earlier], values[i]);
      open.elapsedMs += timesMs[i] - timesMs[earlier];
    }
    earlier = i;
  }
  return steps;
}

function increaseBetween(earlier: number, later: number): number {
  return Math.max(0, later >= earlier ? later - earlier : later);
}
