import { ALARM, SURPRISES } from './state-layout';
import {
  FORECAST_COUNT,
  FORECAST_FIRST,
  PROTOTYPE_COUNT,
  PROTOTYPE_FIRST,
  VOLATILITY_COUNT,
  VOLATILITY_FIRST,
} from './statistics';

const VOLATILITY_WEIGHT = 0.6;
const PROTOTYPE_WEIGHT = 0.7;
/** Of the forecast view's ten surprises the two least are left out: one blind statistic must not veto the others. */
const FORECAST_KEPT = 8;

/** Each alarm makes the next one dearer by this many decades, fading with a time constant of 500 points. */
const HABITUATION_STEP = 0.2;
const HABITUATION_FADE = Math.exp(-1 / 500);
/** Inside the refractory period only something this many times as surprising alarms again. */
const ESCALATION = 3;
const DAY_MS = 86_400_000;
const REFRACTORY_LEAST = 24;
const REFRACTORY_MOST = 100;

const HABITUATION = ALARM;
const SINCE_ALARM = ALARM + 1;
const SURPRISE_AT_ALARM = ALARM + 2;
const FORECAST_VIEW = ALARM + 3;
const VOLATILITY_VIEW = ALARM + 4;
const PROTOTYPE_VIEW = ALARM + 5;

/** Combines the surprises into one and decides whether it alarms. */
export class AlarmRule {
  constructor(private readonly f64: Float64Array) {}

  clear(): void {
    this.f64[SINCE_ALARM] = Infinity;
  }

  get habituation(): number {
    return this.f64[HABITUATION];
  }

  get forecastView(): number {
    return this.f64[FORECAST_VIEW];
  }

  get volatilityView(): number {
    return this.f64[VOLATILITY_VIEW];
  }

  get prototypeView(): number {
    return this.f64[PROTOTYPE_VIEW];
  }

  /** The largest of the three views' weighted root mean squares, in decades. */
  combine(): number {
    const { f64 } = this;
    let sum = 0;
    let least = Infinity;
    let second = Infinity;
    for (let i = 0; i < FORECAST_COUNT; i++) {
      const u = f64[SURPRISES + FORECAST_FIRST + i];
      const square = u * u;
      sum += square;
      if (square < least) {
        second = least;
        least = square;
      } else if (square < second) {
        second = square;
      }
    }
    const forecast = Math.sqrt(Math.max(0, sum - least - second) / FORECAST_KEPT);
    const volatility = VOLATILITY_WEIGHT * this.rootMeanSquare(VOLATILITY_FIRST, VOLATILITY_COUNT);
    const prototype = PROTOTYPE_WEIGHT * this.rootMeanSquare(PROTOTYPE_FIRST, PROTOTYPE_COUNT);
    f64[FORECAST_VIEW] = forecast;
    f64[VOLATILITY_VIEW] = volatility;
    f64[PROTOTYPE_VIEW] = prototype;
    return Math.max(forecast, volatility, prototype);
  }

  /** One point passes: old alarms weigh less. Called before the threshold is read. */
  fade(): void {
    this.f64[HABITUATION] *= HABITUATION_FADE;
    this.f64[SINCE_ALARM] += 1;
  }

  /** Decides one point; an alarm is remembered. */
  decide(surprise: number, threshold: number, intervalMs: number): boolean {
    const { f64 } = this;
    if (surprise < threshold) return false;
    const rested = f64[SINCE_ALARM] > refractoryPoints(intervalMs);
    if (!rested && !(surprise > ESCALATION * f64[SURPRISE_AT_ALARM])) return false;
    f64[SINCE_ALARM] = 0;
    f64[SURPRISE_AT_ALARM] = surprise;
    f64[HABITUATION] += HABITUATION_STEP;
    return true;
  }

  private rootMeanSquare(first: number, count: number): number {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += this.f64[SURPRISES + first + i] ** 2;
    return Math.sqrt(sum / count);
  }
}

/**
 * Points after an alarm in which lesser surprises stay silent: one day, within 24 and 100 points.
 * @example refractoryPoints(3_600_000) // 24: hourly data
 */
export function refractoryPoints(intervalMs: number): number {
  if (!(intervalMs > 0)) return REFRACTORY_MOST;
  return Math.max(REFRACTORY_LEAST, Math.min(REFRACTORY_MOST, Math.round(DAY_MS / intervalMs)));
}

/**
 * A surprise as a score: the decision level is 0.5, reached by alarms only.
 * @example scoreOf(8, 2, true) // 0.93
 */
export function scoreOf(surprise: number, decisionSurprise: number, alarm: boolean): number {
  if (alarm) return 1 - 0.5 * Math.exp((decisionSurprise - surprise) / 3);
  return (0.5 * surprise) / (surprise + decisionSurprise);
}
