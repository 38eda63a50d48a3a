import { SeriesSamples } from './chunk-codec';

/**
 * The samples that keep the shape of a plot: largest-triangle-three-buckets. Peaks survive that a mean would flatten.
 * Shape   samples oldest first. Returns at most `points` of them as they are, the first and the last among them; all where there are
 *         no more than that.
 * Gaps    NaN (also the stale marker) and infinities are left out.
 * Throws  RangeError when points is not an integer of 2 or more.
 * Source  Steinarsson 2013, Downsampling Time Series for Visual Representation (University of Iceland), section 4.2.
 * @example largestTriangle(samples, 1_000) // as many points as a screen has columns
 */
export function largestTriangle(samples: SeriesSamples, points: number): SeriesSamples {
  if (!Number.isInteger(points) || points < 2)
    throw new RangeError(`a plot has 2 points or more, not ${points}`);
  const { timesMs, values } = finiteOnly(samples);
  const count = timesMs.length;
  if (count <= points) return { timesMs, values };
  const places = new Uint32Array(points);
  // Between the first and the last, which stand alone, lie the buckets, of which each gives one sample.
  const bucketSize = (count - 2) / (points - 2);
  const startOf = (bucket: number) => 1 + Math.floor(bucket * bucketSize);
  for (let bucket = 0, taken = 0; bucket < points - 2; bucket++) {
    const end = startOf(bucket + 1);
    const next = centre(timesMs, values, end, bucket === points - 3 ? count : startOf(bucket + 2));
    let best = startOf(bucket);
    let bestArea = -1;
    for (let i = best; i < end; i++) {
      const area = Math.abs(
        (timesMs[taken] - next.timeMs) * (values[i] - values[taken]) -
          (timesMs[taken] - timesMs[i]) * (next.value - values[taken]),
      );
      if (area > bestArea) {
        best = i;
        bestArea = area;
      }
    }
    places[bucket + 1] = taken = best;
  }
  places[points - 1] = count - 1;
  return pick({ timesMs, values }, places);
}

function centre(
  timesMs: Float64Array,
  values: Float64Array,
  start: number,
  end: number,
): { timeMs: number; value: number } {
  let timeMs = 0;
  let value = 0;
  for (let i = start; i < end; i++) {
    timeMs += timesMs[i] / (end - start);
    value += values[i] / (end - start);
  }
  return { timeMs, value };
}

function finiteOnly(samples: SeriesSamples): SeriesSamples {
  const places: number[] = [];
  for (let i = 0; i < samples.values.length; i++) if (Number.isFinite(samples.values[i])) places.push(i);
  return places.length === samples.values.length ? samples : pick(samples, places);
}

function pick({ timesMs, values }: SeriesSamples, places: ArrayLike<number>): SeriesSamples {
  return {
    timesMs: Float64Array.from(places, (i) => timesMs[i]),
    values: Float64Array.from(places, (i) => values[i]),
  };
}
