import { CalibratorBank } from './calibrator';
import { Forecasts } from './forecasts';
import { BAND } from './state-layout';
import { FAST_MEAN_DEVIATION, SEASONAL_RESIDUAL, SLOW_MEAN_DEVIATION } from './statistics';

/** One ordinary value in a thousand falls outside, half of them on either side. */
const TAIL = 0.0005;
const REFRESH_EVERY = 16;

const SEASONAL_LOW = BAND;
const SEASONAL_HIGH = BAND + 1;
const FAST_LOW = BAND + 2;
const FAST_HIGH = BAND + 3;
const USUAL_LOW = BAND + 4;
const USUAL_HIGH = BAND + 5;
const AGE = BAND + 6;

/** The range in which the next value is expected: the better of two forecasts with the quantiles of its own past errors. */
export class Band {
  constructor(
    private readonly f64: Float64Array,
    private readonly forecasts: Forecasts,
    private readonly calibrators: CalibratorBank,
  ) {}

  clear(): void {
    this.f64.fill(NaN, SEASONAL_LOW, USUAL_HIGH + 1);
  }

  get expected(): number {
    return this.forecasts.seasonalIsBetter ? this.forecasts.seasonal : this.forecasts.fastMean;
  }

  get lower(): number {
    return this.expected + this.f64[this.forecasts.seasonalIsBetter ? SEASONAL_LOW : FAST_LOW];
  }

  get upper(): number {
    return this.expected + this.f64[this.forecasts.seasonalIsBetter ? SEASONAL_HIGH : FAST_HIGH];
  }

  /** Where the series has been of late: the slow mean with the quantiles of the distance from it. Wider than the band, and slower. */
  get usualLower(): number {
    return this.forecasts.slowMean + this.f64[USUAL_LOW];
  }

  get usualUpper(): number {
    return this.forecasts.slowMean + this.f64[USUAL_HIGH];
  }

  /** Called once per learnt point; the quantiles move slowly, so every sixteenth is enough. */
  age(): void {
    const { f64 } = this;
    if (f64[AGE]++ % REFRESH_EVERY !== 0 && f64[SEASONAL_LOW] === f64[SEASONAL_LOW]) return;
    f64[SEASONAL_LOW] = this.calibrators.quantile(SEASONAL_RESIDUAL, TAIL);
    f64[SEASONAL_HIGH] = this.calibrators.quantile(SEASONAL_RESIDUAL, 1 - TAIL);
    f64[USUAL_LOW] = this.calibrators.quantile(SLOW_MEAN_DEVIATION, TAIL);
    f64[USUAL_HIGH] = this.calibrators.quantile(SLOW_MEAN_DEVIATION, 1 - TAIL);
    f64[FAST_LOW] = this.calibrators.quantile(FAST_MEAN_DEVIATION, TAIL);
    f64[FAST_HIGH] = this.calibrators.quantile(FAST_MEAN_DEVIATION, 1 - TAIL);
  }
}
