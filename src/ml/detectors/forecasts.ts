import { DAY_BUCKETS, FORECASTS, WEEK_BUCKETS } from './state-layout';

const HOUR_MS = 3_600_000;
const DAY_HOURS = 24;
const WEEK_HOURS = 168;
const SLOW_RATE = 0.01;
const FAST_RATE = 0.1;
const SEASON_RATE = 0.02;
const ERROR_RATE = 0.02;
/** A bucket forecasts from its third value on. */
const BUCKET_MINIMUM = 3;

const SLOW = FORECASTS;
const FAST = FORECASTS + 1;
const PREVIOUS = FORECASTS + 2;
const SEASONAL = FORECASTS + 3;
const DAY_ERROR = FORECASTS + 4;
const WEEK_ERROR = FORECASTS + 5;
const SEASONAL_ERROR = FORECASTS + 6;
const FAST_ERROR = FORECASTS + 7;
/** Buckets of the present point, and whether they forecast it. */
const DAY_BUCKET = FORECASTS + 8;
const WEEK_BUCKET = FORECASTS + 9;
const DAY_USABLE = FORECASTS + 10;
const WEEK_USABLE = FORECASTS + 11;
const LEARNT = FORECASTS + 12;

/**
 * What the series should show next, by four simple means: a slow and a fast running mean, a profile over the UTC day and one over
 * the UTC week. The profiles are weighed by their past errors into one seasonal forecast.
 * An error of -1 does not exist yet.
 */
export class Forecasts {
  constructor(private readonly f64: Float64Array) {}

  clear(): void {
    this.f64[DAY_ERROR] = this.f64[WEEK_ERROR] = this.f64[SEASONAL_ERROR] = this.f64[FAST_ERROR] = -1;
  }

  get slowMean(): number {
    return this.f64[SLOW];
  }

  get fastMean(): number {
    return this.f64[FAST];
  }

  get previous(): number {
    return this.f64[PREVIOUS];
  }

  /** The seasonal forecast; without a usable profile, the previous value. */
  get seasonal(): number {
    return this.f64[SEASONAL];
  }

  /** Whether the seasonal forecast has erred less than the fast mean of late. */
  get seasonalIsBetter(): boolean {
    return this.f64[SEASONAL_ERROR] < this.f64[FAST_ERROR];
  }

  /** Forecasts the point at that time, before its value is known. */
  predict(timeMs: number): void {
    const { f64 } = this;
    const hour = Math.floor(timeMs / HOUR_MS);
    const day = DAY_BUCKETS + 2 * positiveModulo(hour, DAY_HOURS);
    const week = WEEK_BUCKETS + 2 * positiveModulo(hour, WEEK_HOURS);
    f64[DAY_BUCKET] = day;
    f64[WEEK_BUCKET] = week;
    f64[DAY_USABLE] = f64[day + 1] >= BUCKET_MINIMUM ? 1 : 0;
    f64[WEEK_USABLE] = f64[week + 1] >= BUCKET_MINIMUM ? 1 : 0;
    const byDay = f64[DAY_USABLE] === 1 && f64[DAY_ERROR] >= 0;
    const byWeek = f64[WEEK_USABLE] === 1 && f64[WEEK_ERROR] >= 0;
    if (byDay && byWeek) {
      f64[SEASONAL] = weighByError(f64[day], f64[DAY_ERROR] + 1e-9, f64[week], f64[WEEK_ERROR] + 1e-9);
    } else if (byDay) {
      f64[SEASONAL] = f64[day];
    } else if (byWeek) {
      f64[SEASONAL] = f64[week];
    } else {
      f64[SEASONAL] = f64[PREVIOUS];
    }
  }

  /** At the very first point every forecast is that point. */
  begin(x: number): void {
    const { f64 } = this;
    f64[SLOW] = f64[FAST] = f64[PREVIOUS] = f64[SEASONAL] = x;
  }

  /** Learns the value of the point that was forecast last. */
  learn(x: number): void {
    const { f64 } = this;
    const day = f64[DAY_BUCKET];
    const week = f64[WEEK_BUCKET];
    if (f64[DAY_USABLE] === 1) this.learnError(DAY_ERROR, Math.abs(x - f64[day]));
    if (f64[WEEK_USABLE] === 1) this.learnError(WEEK_ERROR, Math.abs(x - f64[week]));
    this.learnError(SEASONAL_ERROR, Math.abs(x - f64[SEASONAL]));
    this.learnError(FAST_ERROR, Math.abs(x - f64[FAST]));

    const n = f64[LEARNT] + 1;
    f64[LEARNT] = n;
    f64[SLOW] += Math.max(SLOW_RATE, 1 / n) * (x - f64[SLOW]);
    f64[FAST] += Math.max(FAST_RATE, 1 / n) * (x - f64[FAST]);
    f64[PREVIOUS] = x;
    this.learnBucket(day, x);
    this.learnBucket(week, x);
  }

  private learnBucket(at: number, x: number): void {
    const count = this.f64[at + 1] + 1;
    this.f64[at + 1] = count;
    this.f64[at] += Math.max(SEASON_RATE, 1 / count) * (x - this.f64[at]);
  }

  /** One wild deviation moves an error by a tenth at most. */
  private learnError(at: number, deviation: number): void {
    const error = this.f64[at];
    this.f64[at] =
      error < 0 ? deviation : error + ERROR_RATE * (Math.min(deviation, 5 * error + 1e-9) - error);
  }
}

function positiveModulo(value: number, modulus: number): number {
  const rest = value % modulus;
  return rest < 0 ? rest + modulus : rest;
}

/** Mean of two forecasts, each weighing as the inverse square of its error; written so that huge errors do not overflow. */
function weighByError(first: number, firstError: number, second: number, secondError: number): number {
  if (firstError <= secondError) {
    const share = (firstError / secondError) ** 2;
    return (first + second * share) / (1 + share);
  }
  const share = (secondError / firstError) ** 2;
  return (first * share + second) / (1 + share);
}
