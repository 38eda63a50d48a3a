import { logScale } from '../math/log-scale';
import { PAST_SURPRISES, PAST_SURPRISES_LENGTH } from './state-layout';

/** Fine near ordinary surprises, coarse far out: 64 bins reach beyond 100 decades. */
const BINS_PER_UNIT = 10;
/** Beyond this many points all counts are halved, so that the history follows the series. */
const LARGEST_COUNT = 10_000;

/** How surprising this series' points usually are: a small histogram that ranks a new surprise. */
export class SurpriseHistory {
  constructor(private readonly f32: Float32Array) {}

  /** Share of past points at least as surprising, the present one counted in; then learns it. */
  rankAndLearn(surprise: number): number {
    const bin = Math.min(PAST_SURPRISES_LENGTH - 1, Math.floor(logScale(2 * surprise) * BINS_PER_UNIT));
    let atLeast = 0;
    let total = 0;
    for (let i = 0; i < PAST_SURPRISES_LENGTH; i++) {
      const count = this.f32[PAST_SURPRISES + i];
      total += count;
      if (i >= bin) atLeast += count;
    }
    this.f32[PAST_SURPRISES + bin] += 1;
    if (total >= LARGEST_COUNT) {
      for (let i = 0; i < PAST_SURPRISES_LENGTH; i++) this.f32[PAST_SURPRISES + i] /= 2;
    }
    return (atLeast + 1) / (total + 1);
  }
}
