import { refractoryPoints, scoreOf } from './alarm-rule';
import {
  DECISION_SURPRISE,
  DetectorExplanation,
  DetectorPreset,
  DetectorReadiness,
  DetectorSettings,
  DetectorState,
  PointScore,
} from './detector.types';
import { detectorState, numbersOf } from './detector-state';

/** Numbers per series: 96 bytes. */
const NUMBERS = 12;
const SEEN = 0;
const LATEST_MS = 1;
const INTERVAL_MS = 2;
const MEAN = 3;
const DEVIATION = 4;
const RISE = 5;
const FALL = 6;
const SINCE_ALARM = 7;
const SURPRISE_AT_ALARM = 8;
const SURPRISE = 9;
const THRESHOLD = 10;
const SIGNED_SCORE = 11;

const WARM_UP = 120;
const WARM_UP_CONFIDENCE = 0.3;
const RATE = 0.02;
const INTERVAL_RATE = 0.05;
/** Standard deviation of normal noise per mean absolute deviation. */
const NORMAL = 1.2533;
/** Distance in standard deviations, and summed drift in the same unit, that each count as the decision surprise. */
const OUTLIER_Z = 6;
const DRIFT_LIMIT = 14;
/** A drift below this many standard deviations is none. */
const DRIFT_SLACK = 1;
const ESCALATION = 3;
const LARGEST_VALUE = 1e300;

/**
 * The cheap tier: a running mean and deviation with a two-sided cumulative sum, for series beyond the full tier's budget. It sees
 * spikes and level shifts, not shapes, seasons or volatility.
 *
 * All series lie in one array, 96 bytes each; `series` is a place in it. Same input, same bits; nothing is allocated per point.
 * Source  EWMA: Roberts 1959; CUSUM: Page 1954.
 */
export class LightDetectorPool {
  private readonly f64: Float64Array;
  private readonly point: PointScore = {
    score: NaN,
    alarm: false,
    surprise: NaN,
    threshold: NaN,
    expected: NaN,
    lower: NaN,
    upper: NaN,
    usualLower: NaN,
    usualUpper: NaN,
    confidence: NaN,
    outside: false,
  };

  constructor(
    capacity: number,
    public preset: DetectorPreset,
  ) {
    this.f64 = new Float64Array(capacity * NUMBERS);
    for (let series = 0; series < capacity; series++) this.forget(series);
  }

  /** Empties a place for another series. */
  forget(series: number): void {
    const at = series * NUMBERS;
    this.f64.fill(0, at, at + NUMBERS);
    this.f64[at + LATEST_MS] = -Infinity;
    this.f64[at + SINCE_ALARM] = Infinity;
  }

  /** Scores one point of one series and learns it; a value that is not finite is a missing point. */
  score(series: number, timeMs: number, value: number): PointScore {
    const { f64, point } = this;
    const at = series * NUMBERS;
    const decision = DECISION_SURPRISE[this.preset];
    const seen = f64[at + SEEN];
    const mean = f64[at + MEAN];
    const sd = NORMAL * f64[at + DEVIATION];
    point.threshold = decision;
    point.expected = seen === 0 ? NaN : mean;
    point.lower = seen < 2 ? NaN : mean - (OUTLIER_Z / 2) * sd;
    point.upper = seen < 2 ? NaN : mean + (OUTLIER_Z / 2) * sd;
    point.usualLower = seen < 2 ? NaN : mean - OUTLIER_Z * sd;
    point.usualUpper = seen < 2 ? NaN : mean + OUTLIER_Z * sd;
    if (!Number.isFinite(value)) {
      point.score = point.surprise = point.confidence = 0;
      point.alarm = point.outside = false;
      return point;
    }

    const x = value > LARGEST_VALUE ? LARGEST_VALUE : value < -LARGEST_VALUE ? -LARGEST_VALUE : value;
    this.learnInterval(at, timeMs);
    point.outside = x < point.lower || x > point.upper;
    const distance = seen === 0 ? 0 : x - mean;
    // A constant series has no deviation; leaving it is then as far as a hundredth of its level or more makes it.
    const unit = sd > 0 ? sd : mean === 0 ? 0.001 : Math.abs(mean) / 100;
    const z = Math.max(-1e6, Math.min(1e6, distance / unit));
    const rise = Math.max(0, f64[at + RISE] + Math.min(z, OUTLIER_Z) - DRIFT_SLACK);
    const fall = Math.max(0, f64[at + FALL] - Math.max(z, -OUTLIER_Z) - DRIFT_SLACK);
    const size = Math.abs(z);
    const surprise = decision * Math.max(size / OUTLIER_Z, rise / DRIFT_LIMIT, fall / DRIFT_LIMIT);

    f64[at + SINCE_ALARM] += 1;
    const ready = seen >= WARM_UP;
    const alarm = ready && surprise >= decision && this.mayAlarm(at, surprise);
    if (alarm) {
      f64[at + SINCE_ALARM] = 0;
      f64[at + SURPRISE_AT_ALARM] = surprise;
    }
    // What has alarmed is known; the sums start again and the mean follows.
    f64[at + RISE] = ready && rise < DRIFT_LIMIT ? rise : 0;
    f64[at + FALL] = ready && fall < DRIFT_LIMIT ? fall : 0;

    const rate = Math.max(RATE, 1 / (seen + 1));
    const deviation = f64[at + DEVIATION];
    const most = seen < 20 ? Infinity : 5 * deviation + 1e-9 * Math.abs(mean);
    if (seen > 0) f64[at + DEVIATION] = deviation + rate * (Math.min(Math.abs(distance), most) - deviation);
    f64[at + MEAN] = seen === 0 ? x : mean + rate * distance;
    f64[at + SEEN] = seen + 1;

    point.surprise = surprise;
    point.alarm = alarm;
    point.score = scoreOf(surprise, decision, alarm);
    // Chebyshev: whatever the distribution, at most 1 / z² of the points lie that far out.
    const trust = ready ? 1 : (WARM_UP_CONFIDENCE * seen) / WARM_UP;
    point.confidence = size > 1 ? trust * (1 - 1 / (size * size)) : 0;
    f64[at + SURPRISE] = surprise;
    f64[at + THRESHOLD] = decision;
    f64[at + SIGNED_SCORE] = alarm ? point.score : -point.score;
    return point;
  }

  readiness(series: number): DetectorReadiness {
    const have = this.f64[series * NUMBERS + SEEN];
    const ready = have >= WARM_UP;
    const reason = ready
      ? 'watched by the light tier: spikes and level shifts only'
      : `${WARM_UP - have} more values are needed before this series may alarm`;
    return { ready, have, need: WARM_UP, reason, tier: 'light' };
  }

  explain(series: number): DetectorExplanation {
    const { f64 } = this;
    const at = series * NUMBERS;
    const decision = DECISION_SURPRISE[this.preset];
    return {
      tier: 'light',
      score: Math.abs(f64[at + SIGNED_SCORE]),
      surprise: f64[at + SURPRISE],
      threshold: f64[at + THRESHOLD],
      alarm: f64[at + SIGNED_SCORE] > 0,
      views: { forecast: f64[at + SURPRISE], volatility: 0, prototype: 0 },
      statistics: [
        {
          name: 'distance from the running mean',
          value: f64[at + DEVIATION] * NORMAL,
          surprise: f64[at + SURPRISE],
        },
        { name: 'summed rise', value: f64[at + RISE], surprise: (decision * f64[at + RISE]) / DRIFT_LIMIT },
        { name: 'summed fall', value: f64[at + FALL], surprise: (decision * f64[at + FALL]) / DRIFT_LIMIT },
      ].map((statistic) => ({ ...statistic, view: 'forecast' as const })),
      habituation: 0,
      refractoryPoints: refractoryPoints(f64[at + INTERVAL_MS]),
      intervalSeconds: f64[at + INTERVAL_MS] > 0 ? f64[at + INTERVAL_MS] / 1000 : null,
    };
  }

  save(series: number): Uint8Array {
    const at = series * NUMBERS;
    return new Uint8Array(this.f64.slice(at, at + NUMBERS).buffer);
  }

  /** Puts a saved series into a place. Throws StateUnreadable. */
  restore(series: number, state: DetectorState): void {
    const numbers = numbersOf(state, 'light', NUMBERS * 8);
    new Uint8Array(this.f64.buffer).set(numbers, series * NUMBERS * 8);
  }

  private mayAlarm(at: number, surprise: number): boolean {
    const rested = this.f64[at + SINCE_ALARM] > refractoryPoints(this.f64[at + INTERVAL_MS]);
    return rested || surprise > ESCALATION * this.f64[at + SURPRISE_AT_ALARM];
  }

  private learnInterval(at: number, time: number): void {
    const { f64 } = this;
    const gap = time - f64[at + LATEST_MS];
    if (!(gap > 0)) return;
    f64[at + LATEST_MS] = time;
    if (gap === Infinity) return;
    const usual = f64[at + INTERVAL_MS];
    f64[at + INTERVAL_MS] = usual === 0 ? gap : usual + INTERVAL_RATE * (Math.min(gap, 3 * usual) - usual);
  }
}

/** One series of the light tier with the face of the full detector. */
export class LightDetector {
  private readonly pool: LightDetectorPool;

  constructor(private settings: DetectorSettings) {
    this.pool = new LightDetectorPool(1, settings.preset);
  }

  /** Throws StateUnreadable. */
  static restore(state: DetectorState): LightDetector {
    const detector = new LightDetector(state.settings);
    detector.pool.restore(0, state);
    return detector;
  }

  score(timeMs: number, value: number): PointScore {
    return this.pool.score(0, timeMs, value);
  }

  readiness(): DetectorReadiness {
    return this.pool.readiness(0);
  }

  explain(): DetectorExplanation {
    return this.pool.explain(0);
  }

  save(): DetectorState {
    return detectorState('light', this.settings, this.pool.save(0));
  }

  tune(settings: DetectorSettings): void {
    this.settings = settings;
    this.pool.preset = settings.preset;
  }
}
