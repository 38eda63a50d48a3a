import { logScale } from '../math/log-scale';
import { Forecasts } from './forecasts';
import { STATISTIC_VALUES, VECTORS, WINDOW_RINGS, WINDOW_RINGS_LENGTH, WINDOW_SUMS } from './state-layout';
import { PROTOTYPE_FIRST, SEASONAL_RESIDUAL, VOLATILITY_FIRST } from './statistics';

const VALUES = WINDOW_RINGS;
const RESIDUALS = VALUES + 128;
const STEPS = RESIDUALS + 64;
const SPREADS = STEPS + 64;
const PROPORTIONS = SPREADS + 16;

const SINCE_GAP = WINDOW_SUMS;
const POSITION = WINDOW_SUMS + 1;
const RESIDUAL_4 = WINDOW_SUMS + 2;
const RESIDUAL_16 = WINDOW_SUMS + 3;
const RESIDUAL_48 = WINDOW_SUMS + 4;
const VALUE_16 = WINDOW_SUMS + 5;
const VALUE_NEW_64 = WINDOW_SUMS + 6;
const VALUE_OLD_64 = WINDOW_SUMS + 7;
const STEP_64 = WINDOW_SUMS + 8;
const RESIDUAL_SIZE_16 = WINDOW_SUMS + 9;
const SPREAD_16 = WINDOW_SUMS + 10;
const PROPORTION_4 = WINDOW_SUMS + 11;

const RESUM_EVERY = 128;
/** Points that the shape vectors need. */
const SHAPES_FROM = 64;
const SHAPE_VECTOR = VECTORS;
const PATTERN_VECTOR = VECTORS + 8;
/** Keeps shapes within 32-bit floats, squares included. */
const LARGEST_SHAPE = 1e15;

/** Rings of the latest points with their running sums, and the statistics made of them. */
export class ShortWindows {
  constructor(private readonly f64: Float64Array) {}

  /** Points since the last long gap, the present one included. */
  get sinceGap(): number {
    return this.f64[SINCE_GAP];
  }

  /** After a long gap the latest points say nothing about the present. */
  empty(): void {
    this.f64.fill(0, WINDOW_RINGS, WINDOW_RINGS + WINDOW_RINGS_LENGTH);
    this.f64.fill(0, RESIDUAL_4, PROPORTION_4 + 1);
    this.f64[SINCE_GAP] = 0;
  }

  /**
   * Takes the present point in and writes the statistics of the forecast and volatility views; those that do not exist are NaN.
   * Units   `scale`: the series' typical deviation, 0 while unknown.
   */
  take(x: number, forecasts: Forecasts, scale: number, strict: boolean): void {
    const { f64 } = this;
    const k = ++f64[SINCE_GAP];
    const i = f64[POSITION] & 127;
    const fast = forecasts.fastMean;
    const residual = x - forecasts.seasonal;
    const step = Math.abs(x - forecasts.previous);
    const spread = Math.abs(x - fast);
    const level = scale > 0 ? logScale((2 * x) / scale) : 0;
    const proportion = scale > 0 ? level - logScale((2 * fast) / scale) : 0;

    // Differences first, sums second: a constant series leaves the sums without rounding.
    f64[RESIDUAL_4] += residual - f64[RESIDUALS + ((i - 4) & 63)];
    f64[RESIDUAL_16] += residual - f64[RESIDUALS + ((i - 16) & 63)];
    f64[RESIDUAL_48] += residual - f64[RESIDUALS + ((i - 48) & 63)];
    f64[RESIDUAL_SIZE_16] += Math.abs(residual) - Math.abs(f64[RESIDUALS + ((i - 16) & 63)]);
    f64[VALUE_16] += x - f64[VALUES + ((i - 16) & 127)];
    f64[VALUE_NEW_64] += x - f64[VALUES + ((i - 64) & 127)];
    f64[VALUE_OLD_64] += f64[VALUES + ((i - 64) & 127)] - f64[VALUES + i];
    f64[STEP_64] += step - f64[STEPS + (i & 63)];
    f64[SPREAD_16] += spread - f64[SPREADS + (i & 15)];
    f64[PROPORTION_4] += proportion - f64[PROPORTIONS + (i & 3)];
    f64[VALUES + i] = x;
    f64[RESIDUALS + (i & 63)] = residual;
    f64[STEPS + (i & 63)] = step;
    f64[SPREADS + (i & 15)] = spread;
    f64[PROPORTIONS + (i & 3)] = proportion;
    if (++f64[POSITION] % RESUM_EVERY === 0) this.resum();

    const y = STATISTIC_VALUES;
    f64[y] = x - forecasts.slowMean;
    f64[y + 1] = x - fast;
    f64[y + 2] = strict && k < 4 ? NaN : f64[RESIDUAL_4] / Math.min(k, 4);
    f64[y + 3] = strict && k < 16 ? NaN : f64[RESIDUAL_16] / Math.min(k, 16);
    f64[y + 4] = strict && k < 48 ? NaN : f64[RESIDUAL_48] / Math.min(k, 48);
    f64[y + 5] = strict && k < 16 ? NaN : f64[VALUE_16] / Math.min(k, 16);
    f64[y + 6] = k >= 128 ? (f64[VALUE_NEW_64] - f64[VALUE_OLD_64]) / 64 : strict ? NaN : 0;
    const known = scale > 0;
    f64[y + 7] = known ? proportion : NaN;
    f64[y + 8] = known && !(strict && k < 4) ? f64[PROPORTION_4] / 4 : NaN;
    f64[y + 9] = known ? level - logScale((2 * forecasts.seasonal) / scale) : NaN;
    f64[y + VOLATILITY_FIRST] = k >= 64 ? f64[STEP_64] / 64 : NaN;
    f64[y + VOLATILITY_FIRST + 1] = k >= 16 ? f64[RESIDUAL_SIZE_16] / 16 : NaN;
    f64[y + VOLATILITY_FIRST + 2] = k >= 16 ? f64[SPREAD_16] / 16 : NaN;
    f64[y + PROTOTYPE_FIRST] = f64[y + PROTOTYPE_FIRST + 1] = NaN;
    f64[y + SEASONAL_RESIDUAL] = residual;
  }

  /** Writes the two shape vectors, newest first, and says whether there are enough points for them. */
  drawShapes(scale: number): boolean {
    const { f64 } = this;
    if (!(scale > 0) || f64[SINCE_GAP] < SHAPES_FROM) return false;
    const newest = f64[POSITION] - 1;
    let mean = 0;
    for (let j = 0; j < 8; j++) mean += f64[VALUES + ((newest - j) & 127)];
    mean /= 8;
    for (let j = 0; j < 8; j++) {
      const pair = f64[VALUES + ((newest - 2 * j) & 127)] + f64[VALUES + ((newest - 2 * j - 1) & 127)];
      f64[SHAPE_VECTOR + j] = clampShape(pair / 2 / scale);
      f64[PATTERN_VECTOR + j] = clampShape((f64[VALUES + ((newest - j) & 127)] - mean) / scale);
    }
    return true;
  }

  /** Sums again from the rings, against rounding drift. */
  private resum(): void {
    const { f64 } = this;
    const newest = f64[POSITION] - 1;
    f64.fill(0, RESIDUAL_4, PROPORTION_4 + 1);
    for (let j = 63; j >= 0; j--) {
      const residual = f64[RESIDUALS + ((newest - j) & 63)];
      if (j < 4) f64[RESIDUAL_4] += residual;
      if (j < 16) f64[RESIDUAL_16] += residual;
      if (j < 48) f64[RESIDUAL_48] += residual;
      if (j < 16) f64[RESIDUAL_SIZE_16] += Math.abs(residual);
      if (j < 16) f64[VALUE_16] += f64[VALUES + ((newest - j) & 127)];
      f64[VALUE_NEW_64] += f64[VALUES + ((newest - j) & 127)];
      f64[VALUE_OLD_64] += f64[VALUES + ((newest - j - 64) & 127)];
      f64[STEP_64] += f64[STEPS + ((newest - j) & 63)];
      if (j < 16) f64[SPREAD_16] += f64[SPREADS + ((newest - j) & 15)];
      if (j < 4) f64[PROPORTION_4] += f64[PROPORTIONS + ((newest - j) & 3)];
    }
  }
}

function clampShape(value: number): number {
  return value > LARGEST_SHAPE ? LARGEST_SHAPE : value < -LARGEST_SHAPE ? -LARGEST_SHAPE : value;
}
